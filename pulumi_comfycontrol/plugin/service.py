"""Pulumi's provider protocol: each method decodes a request, and encodes the core's result."""

from __future__ import annotations

import functools
import json
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf.empty_pb2 import Empty

from ..core.types.unknown import UNKNOWN
from ..frontend.call import Call, top_level_names
from ..frontend.names import kind_of, to_wire, to_wire_name
from ..frontend.operations import Failed, Operations, PartlyFailed
from ..frontend.partial_failure import init_failed
from ..frontend.progress import EngineListener
from ..frontend.protocol import stubs
from ..frontend.session import Session
from ..frontend.wire import IF_EXISTS_PROPERTY, PROVIDER_KEY
from . import plan, values, wire
from .configuration import SECRET_KEYS, Configuration

if TYPE_CHECKING:
    from ..core.types.kind import Kind

_pb2 = stubs("provider_pb2")
_Servicer: Any = stubs("provider_pb2_grpc").ResourceProviderServicer
#: Keys of outputs that only the dynamic types have.
_DYNAMIC_KEYS = frozenset({PROVIDER_KEY, "user_id", "created_at", "updated_at"})


def _rpc(method: Callable[..., Any]) -> Callable[..., Any]:
    """Report every failure of a method as one message, a bug with its traceback."""

    @functools.wraps(method)
    def wrapper(self: Service, request: Any, context: Any) -> Any:
        try:
            return method(self, request, context)
        except Failed as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        except Exception:  # noqa: BLE001 - gRPC would show the last line alone
            context.abort(grpc.StatusCode.UNKNOWN, traceback.format_exc())

    return wrapper


