"""Settings of a provider resource, as the stack config or an explicit provider gives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..core.config import NAMESPACE, SETTINGS, load_settings
from ..core.errors import ConfigError
from ..core.types.unknown import is_known
from ..frontend.words import PULUMI

if TYPE_CHECKING:
    from ..core.config import Settings

#: The engine names the provider of resources without an explicit one so, and adds its version.
_DEFAULT = "default"
SECRET_KEYS = frozenset(row.key for row in SETTINGS if row.secret)


class Configuration:
    """The arguments of one provider resource; ``name`` is its name in the program."""

    def __init__(self, name: str, arguments: Mapping[str, Any]) -> None:
        self._arguments = arguments
        self._account = None if name.startswith(_DEFAULT) else name or None

    def settings(self) -> Settings:
        """Raise ``ConfigError`` when the token is missing or a value can't be used.

        What an explicit provider is given wins over the environment, which may name another
        account; the engine has several providers in one deployment.
        """
        return load_settings(self._find, account=self._account, words=PULUMI)

    def fault(self) -> str | None:
        """Say what is wrong with the settings, or None; what is not known yet is not wrong."""
        if not is_known(dict(self._arguments)):
            return None
        try:
            self.settings()
        except ConfigError as error:
            return str(error)
        return None

    def _find(self, key: str) -> str | None:
        value = self._arguments.get(key.removeprefix(f"{NAMESPACE}:"))
        return None if value is None else str(value)
