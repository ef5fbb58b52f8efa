"""The resource operations of Pulumi's protocol (check, diff, create, …) on plain values.

A front-end decodes a call, calls one method, and encodes its result. Values have the core's names,
no secret wrapping, and ``core.types.unknown.UNKNOWN`` for values that are not known yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..core.api.budget import one_operation
from ..core.errors import ComfyControlError
from ..core.progress import listener, listening
from .call import Call
from .progress import EngineListener
from .session import Session
from .state import Known

if TYPE_CHECKING:
    from ..core.lifecycle.lifecycle import Lifecycle
    from ..core.lifecycle.verify import Outcome
    from ..core.setting_values import IfExists
    from ..core.types.kind import Kind
    from ..core.types.record import Record


class Failed(Exception):
    """Failed operation; the text is the whole message for the user."""


class PartlyFailed(Failed):
    """Failed operation whose object exists: the engine has to keep ``result`` in its state."""

    def __init__(self, text: str, result: Result) -> None:
        super().__init__(text)
        self.result = result


@dataclass(frozen=True, slots=True)
class Result:
    """An object for the engine's state; the parts are those of ``Known``."""

    record: Record
    set_fields: frozenset[str]
    forms: Mapping[str, Any] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Any]:
        """The fields that the program sets, in the program's own form."""
        live = {**self.record.as_dict(), **self.forms}
        return {name: live[name] for name in sorted(self.set_fields)}


@dataclass(frozen=True, slots=True)
class Difference:
    """Comparison of a program with the state."""

    #: The fields whose values differ.
    fields: frozenset[str]
    #: Whether the program sets other fields than before, even to equal values.
    other_fields: bool
    #: The fields that force a replacement: the identity, where another resource manages the object.
    replaced: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.fields or self.other_fields or self.replaced)


