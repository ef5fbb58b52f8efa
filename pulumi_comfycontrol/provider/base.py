"""Pulumi's dynamic provider protocol for one kind of object.

Every method may run in many threads at once on one instance. Nothing is set in ``__init__``:
an instance is pickled into the state of each resource, where it must be short, without secrets,
and the same on every version of Python.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

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

from ..resources.imports import ADOPT, IMPORT_ID
from .host.call import Call, EngineListener, current_call
from .host.failure import Failed, fail, fail_as_bug, keep_in_state
from .host.threads import use_more_threads

if TYPE_CHECKING:
    from ..core.lifecycle.lifecycle import Lifecycle
    from ..core.types.kind import Kind
    from ..core.types.record import Record
    from .session import Session

# No name here begins with "__": SDK 3.219 drops such outputs on their way to the provider.
#: The fields that the program sets: drift is looked for in these, the others are left alone.
SET_FIELDS = "set_fields"
#: The version of the outputs' shape, for migrations to come.
SHAPE = "state_version"
#: Present when a follow-up request failed and the engine could not be told so.
UNFINISHED = "unfinished"
_PROVIDER = "__provider"

F = TypeVar("F", bound=Callable[..., Any])


def _reporting(doing: str) -> Callable[[F], F]:
    """Show progress on the resource's row, and end every failure as one clean message."""

    def decorate(method: F) -> F:
        @functools.wraps(method)
        def wrapper(self: KindProvider, *args: Any) -> Any:
            from ..core.api.budget import one_operation
            from ..core.errors import ComfyControlError
            from ..core.progress import listening

            call = current_call()
            try:
                with self._session, listening(EngineListener(call.urn)), one_operation():
                    return method(self, *args)
            except ComfyControlError as error:
                error.while_doing(f"{doing} {self._kind.label}{call.quoted_resource}")
                fail(call, str(error))
            except (SystemExit, KeyboardInterrupt):
                # The host catches neither, and the engine would wait for ever.
                fail(call, f"{doing} {self._kind.label} was interrupted.")
            except Failed:
                raise
            except Exception:  # noqa: BLE001 - ends in a raise
                fail_as_bug(call)

        return wrapper  # type: ignore[return-value]

    return decorate


