"""Pulumi's dynamic provider protocol for one kind of object: decode, call, encode.

Every method may run in many threads at once on one instance. ``__init__`` sets nothing: an instance
is pickled into the state of each resource, where it must be short, without secrets, and the same on
every version of Python.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

from ..core.errors import ResourceError
from ..core.progress import listener
from ..frontend.operations import Failed, Operations, PartlyFailed, Result
from ..frontend.state import outputs
from ..frontend.wire import ADOPT, IF_EXISTS, IMPORT_ID, PROVIDER_KEY
from . import wire
from .adoption import adoption_faults
from .host import current_call, fail, fail_as_bug, keep_in_state
from .session import process_session

if TYPE_CHECKING:
    from ..core.types.kind import Kind
    from ..frontend.call import Call
    from ..frontend.session import Session

P = ParamSpec("P")
R = TypeVar("R")


def _operation(
    doing: str,
) -> Callable[
    [Callable[Concatenate[KindProvider, Call, P], R]], Callable[Concatenate[KindProvider, P], R]
]:
    """Pass the current call to a method, and report every failure as one clean message."""

    def decorate(
        method: Callable[Concatenate[KindProvider, Call, P], R],
    ) -> Callable[Concatenate[KindProvider, P], R]:
        @functools.wraps(method)
        def wrapper(self: KindProvider, /, *args: P.args, **kwargs: P.kwargs) -> R:
            call = current_call()
            try:
                with self._operations.reporting(call, doing):
                    return method(self, call, *args, **kwargs)
            except Failed as error:
                fail(str(error))
            except Exception:  # noqa: BLE001 - ends in a raise
                fail_as_bug()

        return wrapper

    return decorate


class KindProvider(ResourceProvider):
    """Dynamic provider for one kind of object."""

    #: The pickled provider holds no secret, so it need not be encrypted in each resource.
    serialize_as_secret_always: bool = False

    #: Set by :meth:`configure`, and not pickled.
    _session: Session
    _operations: Operations

    @property
    def _kind(self) -> Kind:
        raise NotImplementedError

    def __reduce__(self) -> tuple[type[KindProvider], tuple[()]]:
        return (type(self), ())

    def configure(self, req: ConfigureRequest) -> None:
        """Store the stack config; it is read when a request needs it, so this can't fail."""
        self._session = process_session(req.config.get)
        # This imports the kinds. The host calls it in one thread, before all other methods; two
        # threads that import them at the same time could see a partially initialized module.
        self._operations = Operations(self._session, self._kind)

    @_operation("checking")
    def check(self, _call: Call, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Report all faults of the inputs that need no request."""
        inputs = wire.decode_inputs(news)
        id_ = inputs.get(IMPORT_ID)
        fields = {name: inputs[name] for name in inputs.keys() - {IMPORT_ID, ADOPT, IF_EXISTS}}
        reasons = [
            *self._operations.check(fields, exists=bool(olds)),
            *adoption_faults(inputs),
        ]
        if id_ and not olds:
            listener().info(
                f"{self._operations.kind.label.capitalize()} {id_} is taken over, not created,"
                " though the plan shows it as a creation."
            )
        fault = self._session.fault()
        # With a property's name, the CLI would show its value again, even a secret one.
        failures = [CheckFailure("", reason) for reason in [*reasons, *([fault] if fault else [])]]
        return CheckResult(wire.encode_inputs(self._operations.kind, news), failures)

    @_operation("comparing")
    def diff(self, _call: Call, id_: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Compare the program with the state.

        ``changes=None`` leaves the details to the engine, which then shows what changed and
        honours ``replace_on_changes``.
        """
        known, inputs = wire.decode_outputs(olds), wire.decode_inputs(news)
        difference = self._operations.diff(id_, known, inputs)
        if inputs.get(IMPORT_ID, id_) != id_:
            label = self._operations.kind.label
            fault = f"it is {label} {id_} already, and can't become {inputs[IMPORT_ID]}"
            raise ResourceError(fault, "remove import_ from its options, or give it another name")
        if difference.replaced:
            return DiffResult(changes=True, replaces=[*difference.replaced])
        if PROVIDER_KEY not in olds or known.unfinished:
            # State of the native type is converted; an unfinished change is repeated.
            return DiffResult(changes=bool(difference) or PROVIDER_KEY not in olds)
        return DiffResult(changes=None if difference else False)

    @_operation("creating")
    def create(self, call: Call, props: dict[str, Any]) -> CreateResult:
        """Create at most once or take over, and return the id even when a follow-up fails."""
        inputs, id_ = wire.decode_inputs(props), props.get(IMPORT_ID)
        try:
            if id_:
                update = props.get(ADOPT) == "update"
                result = self._operations.adopt(call, id_, inputs, update=update)
            else:
                result = self._operations.create(call, inputs, props.get(IF_EXISTS))
        except PartlyFailed as error:
            return CreateResult(error.result.record.id, self._keep(error, props))
        return CreateResult(result.record.id, self._outputs(result))

    @_operation("reading")
    def read(self, _call: Call, id_: str, props: dict[str, Any]) -> ReadResult:
        """Return the live object; ``ReadResult("", {})`` only when it is certain to be gone.

        The inputs get the live values of the fields that the program sets, so that the next
        ``pulumi up`` repairs them.
        """
        known = wire.decode_outputs(props)
        result = self._operations.read(id_, known)
        if result is None and known.managed:
            return ReadResult("", {})
        if result is None:
            fault = f"no {self._operations.kind.label} of this account has the id {id_}"
            raise ResourceError(fault, "correct the id")
        inputs = wire.encode_inputs(self._operations.kind, result.values) if known.managed else None
        return ReadResult(result.record.id, {**known.leftovers, **self._outputs(result)}, inputs)

    @_operation("updating")
    def update(
        self, call: Call, id_: str, olds: dict[str, Any], news: dict[str, Any]
    ) -> UpdateResult:
        """Send the fields that changed, and only these."""
        known, inputs = wire.decode_outputs(olds), wire.decode_inputs(news)
        try:
            result = self._operations.update(call, id_, known, inputs)
        except PartlyFailed as error:
            return UpdateResult(self._keep(error, news))
        return UpdateResult(self._outputs(result))

    @_operation("deleting")
    def delete(self, _call: Call, id_: str, props: dict[str, Any]) -> None:
        """Delete the object; success means that it is certain to be gone."""
        self._operations.delete(id_, wire.decode_outputs(props))

    def _outputs(self, result: Result, *, unfinished: bool = False) -> dict[str, Any]:
        return outputs(
            self._operations.kind,
            result.record,
            result.set_fields,
            result.forms,
            wire.mark_secret,
            unfinished=unfinished,
        )

    def _keep(self, error: PartlyFailed, inputs: dict[str, Any]) -> dict[str, Any]:
        """Fail the RPC so that the engine keeps the object; where impossible, return outputs."""
        kept = self._outputs(error.result, unfinished=True)
        provider = {PROVIDER_KEY: inputs.get(PROVIDER_KEY)}
        if keep_in_state(str(error), error.result.record.id, kept | provider, inputs):
            raise error
        listener().warning(str(error))
        return kept
