"""Kinds of objects: record, rules and fields of each in one file, and the registry of them.

A new kind is a file, its entry in :data:`KINDS`, and its public class.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .kind import Kind
from .runner import RUNNER
from .template import TEMPLATE

#: Every kind that programs manage, by its label.
KINDS: Mapping[str, Kind] = MappingProxyType({kind.label: kind for kind in (RUNNER, TEMPLATE)})
