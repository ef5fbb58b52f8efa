"""Verification of a write: its effect, and the forms in which the server keeps the values.

The documentation does not say that values come back as they were sent (A11, A14, A36), nor that
the answer to a PUT shows its effect (A33). So where an answer differs from the sent values, the
object is read until it shows the values, or two readings agree. Then each value that still
differs is one of these:

* the *server's form* of ours: kept beside the value that was sent (``Outcome.forms``), so that the
  program is compared with the latter and the live object with the former;
* *not kept*: removed keys or items that survive, lost ones, or the value from before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..api.client import Client
from ..clock import Clock
from ..errors import ComfyControlError, NotFound
from ..progress import listener, pause
from ..types.kind import Kind
from ..types.record import Record
from ..types.resemblance import folded

#: The key of an object's known properties under which a front-end hands back its forms.
FORMS = "forms"
#: Seconds before each GET of an object that does not show the sent values.
_READINGS = (0.0, 0.0, 1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """An object as the API shows it, with the sent values where the API shows other forms."""

    record: Record
    #: By field, the value as sent.
    forms: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The object's id."""
        return self.record.id

    @property
    def sent(self) -> dict[str, Any]:
        """The object's properties, with the values that were sent in the place of their forms."""
        return {**self.record.as_dict(), **self.forms}

    @property
    def known(self) -> dict[str, Any]:
        """The known properties that a front-end is to keep from now on."""
        return {**self.record.as_dict(), FORMS: self.forms}


class NotKept(ComfyControlError):
    """Write that the API accepted without effect; ``outcome`` is the object as it is."""

    def __init__(self, outcome: Outcome, fault: str, advice: str) -> None:
        self.outcome = outcome
        super().__init__(fault, advice)


def sent(known: Mapping[str, Any]) -> dict[str, Any]:
    """Known properties, with the values that were sent in the place of the server's forms."""
    return {**known, **known.get(FORMS, {})}


class Verifier:
    """Comparison of objects of one kind with the sent values; may be shared by threads."""

    def __init__(self, client: Client, kind: Kind, clock: Clock) -> None:
        self._client = client
        self._kind = kind
        self._clock = clock

    def settle(
        self,
        id_: str,
        values: Mapping[str, Any],
        answer: Record | None,
        before: Mapping[str, Any] | None,
    ) -> Outcome:
        """Return the object after a write of ``values`` that was answered by a success.

        ``answer`` is the object in the answer, None where that was unusable; ``before`` are the
        properties known before, None for a new object. Raises :class:`NotKept`, or the error of a
        GET.
        """
        record = answer
        if record is None or self._differing(record, values):
            record = self._read(id_, values, answer, before)
        found = {name: values[name] for name in self._differing(record, values)}
        outcome = Outcome(record, {**self._still_valid(record, values, before), **found})
        faults = list(self._faults(record, values, before))
        if faults:
            raise NotKept(
                Outcome(record, self._still_valid(record, values, before)),
                f"the API accepted the change of {self._kind.label} {id_}, but it"
                f" {', and it '.join(faults)}",
                f"make this change in the dashboard, then {self._client.words.again}",
            )
        known = before.get(FORMS, {}) if before else {}
        for name, value in found.items():
            if name not in known or known[name] != value:
                # No value is shown: the program may have marked it as a secret.
                listener().warning(
                    f"The API keeps the {name} of {self._kind.label} {id_} in another form than was"
                    " sent; it counts as unchanged as long as the API shows it like that."
                )
        return outcome

    def _read(
        self,
        id_: str,
        values: Mapping[str, Any],
        answer: Record | None,
        before: Mapping[str, Any] | None,
    ) -> Record:
        """Read until the object shows ``values``, or forms of them in two answers."""
        last = answer
        for wait in _READINGS:
            if wait:
                pause(self._clock, wait, "waiting for the change to take effect")
            try:
                record = self._client.get(self._kind, id_)
            except NotFound:
                if last is None or wait == _READINGS[-1]:
                    raise
                continue  # a new object may not show everywhere yet (A34)
            differing = self._differing(record, values)
            agree = last is not None and not self._differing(record, last.as_dict()) & differing
            if not differing or (agree and not any(self._faults(record, values, before))):
                return record
            last = record
        return record

    def _faults(
        self, record: Record, values: Mapping[str, Any], before: Mapping[str, Any] | None
    ) -> Iterator[str]:
        """Return a clause for each value that was not kept."""
        shown = record.as_dict()
        for name in sorted(self._differing(record, values)):
            was = None
            if before is not None:
                was = tuple(self._kind.complete(one)[name] for one in (before, sent(before)))
            fault = _fault(self._kind, name, values[name], shown[name], was)
            if fault:
                yield fault

    def _still_valid(
        self, record: Record, values: Mapping[str, Any], before: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        """Return the forms of the fields that this write did not send and that have not changed."""
        if not before:
            return {}
        changed = self._differing(record, before)
        forms = before.get(FORMS, {})
        return {name: forms[name] for name in forms.keys() - values.keys() - changed}

    def _differing(self, record: Record, values: Mapping[str, Any]) -> set[str]:
        return self._kind.differing(record.as_dict(), values) & values.keys()


def _fault(
    kind: Kind, name: str, value: Any, shown: Any, was: tuple[Any, Any] | None
) -> str | None:
    """Return a clause where ``shown`` is no form of ``value``; ``was`` is (shown, sent) before."""
    ours, theirs = _parts(value), _parts(shown)
    if lost := ours.keys() - theirs.keys():
        return f"lacks the {name} {_listed(ours, lost)}"
    if was is None:
        return None
    removed = _parts(was[1]).keys() - ours.keys()
    survivors = removed & theirs.keys()
    # Tags that survive although others were removed may be the server's own additions.
    if survivors and (isinstance(value, Mapping) or survivors == removed):
        return f"still has the {name} {_listed(theirs, survivors)}"
    resembles = kind.fields[name].resembles
    is_untouched = kind.same(name, shown, was[0]) and not kind.same(name, was[1], value)
    # A form that did not resemble the value before proves nothing by resembling this one.
    is_form = resembles(value, shown) and (kind.same(name, *was) or resembles(was[1], shown))
    if is_untouched and not is_form:
        return f"still has the {name} from before"
    return None


def _parts(value: Any) -> dict[str, str]:
    """Return a map's keys, or a list's items, by their folded forms."""
    is_composed = isinstance(value, Mapping | list | tuple)
    return {folded(part): part for part in value} if is_composed else {}


def _listed(parts: Mapping[str, str], names: set[str]) -> str:
    return ", ".join(f"'{parts[name]}'" for name in sorted(names))
