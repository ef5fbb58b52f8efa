"""Settings of a provider resource, from the stack config or from an explicit provider."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.config import NAMESPACE, SETTINGS, load_settings
from ..core.errors import ConfigError
from ..core.types.unknown import is_known
from ..frontend.words import PULUMI

if TYPE_CHECKING:
    from ..core.config import Settings

#: Prefix of the engine's name for the default provider; the version follows.
_DEFAULT = "default"
SECRET_KEYS = frozenset(row.key for row in SETTINGS if row.secret)


class Configuration:
    """The arguments of one provider resource; ``name`` is its name in the program."""

    def __init__(self, name: str, arguments: Mapping[str, Any]) -> None:
        self._arguments = arguments
        self._account = None if name.startswith(_DEFAULT) else name or None

    def settings(self) -> Settings:
        """Return the settings; raises ``ConfigError`` for a missing token or an unusable value.

        An explicit provider's arguments win over the environment, which may name another account;
        the engine has several providers in one deployment.
        """
        return load_settings(self._find, account=self._account, words=PULUMI)

    def fault(self) -> str | None:
        """Return a sentence about a fault of the settings, or None; unknown values are no fault."""
        if not is_known(dict(self._arguments)):
            return None
        try:
            self.settings()
        except ConfigError as error:
            return str(error)
        return None

    def plain_token_file(self, stack: str) -> str | None:
        """Return the name of the stack's configuration file if it has the token in plain text.

        The engine does not tell a provider which values are secret. It starts the plugin in the
        folder of the program, which is the project's or lies below it.
        """
        token, name = self._arguments.get("apiToken"), f"Pulumi.{stack}.yaml"
        if not isinstance(token, str) or not token:
            return None
        here = Path.cwd()
        file = next((one / name for one in (here, *here.parents) if (one / name).is_file()), None)
        with suppress(OSError, ValueError):
            if file is not None and token in file.read_text("utf-8"):
                return name
        return None

    def _find(self, key: str) -> str | None:
        value = self._arguments.get(key.removeprefix(f"{NAMESPACE}:"))
        return None if value is None else str(value)
