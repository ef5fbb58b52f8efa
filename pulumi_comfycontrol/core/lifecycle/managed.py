"""Registry of managed objects: each belongs to at most one resource of a deployment."""

from __future__ import annotations

import threading
from collections import defaultdict


class Managed:
    """The objects of one kind that resources of this deployment manage; shared by threads.

    An owner is a resource's name in the deployment (its URN), "" where it is not known. Only a
    resource that the program declares manages an object. The recorded state may have the same
    resource under a former name: the engine refreshes and deletes that one, also where the program
    renames the resource by an alias.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        #: Ids in the recorded state of any resource.
        self._recorded: set[str] = set()
        #: id → the resources of the program that manage it, the first one first.
        self._managers: defaultdict[str, list[str]] = defaultdict(list)
        #: Resource of the program → the id that it keeps.
        self._kept: dict[str, str] = {}
        self._declared: set[str] = set()
        #: Owners with an object in the recorded state; those of them whose object's id is known.
        self._with_object: set[str] = set()
        self._with_known_object: set[str] = set()

    def declare(self, owner: str, *, with_object: bool) -> None:
        """Note that the program has ``owner``, with an object in the recorded state or without.

        An engine declares a resource that it is going to replace once more, now without its object.
        """
        with self._lock:
            self._declared.add(owner)
            if with_object:
                self._with_object.add(owner)
            elif owner in self._kept:
                self._end(self._kept.pop(owner), owner)

    def record(self, id_: str, owner: str = "") -> None:
        """Note that the recorded state of ``owner`` has the object."""
        with self._lock:
            self._recorded.add(id_)
            self._with_known_object.add(owner)

    def keep(self, id_: str, owner: str = "") -> str | None:
        """Note that ``owner``, whose recorded state has the object, keeps it if it is declared.

        Returns another resource of the program that manages the same object, or None.
        """
        self.record(id_, owner)
        with self._lock:
            if not owner or owner not in self._declared:
                return None
            managers = self._managers[id_]
            if owner not in managers:
                managers.append(owner)
                self._kept[owner] = id_
            first = next(filter(None, managers))
            return None if first == owner else first

    def is_recorded(self, id_: str) -> bool:
        """Whether the recorded state of any resource has the object."""
        with self._lock:
            return id_ in self._recorded

    def replaces_unknown(self, owner: str) -> bool:
        """Whether a create of ``owner`` replaces an object whose id is not known."""
        with self._lock:
            return owner in self._with_object - self._with_known_object

    def claim(self, id_: str, owner: str = "") -> bool:
        """Make ``owner`` the manager of an object; False when another resource manages it.

        An object in the recorded state can't be claimed, not even by its own owner: that would be
        a replacement, which is about to delete the object.
        """
        with self._lock:
            managers = self._managers[id_]
            if id_ in self._recorded or (managers and (not owner or managers != [owner])):
                return False
            self._managers[id_] = [owner]
            return True

    def renounce(self, id_: str) -> None:
        """Withdraw a claim: the object was not adopted after all."""
        with self._lock:
            self._managers.pop(id_, None)

    def release(self, id_: str, owner: str = "") -> str | None:
        """End the management by ``owner``, whose object is to be deleted.

        Returns a resource of the program that manages the same object, which then must not be
        deleted, or None.
        """
        with self._lock:
            self._end(id_, owner)
            other = next(filter(None, self._managers[id_]), None)
            if other is None:
                self._recorded.discard(id_)
            return other

    def ids(self) -> set[str]:
        """Return the ids of all objects that any resource manages."""
        with self._lock:
            managed = {id_ for id_, managers in self._managers.items() if managers}
            return self._recorded | managed

    def _end(self, id_: str, owner: str) -> None:
        self._managers[id_] = [one for one in self._managers[id_] if one != owner]
