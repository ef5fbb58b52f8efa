"""Pulumi provider for ComfyControl: runners and templates as resources of Pulumi programs.

Names are loaded on use (PEP 562): the core and the native plugin work without Pulumi's SDK.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .core.types.managed_runner import ManagedRunnerInfo
    from .core.types.stats import DeviceInfo, RunnerStats, SystemInfo
    from .core.types.template import TemplateInfo, TemplateSummary
    from .core.types.user import UserInfo
    from .functions.managed_runner import (
        get_managed_runner,
        get_managed_runner_output,
        get_managed_runners,
        get_managed_runners_output,
    )
    from .functions.results import RunnerInfo
    from .functions.runner import (
        get_runner,
        get_runner_output,
        get_runner_stats,
        get_runner_stats_output,
        get_runners,
        get_runners_output,
    )
    from .functions.template import (
        get_template,
        get_template_output,
        get_templates,
        get_templates_output,
    )
    from .functions.user import get_user, get_user_output
    from .resources.provider import Provider
    from .resources.runner import Runner
    from .resources.template import Template

#: The modules with the public names, in the order of search.
_MODULES = (
    ".resources.runner",
    ".resources.template",
    ".resources.provider",
    ".functions.runner",
    ".functions.template",
    ".functions.managed_runner",
    ".functions.user",
    ".core.types.stats",
)

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


def __getattr__(name: str) -> Any:
    if name in __all__:
        for module in _MODULES:
            names = vars(importlib.import_module(module, __name__))
            if name in names:
                globals()[name] = names[name]
                return names[name]
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
