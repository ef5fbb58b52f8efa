"""Changes made outside of a program: the emulated account's dashboard, as a Python API."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .state.collection import Collection
    from .state.objects import Row
    from .state.state import State


class Dashboard:
    """The objects of one kind in all accounts; changes here simulate changes made outside.

    ``state`` returns the running emulator's state; ``name`` is a key of
    :data:`~.state.kinds.KINDS`.
    """

    def __init__(self, state: Callable[[], State], name: str) -> None:
        self._state = state
        self._name = name

    def all(self) -> list[Row]:
        """All objects, newest first; a template's ``body`` is JSON text."""
        return self._objects.all()

    def seed(self, *, account: str | None = None, **fields: Any) -> Row:
        """Add an object; ``account`` None is the first token's. Raises ApiError (400)."""
        return self.seed_many(fields, account=account)[0]

    def seed_many(self, *many: dict[str, Any], account: str | None = None) -> list[Row]:
        """Add objects, the last one being the newest; all of them or none. Raises as seed does."""
        return self._objects.add(account or self._state().accounts.first, list(many))

    def edit(self, id_: str, /, **fields: Any) -> Row:
        """Change an object; ``reachable=False`` makes a runner's machine silent.

        Raises ApiError (404).
        """
        return self._objects.edit(id_, fields)

    def delete(self, id_: str) -> None:
        """Remove an object; raises ApiError (404)."""
        self._objects.remove(id_)

    @property
    def _objects(self) -> Collection:
        self._state().call_due()
        return self._state().collections[self._name]
