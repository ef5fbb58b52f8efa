"""Declare ComfyControl's runners and templates in Pulumi programs."""

from __future__ import annotations

from .core.types.managed_runner import ManagedRunnerInfo
from .core.types.stats import DeviceInfo, RunnerStats, SystemInfo
from .core.types.template import TemplateInfo, TemplateSummary
from .core.types.user import UserInfo
from .functions.functions import (
    get_managed_runner,
    get_managed_runner_output,
    get_managed_runners,
    get_managed_runners_output,
    get_runner,
    get_runner_output,
    get_runner_stats,
    get_runner_stats_output,
    get_runners,
    get_runners_output,
    get_template,
    get_template_output,
    get_templates,
    get_templates_output,
    get_user,
    get_user_output,
)
from .functions.results import RunnerInfo
from .resources.provider import Provider
from .resources.runner import Runner
from .resources.template import Template

__all__ = [
    "DeviceInfo",
    "ManagedRunnerInfo",
    "Provider",
    "Runner",
    "RunnerInfo",
    "RunnerStats",
    "SystemInfo",
    "Template",
    "TemplateInfo",
    "TemplateSummary",
    "UserInfo",
    "get_managed_runner",
    "get_managed_runner_output",
    "get_managed_runners",
    "get_managed_runners_output",
    "get_runner",
    "get_runner_output",
    "get_runner_stats",
    "get_runner_stats_output",
    "get_runners",
    "get_runners_output",
    "get_template",
    "get_template_output",
    "get_templates",
    "get_templates_output",
    "get_user",
    "get_user_output",
]