class Service(_Servicer):  # type: ignore[misc]
    """The plugin's gRPC service; ``engine_address`` is "" before the handshake."""

    def __init__(self, engine_address: str = "") -> None:
        self._engine_address = engine_address
        self._session: Session | None = None
        #: Called once the engine's address and the configuration are known.
        self.on_session: Callable[[Session], None] = lambda _session: None

    # The plugin itself

    def Handshake(self, request: Any, _context: Any) -> Any:
        """Receive the engine's address."""
        self._engine_address = request.engine_address or self._engine_address
        return _pb2.ProviderHandshakeResponse(accept_secrets=True)

    def Attach(self, request: Any, _context: Any) -> Any:
        """Receive the address of an engine that did not start this process."""
        self._engine_address = request.address
        return Empty()

    def GetPluginInfo(self, _request: Any, _context: Any) -> Any:
        """Return the version."""
        # Each start asks for it, and ``importlib.metadata`` takes a tenth of a start to load.
        return stubs("plugin_pb2").PluginInfo(version=json.loads(_schema())["version"])

    def GetSchema(self, _request: Any, _context: Any) -> Any:
        """Return the schema of resources, functions and configuration."""
        return _pb2.GetSchemaResponse(schema=_schema())

    def Cancel(self, _request: Any, _context: Any) -> Any:
        """End waits at once; a request under way ends normally, so that its id is recorded."""
        if self._session is not None:
            self._session.cancel()
        return Empty()

    # The provider resource

    @_rpc
    def CheckConfig(self, request: Any, _context: Any) -> Any:
        """Report a missing token, or one in plain text, once and not for every resource."""
        arguments = wire.decode(request.news)
        configuration = Configuration(request.name or _name(request.urn), arguments)
        if file := configuration.plain_token_file(_stack(request.urn)):
            EngineListener(self._engine_address, "").warning(
                f"The account's token is in {file} in plain text; replace it in the dashboard, and"
                " set the new one with `pulumi config set --secret`."
            )
        fault = configuration.fault()
        failures = [_pb2.CheckFailure(reason=fault)] if fault else []
        secret = wire.secret_names(request.news) | SECRET_KEYS
        return _pb2.CheckResponse(inputs=wire.encode(arguments, secret), failures=failures)

    @_rpc
    def DiffConfig(self, request: Any, _context: Any) -> Any:
        """Return whether the configuration changed; that never replaces a resource."""
        old, new = wire.decode(request.old_inputs), wire.decode(request.news)
        names = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
        changes = _pb2.DiffResponse.DIFF_SOME if names else _pb2.DiffResponse.DIFF_NONE
        return _pb2.DiffResponse(changes=changes, diffs=names)

    @_rpc
    def Configure(self, request: Any, _context: Any) -> Any:
        """Store the configuration; it is checked where it is used, so this can't fail."""
        name = request.name or _name(request.urn)
        configuration = Configuration(name, wire.decode(request.args))
        self._session = Session(configuration.settings, self._engine_address)
        self.on_session(self._session)
        return _pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    @_rpc
    def Invoke(self, request: Any, _context: Any) -> Any:
        """Call a function of the schema."""
        from .functions import invoke

        found = invoke(self._configured, request.tok, wire.decode(request.args))
        return _pb2.InvokeResponse(**{"return": wire.encode(found)})

    # Resources

    @_rpc
    def Check(self, request: Any, context: Any) -> Any:
        """Report all faults of the inputs that need no request."""
        with self._operation("checking", request, context) as (operations, _):
            inputs = wire.decode(request.news)
            fields = {
                name: value
                for name, value in inputs.items()
                if name != IF_EXISTS_PROPERTY and not name.startswith("__")
            }
            reasons = operations.check(fields, exists=bool(request.olds.fields))
            if inputs.get(IF_EXISTS_PROPERTY) not in {None, "create", "fail", "adopt", UNKNOWN}:
                reasons.append("ifExists must be create, fail or adopt, or left out")
            # With a property's name, the CLI would show its value again, even a secret one.
            failures = [_pb2.CheckFailure(reason=reason) for reason in reasons]
            secret = values.secret_names(operations.kind, inputs, request.news)
            return _pb2.CheckResponse(inputs=wire.encode(inputs, secret), failures=failures)

    @_rpc
    def Diff(self, request: Any, context: Any) -> Any:
        """Compare the program with the state, by property path."""
        with self._operation("comparing", request, context) as (operations, _):
            known, inputs = values.known(request.olds), wire.decode(request.news)
            difference = operations.diff(request.id, known, inputs)
            # An update without a request converts the state to the format of this type.
            moved = bool(known.leftovers) or not _DYNAMIC_KEYS.isdisjoint(request.olds.fields)
            some = difference or moved or known.unfinished
            details = {
                path: _pb2.PropertyDiff(kind=change.value)
                for path, change in plan.changes(difference, known.sent, inputs).items()
            }
            return _pb2.DiffResponse(
                changes=_pb2.DiffResponse.DIFF_SOME if some else _pb2.DiffResponse.DIFF_NONE,
                diffs=sorted(difference.fields),
                detailedDiff=details,
                hasDetailedDiff=bool(details),
                replaces=[to_wire_name(name) for name in difference.replaced],
                stables=[to_wire_name(name) for name in plan.STABLE],
            )

    @_rpc
    def Create(self, request: Any, context: Any) -> Any:
        """Create at most once, or take over the object of an interrupted create."""
        with self._operation("creating", request, context) as (operations, call):
            inputs = wire.decode(request.properties)
            if request.preview:
                outputs = plan.created(operations.kind, inputs)
                secret = values.secret_names(operations.kind, outputs, request.properties)
                return _pb2.CreateResponse(properties=wire.encode(to_wire(outputs), secret))
            with _keeping(operations.kind, context, request.properties):
                result = operations.create(call, inputs, inputs.get(IF_EXISTS_PROPERTY))
            outputs = values.outputs(operations.kind, result, request.properties)
            return _pb2.CreateResponse(id=result.record.id, properties=outputs)

    @_rpc
    def Read(self, request: Any, context: Any) -> Any:
        """Read for a refresh, an import or a ``get``; the reply's id is "" for a missing object.

        A refresh returns the live values of the program's inputs, so that the next deployment
        repairs them. An import and a ``get`` have no inputs: theirs are all values that differ from
        the defaults, except secrets, which ``pulumi import`` would print in generated code.
        """
        with self._operation("reading", request, context) as (operations, _):
            known = values.known(request.properties)
            result = operations.read(request.id, known)
            if result is None:
                return _pb2.ReadResponse()
            if known.managed:
                inputs = values.live_inputs(
                    operations.kind, result.values, wire.decode(request.inputs)
                )
            else:
                result, inputs = values.imported(operations.kind, result)
                values.warn_of_shown_secrets(operations.kind, inputs)
            secret = values.secret_names(operations.kind, inputs, request.inputs)
            return _pb2.ReadResponse(
                id=result.record.id,
                properties=values.outputs(
                    operations.kind, result, request.inputs, request.properties
                ),
                inputs=wire.encode(inputs, secret),
            )

    @_rpc
    def Update(self, request: Any, context: Any) -> Any:
        """Send the fields that differ, and only these."""
        with self._operation("updating", request, context) as (operations, call):
            known, inputs = values.known(request.olds), wire.decode(request.news)
            if request.preview:
                wanted = operations.wanted(known, operations.kind.values(inputs))
                difference = operations.diff(request.id, known, inputs)
                outputs = plan.updated(operations.kind, known.properties, wanted, difference)
                secret = values.secret_names(operations.kind, outputs, request.news)
                return _pb2.UpdateResponse(properties=wire.encode(to_wire(outputs), secret))
            with _keeping(operations.kind, context, request.news):
                result = operations.update(call, request.id, known, inputs)
            return _pb2.UpdateResponse(
                properties=values.outputs(operations.kind, result, request.news)
            )

    @_rpc
    def Delete(self, request: Any, context: Any) -> Any:
        """Delete; success means that the object is certain to be gone."""
        with self._operation("deleting", request, context) as (operations, _):
            operations.delete(request.id, values.known(request.properties))
            return Empty()

    @property
    def _configured(self) -> Session:
        if self._session is None:
            raise Failed(
                "The plugin received a request before its configuration; report this as a fault"
                " of the plugin."
            )
        return self._session

    @contextmanager
    def _operation(
        self, doing: str, request: Any, context: Any
    ) -> Iterator[tuple[Operations, Call]]:
        """Find the resource's kind, and report the progress and failure of the block."""
        try:
            kind = kind_of(request.urn)
        except (KeyError, IndexError):
            raise Failed(
                f"The plugin has no resource type as in {request.urn}; correct the type, or install"
                " the plugin's version that the program was written for."
            ) from None
        call = Call(
            request.urn,
            context.is_active,
            top_level_names(getattr(request, "ignoreChanges", ())),
            getattr(request, "timeout", 0.0),
        )
        operations = Operations(self._configured, kind)
        with operations.reporting(call, doing):
            yield operations, call


@contextmanager
def _keeping(kind: Kind, context: Any, inputs: Any) -> Iterator[None]:
    """Make the engine keep an object whose creation or change was only partly done."""
    try:
        yield
    except PartlyFailed as error:
        outputs = values.outputs(kind, error.result, inputs, unfinished=True)
        context.set_trailing_metadata(
            init_failed(str(error), error.result.record.id, outputs, inputs)
        )
        raise


def _schema() -> str:
    return Path(__file__).with_name("schema.json").read_text("utf-8")


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]


def _stack(urn: str) -> str:
    return urn.removeprefix("urn:pulumi:").partition("::")[0]
