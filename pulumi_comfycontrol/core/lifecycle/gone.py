"""The one decision "is it gone?", for reads, updates and deletions.

=====================================================  =============================
answer to ``GET`` of the very id                       gone
=====================================================  =============================
404 or 410 in the documented format                    yes
404 or 410 with other JSON, or without a body          if the list lacks it (A35)
the object with a deletion marker (``deleted_at``, …)  if the list lacks it (A28)
the object                                             no
anything else (HTML, 403, 5xx, …)                      undecided: an error
=====================================================  =============================

A GET for an object that is only a few seconds old is repeated before the object counts as gone:
servers with several databases may not show it yet (A34). The API answers 404 for other accounts'
objects too, so that the account has to be checked as well: :meth:`Existence.find` does.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from ..api.client import Client
from ..clock import Clock
from ..errors import ApiError, BadAnswer, NotFound, ResourceError
from ..progress import pause
from ..types.kind import Kind
from ..types.record import Record
from ..types.timestamps import seconds

#: Age in seconds up to which a 404 for an object is verified by further requests.
_YOUNG = 10.0
#: Seconds before each further GET of such an object.
_LOOKS = (1.0, 2.0)
_GONE = frozenset({404, 410})


class Existence:
    """Existence of objects of one kind in one account; may be shared by threads."""

    def __init__(self, client: Client, kind: Kind, clock: Clock) -> None:
        self._client = client
        self._kind = kind
        self._clock = clock
        self._account_lock = threading.Lock()
        self._account: str | None = None

    def find(self, id_: str, known: Mapping[str, Any], *, patient: bool = True) -> Record | None:
        """Return the object, or None when it is certain to be gone.

        ``known`` are its last known properties; of these, ``user_id`` and ``created_at`` are used.
        With ``patient``, the GET for a young object is repeated. Raises when the object belongs to
        another account, or when its existence can't be decided.
        """
        record = self.look(id_)
        for wait in _LOOKS if patient else ():
            if record is not None or not self._is_young(known):
                break
            pause(self._clock, wait, f"the {self._kind.label} is new and not found; looking again")
            record = self.look(id_)
        if record is None:
            self._check_account(known)
        else:
            self._account = getattr(record, "user_id", None) or self._account
        return record

    def look(self, id_: str) -> Record | None:
        """Return the object, or None when this account has none with the id, by one answer."""
        try:
            record, is_marked = self._client.look(self._kind, id_)
        except NotFound:
            return None
        except ApiError as error:
            if error.status not in _GONE or not error.is_api_like:
                raise
            if not self._is_listed(id_):
                return None
            raise
        return None if is_marked and not self._is_listed(id_) else record

    def _is_young(self, known: Mapping[str, Any]) -> bool:
        created = seconds(known.get("created_at"))
        now = self._clock.time() + (self._client.clock_offset or 0.0)
        return created is not None and abs(now - created) < _YOUNG

    def _is_listed(self, id_: str) -> bool:
        """Whether the list has the id; raises when the list can't be read consistently."""
        for _ in range(2):  # pages shift when something else is created or deleted meanwhile
            pages = self._client.pages(self._kind)
            is_whole = pages.read_all()
            if id_ in pages.items or is_whole:
                return id_ in pages.items
        raise ResourceError(
            f"it is unknown whether {self._kind.label} {id_} still exists: the answer to its GET is"
            " not the documented one, and the list is not consistent",
            self._client.words.again,
        )

    def _check_account(self, known: Mapping[str, Any]) -> None:
        """Raise for a 404 when the token belongs to another account [docs: api/errors]."""
        expected = known.get("user_id")
        with self._account_lock:
            if self._account is None:
                try:
                    self._account = self._client.user().id
                except (ApiError, BadAnswer) as error:
                    fault = f"it is unknown whether the {self._kind.label} still exists"
                    raise ResourceError(f"{fault}: {error.fault}", error.advice) from None
        if expected and expected != self._account:
            raise ResourceError(
                f"the {self._kind.label} belongs to another ComfyControl account ({expected})"
                f" than the token ({self._account})",
                "use the token of the account that owns it; nothing was removed from the records",
            )
