"""Registry of managed objects: each belongs to at most one resource of a deployment."""

from __future__ import annotations

import threading
from collections import defaultdict


class Managed:
    """The objects of one kind that resources of this deployment manage; shared by threads.

    An owner is the resource's name in the deployment (its URN), "" where it is not known.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        #: id → owners in whose recorded state it is.
        self._recorded: defaultdict[str, set[str]] = defaultdict(set)
        #: id → the owner that has created or adopted it in this deployment.
        self._claimed: dict[str, str] = {}
        #: id → the first owner in whose recorded state the program keeps it.
        self._kept: dict[str, str] = {}
        #: Owners with an object in the recorded state; those of them whose object's id is known.
        self._with_object: set[str] = set()
        self._with_known_object: set[str] = set()

    def record(self, id_: str, owner: str = "") -> None:
        """Note that the recorded state of ``owner`` has the object."""
        with self._lock:
            self._recorded[id_].add(owner)
            self._with_known_object.add(owner)

    def keep(self, id_: str, owner: str = "") -> str | None:
        """Note that the program keeps ``owner``, whose recorded state has the object.

        Returns another resource that the program has and that manages the same object, or None.
        """
        self.record(id_, owner)
        with self._lock:
            manager = self._claimed.get(id_) or self._kept.setdefault(id_, owner)
        return None if owner == "" or manager in {"", owner} else manager

    def is_recorded(self, id_: str) -> bool:
        """Whether the recorded state of any resource has the object."""
        with self._lock:
            return id_ in self._recorded

    def expect(self, owner: str) -> None:
        """Note that the recorded state of ``owner`` has an object, whose id is not known yet."""
        with self._lock:
            self._with_object.add(owner)

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
            known = id_ in self._claimed and (not owner or self._claimed[id_] != owner)
            if known or id_ in self._recorded:
                return False
            self._claimed[id_] = owner
            return True

    def renounce(self, id_: str) -> None:
        """Withdraw a claim: the object was not adopted after all."""
        with self._lock:
            self._claimed.pop(id_, None)

    def release(self, id_: str, owner: str = "") -> str | None:
        """End the management by ``owner``, whose object is to be deleted.

        Returns another resource that manages the same object, which then must not be deleted, or
        None. Of several owners that release at once, exactly one gets None.
        """
        with self._lock:
            owners = self._recorded.pop(id_, set()) - {owner, ""}
            if owners:
                self._recorded[id_] = owners
            if self._kept.get(id_) == owner:
                self._kept.pop(id_)
            claimant = self._claimed.get(id_, "")
            if claimant == owner:
                self._claimed.pop(id_, None)
            others = sorted(owners | {claimant} - {owner, ""})
        return others[0] if others else None

    def ids(self) -> set[str]:
        """Return the ids of all objects that any resource manages."""
        with self._lock:
            return self._recorded.keys() | self._claimed.keys()
