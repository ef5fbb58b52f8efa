"""The provider of templates; this class's path is written into users' state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .base import KindProvider

if TYPE_CHECKING:
    from ..core.types.kind import Kind


class TemplateProvider(KindProvider):
    """Provider of templates."""

    @property
    def _kind(self) -> Kind:
        from ..core.types.template import TEMPLATE

        return TEMPLATE
