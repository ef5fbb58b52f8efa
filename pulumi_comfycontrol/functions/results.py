"""The result type of Pulumi programs for a runner, whose headers are a secret output.

All other results are the core's own records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi

from ..core.types.runner import RunnerRecord, RunnerSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerInfo(RunnerSummary):
    """A runner [docs: runners/get]; ``headers`` is a secret output."""

    _headers: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, record: RunnerRecord) -> RunnerInfo:
        """Return the result for a record of the core."""
        values = record.as_dict()
        headers = values.pop("headers")
        return cls(**values | {"tags": record.tags}, _headers=headers)

    @property
    def headers(self) -> pulumi.Output[Mapping[str, str]]:
        """The headers that ComfyControl sends to the machine, as a secret."""
        # Made on demand: an output needs the event loop, and lookups run in threads.
        return pulumi.Output.secret(dict(self._headers))