class KindProvider(ResourceProvider):
    """Translates between Pulumi's protocol and the core's ``Lifecycle``."""

    #: The pickled provider holds no secret, so it need not be encrypted in each resource.
    serialize_as_secret_always: bool = False

    _session: Session

    @property
    def _kind(self) -> Kind:
        raise NotImplementedError

    def __reduce__(self) -> tuple[type[KindProvider], tuple[()]]:
        return (type(self), ())

    def configure(self, req: ConfigureRequest) -> None:
        """Keep the stack config; it is read when a request needs it, so this can't fail."""
        from .session import process_session

        use_more_threads()
        self._session = process_session(req.config.get)

    @_reporting("checking")
    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Report all that can be known to be wrong without a request."""
        from ..core.errors import ConfigError
        from ..core.progress import listener
        from ..core.types.validation import faults

        kind = self._kind
        inputs = {key: value for key, value in news.items() if key != _PROVIDER}
        public = {
            key: _core(value)
            for key, value in inputs.items()
            if not key.startswith("__") and key not in {IMPORT_ID, ADOPT}
        }
        failures = [CheckFailure(one.property, one.reason) for one in faults(kind, public)]
        failures += [CheckFailure("", reason) for reason in adoption_faults(inputs)]
        for warning in kind.warnings(public):
            listener().warning(warning)
        if inputs.get(IMPORT_ID) and not olds:
            listener().info(
                f"{kind.label} {inputs[IMPORT_ID]} is taken over, not created, though the plan"
                " shows it as a creation."
            )
        try:
            self._session.settings()
        except ConfigError as error:
            failures.append(CheckFailure("", str(error)))
        return CheckResult(_hide(kind, inputs), failures)

    @_reporting("comparing")
    def diff(self, id_: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Compare the program's fields with the state; nothing forces a replacement.

        ``changes=None`` leaves the details to the engine, which then shows what changed and
        honours ``replace_on_changes``.
        """
        from ..core.errors import ResourceError

        kind = self._kind
        self._session.owns(kind, id_)
        if news.get(IMPORT_ID, id_) != id_:
            fault = f"it is {kind.label} {id_} already, and can't become {news[IMPORT_ID]}"
            raise ResourceError(fault, "remove import_ from its options, or give it another name")
        wanted = self._wanted(olds, _core(news))
        same_fields = set(olds.get(SET_FIELDS, kind.values(news))) == kind.values(news).keys()
        if kind.differing(olds, wanted) & wanted.keys() or not same_fields:
            # With equal inputs the engine would see nothing to finish.
            return DiffResult(changes=True if olds.get(UNFINISHED) else None)
        return DiffResult(changes=False)

    @_reporting("creating")
    def create(self, props: dict[str, Any]) -> CreateResult:
        """Create at most once or take over, and return the id whatever happens after."""
        from ..core.lifecycle.lifecycle import Unfinished

        call = current_call()
        values = self._kind.values(props)
        try:
            if props.get(IMPORT_ID):
                update = props.get(ADOPT) == "update"
                record = self._lifecycle.adopt(props[IMPORT_ID], values, update=update)
            else:
                record = self._lifecycle.create(values, call.urn)
        except Unfinished as error:
            outputs = self._unfinished(call, error, values, props)
            return CreateResult(error.record.id, outputs)
        return CreateResult(record.id, self._outputs(record, values))

    @_reporting("reading")
    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Return what exists; ``ReadResult("", {})`` only when it is certain to be gone.

        The inputs get the live values of the fields that the program sets, so that the next
        ``pulumi up`` repairs them.
        """
        from ..core.errors import ResourceError

        is_refresh = SET_FIELDS in props
        record = self._lifecycle.read(id_, props, managed=is_refresh)
        if record is None:
            if is_refresh:
                return ReadResult("", {})
            fault = f"no {self._kind.label} of this account has the id {id_}"
            raise ResourceError(fault, "correct the id")
        values = self._kind.values(record.as_dict())
        set_fields = {name: values[name] for name in props.get(SET_FIELDS, ())}
        outputs = self._outputs(record, set_fields)
        return ReadResult(record.id, outputs, _hide(self._kind, set_fields) if is_refresh else None)

    @_reporting("updating")
    def update(self, id_: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        """Send the fields that changed, and only these."""
        from ..core.lifecycle.lifecycle import Unfinished

        call = current_call()
        values = self._kind.values(news)
        try:
            wanted = self._wanted(olds, news)
            record = self._lifecycle.update(id_, olds, wanted, call.ignored_fields)
        except Unfinished as error:
            return UpdateResult(self._unfinished(call, error, values, news))
        return UpdateResult(self._outputs(record, values))

    @_reporting("deleting")
    def delete(self, id_: str, props: dict[str, Any]) -> None:
        """Delete; success means that it is certain to be gone."""
        self._lifecycle.delete(id_, props)

    @property
    def _lifecycle(self) -> Lifecycle:
        return self._session.lifecycle(self._kind)

    def _wanted(self, olds: dict[str, Any], news: dict[str, Any]) -> dict[str, Any]:
        """What the program sets, and the defaults of what it has ceased to set."""
        values = self._kind.values(news)
        dropped = set(olds.get(SET_FIELDS, ())) - values.keys()
        return values | {name: self._kind.fields[name].default for name in dropped}

    def outputs(self, record: Record, values: dict[str, Any]) -> dict[str, Any]:
        """What the state has of an object of which the program sets ``values``."""
        outputs = record.as_dict() | {SET_FIELDS: sorted(values), SHAPE: 1}
        return {name: value for name, value in outputs.items() if name != "id"}

    def _outputs(self, record: Record, values: dict[str, Any]) -> dict[str, Any]:
        return _hide(self._kind, self.outputs(record, values))

    def _unfinished(
        self, call: Call, error: Any, values: dict[str, Any], inputs: dict[str, Any]
    ) -> dict[str, Any]:
        """Fail the RPC so that the engine keeps the object; return outputs where it can't."""
        outputs = self._outputs(error.record, values)
        error.while_doing(f"finishing {self._kind.label}{call.quoted_resource}")
        provider = {_PROVIDER: inputs.get(_PROVIDER)}
        if keep_in_state(call, str(error), error.record.id, outputs | provider, inputs):
            fail(call, str(error))
        from ..core.progress import listener

        listener().warning(str(error))
        return outputs | {UNFINISHED: True}


def adoption_faults(inputs: dict[str, Any]) -> Iterator[str]:
    """Check what :func:`~pulumi_comfycontrol.resources.imports.take_import` handed on."""
    adopt, id_ = inputs.get(ADOPT), inputs.get(IMPORT_ID)
    if adopt not in {None, "update"}:
        yield "adopt must be 'update' or left out"
    elif adopt and not id_:
        yield "adopt='update' needs the id of an existing object in ResourceOptions(import_=…)"


def _hide(kind: Kind, properties: dict[str, Any]) -> dict[str, Any]:
    """Mark what is secret as such for the engine."""
    from pulumi.runtime.rpc import wrap_rpc_secret

    return {
        name: wrap_rpc_secret(value) if kind.is_secret(name, value) else value
        for name, value in properties.items()
    }


def _core(value: Any) -> Any:
    """Translate the SDK's unknown values to the core's."""
    from pulumi import Output  # noqa: F401 - loads pulumi.output
    from pulumi.output import Unknown as PulumiUnknown
    from pulumi.runtime import rpc

    from ..core.types.unknown import UNKNOWN

    if isinstance(value, PulumiUnknown) or (isinstance(value, str) and value == rpc.UNKNOWN):
        return UNKNOWN
    if isinstance(value, dict):
        return {key: _core(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_core(one) for one in value]
    return value
