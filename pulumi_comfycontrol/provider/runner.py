"""The provider of runners; this class's path is written into users' state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .base import KindProvider

if TYPE_CHECKING:
    from ..core.types.kind import Kind


class RunnerProvider(KindProvider):
    """Provider of runners."""

    @property
    def _kind(self) -> Kind:
        from ..core.types.runner import RUNNER

        return RUNNER