class Operations:
    """The operations on one kind of object; may be shared by threads.

    Except for :meth:`reporting`, the methods are called inside of its block.
    """

    def __init__(self, session: Session, kind: Kind) -> None:
        self.kind = kind
        self._session = session

    @contextmanager
    def reporting(self, call: Call, doing: str) -> Iterator[None]:
        """Serve ``call`` in the block, with progress on the resource's row.

        ``doing`` is the operation as the message names it ("creating"). Raises :class:`Failed`
        or :class:`PartlyFailed` for every failure that is no bug.
        """
        what = f"{self.kind.label}{call.quoted_resource}"
        engine = EngineListener(self._session.engine_address, call.urn)
        try:
            with self._session.serving(call), listening(engine), one_operation(call.timeout):
                yield
        except ComfyControlError as error:
            raise Failed(str(error.while_doing(f"{doing} {what}"))) from None
        except (SystemExit, KeyboardInterrupt):
            # A gRPC server does not catch these, so that the engine would wait forever.
            raise Failed(
                f"{doing.capitalize()} {what} was interrupted; run the same command again."
            ) from None
        finally:
            # Without a terminal, a finished row would keep the status.
            engine.clear()

    def check(self, inputs: Mapping[str, Any], *, exists: bool = False) -> list[str]:
        """Return a sentence for each rule that ``inputs`` break; no request is sent.

        ``exists``: the state has an object for the resource, which a create would replace.
        """
        from ..core.types.validation import faults

        self._session.note_declared(self.kind, with_object=exists)
        for warning in self.kind.warnings(inputs):
            listener().warning(warning)
        return [fault.reason for fault in faults(self.kind, inputs)]

    def diff(self, id_: str, known: Known, inputs: Mapping[str, Any]) -> Difference:
        """Compare the program with the state; no request is sent.

        No value forces a replacement. One is due where another resource of the program manages the
        object: it adopted that before the engine told of this resource.
        """
        other = self._session.note_kept(self.kind, id_)
        if other is not None:
            name = other.rpartition("::")[2]
            listener().warning(
                f"{self.kind.label.capitalize()} {id_} is managed by resource '{name}', too, so"
                " this resource gets another one."
            )
        values = self.kind.values(inputs)
        wanted = self.wanted(known, values)
        differing = self.kind.differing(known.sent, wanted) & wanted.keys()
        set_fields = known.set_fields if known.managed else values.keys()
        replaced = () if other is None else self.kind.identity
        return Difference(frozenset(differing), set_fields != values.keys(), replaced)

    def create(
        self, call: Call, inputs: Mapping[str, Any], if_exists: IfExists | None = None
    ) -> Result:
        """Create at most once, or take over the object of an interrupted create of this resource.

        ``if_exists`` None stands for the configured default.
        """
        values = self.kind.values(inputs)
        with self._keeping(call, values, None):
            chosen = if_exists or self._session.settings().if_exists
            return self._result(self._lifecycle.create(values, call.urn, chosen), values)

    def adopt(self, call: Call, id_: str, inputs: Mapping[str, Any], *, update: bool) -> Result:
        """Take over the object with the id; ``update`` changes it where the program differs."""
        values = self.kind.values(inputs)
        with self._keeping(call, values, None):
            outcome = self._lifecycle.adopt(id_, values, update=update, owner=call.urn)
            return self._result(outcome, values)

    def read(self, id_: str, known: Known) -> Result | None:
        """Return the live object; None only when a managed object is certain to be gone."""
        with self._hiding(known.sent):
            outcome = self._lifecycle.read(
                id_, _as_mapping(known), managed=known.managed, owner=self._session.owner
            )
        return None if outcome is None else self._result(outcome, known.set_fields)

    def update(self, call: Call, id_: str, known: Known, inputs: Mapping[str, Any]) -> Result:
        """Send the fields that differ, and only these."""
        values = self.kind.values(inputs)
        with self._keeping(call, values, known):
            wanted = self.wanted(known, values)
            mapping = _as_mapping(known)
            outcome = self._lifecycle.update(
                id_, mapping, wanted, call.ignored_fields, owner=call.urn
            )
            return self._result(outcome, values)

    def delete(self, id_: str, known: Known) -> None:
        """Delete the object; returns once it is gone, or if another resource manages it."""
        with self._hiding(known.sent):
            self._lifecycle.delete(id_, _as_mapping(known), owner=self._session.owner)

    def wanted(self, known: Known, values: Mapping[str, Any]) -> dict[str, Any]:
        """The fields that the program sets, and defaults for those that it no longer sets."""
        dropped = known.set_fields - values.keys()
        return {**values, **{name: self.kind.fields[name].default for name in dropped}}

    @property
    def _lifecycle(self) -> Lifecycle:
        return self._session.lifecycle(self.kind)

    @contextmanager
    def _keeping(
        self, call: Call, values: Mapping[str, Any], known: Known | None
    ) -> Iterator[None]:
        """Turn a follow-up's failure into :class:`PartlyFailed`, with all fields that may be set.

        A field that the program no longer sets stays on record until a request has removed it.
        """
        from ..core.lifecycle.lifecycle import Unfinished

        try:
            with self._hiding(values, known.sent if known is not None else {}):
                yield
        except Unfinished as error:
            maybe_set = known.set_fields if known is not None else self._set_in(error.record)
            error.while_doing(f"finishing {self.kind.label}{call.quoted_resource}")
            result = self._result(error.outcome, maybe_set | values.keys())
            raise PartlyFailed(str(error), result) from None

    @contextmanager
    def _hiding(self, *many: Mapping[str, Any]) -> Iterator[None]:
        """Keep the secret parts of an object's values out of the block's texts."""
        from ..core.secret import hiding

        with hiding(part for values in many for part in self.kind.secrets(values)):
            yield

    def _set_in(self, record: Record) -> frozenset[str]:
        """Return the names of the fields whose values differ from the API's defaults."""
        return frozenset(self.kind.differing(record.as_dict(), {}))

    def _result(self, outcome: Outcome, set_fields: Iterable[str]) -> Result:
        fields = frozenset(set_fields)
        forms = {name: sent for name, sent in outcome.forms.items() if name in fields}
        return Result(outcome.record, fields, forms)


def _as_mapping(known: Known) -> dict[str, Any]:
    """Return an object's known properties for the core, with ``forms`` where there are any."""
    return {**known.properties, **({"forms": known.forms} if known.forms else {})}
