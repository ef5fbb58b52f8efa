"""A small engine, which keeps a stack's state and drives a provider host as Pulumi's own does.

It sends the same calls in the same order and with the same marshalling: check with the old
*inputs*, diff with the old *outputs*; what diff leaves open is decided by comparing inputs; secrets
are unwrapped on the way in, and marked again on the way out. Before each create the URN is noted
as pending; a failed initialization keeps the object, and makes the next deployment update it. A
replacement is created before the old object is deleted, which comes last.
A provider that takes secrets gets them in their wrapping.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Struct
from google.rpc.status_pb2 import Status
from pulumi.runtime.proto import provider_pb2

Values = dict[str, Any]
Job = Callable[[], None]

_KEY = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"
#: Metadata of a failed call beside its message.
DETAILS = "grpc-status-details-bin"


class CallFailed(Exception):
    """The provider answered with an error; ``details`` is a status with details, or nothing."""

    def __init__(self, text: str, details: bytes = b"") -> None:
        super().__init__(text)
        self.text = text
        self.details = details


class HostDied(Exception):
    """The provider's process ended before it answered."""


class EngineDied(Exception):
    """This engine was killed: whatever it was about to do does not happen."""


class Host(Protocol):
    """A provider process."""

    #: Whether secrets reach the provider in their wrapping.
    accepts_secrets: bool

    def call(self, method: str, request: Any) -> Any:
        """Return the answer; raises :class:`CallFailed` or :class:`HostDied`."""

    def together(self, jobs: Sequence[Job], most: int, stop: Callable[[], bool]) -> None:
        """Run ``jobs`` in threads, ``most`` at once, until all have ended or ``stop()``."""


@dataclass
class Resource:
    """One resource in the state; its properties have secrets in their wrapping."""

    id: str
    inputs: Values
    outputs: Values
    #: Whether its initialization failed, so that the next deployment has to finish it.
    unfinished: bool = False


@dataclass
class Stack:
    """A program, as inputs by URN, and the state that its deployments have left."""

    program: dict[str, Values] = field(default_factory=dict)
    state: dict[str, Resource] = field(default_factory=dict)
    #: The replaced resources whose objects are still to be deleted: URN and resource.
    replaced: list[tuple[str, Resource]] = field(default_factory=list)


class Engine:
    """One deployment of a stack.

    ``parallel`` calls are made at once; ``ordered`` has each resource depend on the one before.
    After ``lives`` changes of the state the engine dies instead of saving the next one; ``kill``
    then lets the rest of the world know.
    """

    def __init__(
        self,
        stack: Stack,
        host: Host,
        *,
        parallel: int = 4,
        ordered: bool = False,
        lives: int | None = None,
        kill: Callable[[], None] = lambda: None,
    ) -> None:
        self._stack = stack
        self._host = host
        self._parallel = parallel
        self._ordered = ordered
        self._lives = lives
        self._kill = kill
        self.dead = False
        self.failures: list[str] = []
        #: The creates that were begun: their URNs and inputs.
        self.begun: list[tuple[str, Values]] = []
        #: The updates of which no answer was saved: URNs and inputs.
        self.updating: dict[str, Values] = {}
        #: The planned or executed operation, by URN.
        self.steps: dict[str, str] = {}

    @property
    def is_clean(self) -> bool:
        """Whether everything was done."""
        return not (self.dead or self.failures)

    def die(self) -> None:
        """Be killed: nothing is done, and nothing is saved any more."""
        self.dead = True

    def preview(self) -> None:
        """Plan what :meth:`up` would do."""
        program, state = self._stack.program, self._stack.state
        self._run(partial(self._register, urn, news, plan=True) for urn, news in program.items())
        self.steps |= {urn: "delete" for urn in state if urn not in program}

    def up(self) -> None:
        """Apply the program; nothing is deleted after a failure."""
        program, state = self._stack.program, self._stack.state
        self._run(partial(self._register, urn, news) for urn, news in program.items())
        self._run(partial(self._delete_replaced, *one) for one in [*self._stack.replaced])
        self._run(partial(self._delete, urn) for urn in reversed([*state]) if urn not in program)

    def refresh(self) -> None:
        """Bring the state to what really is; reads wait for none."""
        self._ordered = False
        self._run(partial(self._read, urn) for urn in [*self._stack.state])

    def destroy(self) -> None:
        """Delete everything."""
        self._run(partial(self._delete_replaced, *one) for one in [*self._stack.replaced])
        self._run(partial(self._delete, urn) for urn in reversed([*self._stack.state]))

    def _run(self, jobs: Iterable[Job]) -> None:
        work = [partial(self._guarded, job) for job in jobs]
        groups = [[job] for job in work] if self._ordered else [work]
        for group in groups:
            if self.is_clean and group:
                self._host.together(group, self._parallel, lambda: self.dead)

    def _guarded(self, job: Job) -> None:
        """Do a job, unless the deployment has failed meanwhile."""
        if not self.is_clean:
            return
        try:
            job()
        except CallFailed as error:
            self.failures.append(error.text)
        except HostDied:
            self.failures.append("")
        except EngineDied:
            pass

    def _call(self, method: str, request: Any) -> Any:
        try:
            return self._host.call(method, request)
        finally:
            if self.dead:
                raise EngineDied

    def _register(self, urn: str, news: Values, *, plan: bool = False) -> None:
        old = self._stack.state.get(urn)
        request = provider_pb2.CheckRequest(
            urn=urn, olds=self._message(old.inputs) if old else None, news=self._message(news)
        )
        answer = self._call("Check", request)
        if answer.failures:
            raise CallFailed("; ".join(failure.reason for failure in answer.failures))
        inputs = _marked(answer.inputs, news)
        if old is None:
            self._step(urn, "create", plan or partial(self._create, urn, inputs))
            return
        differs, replaces = self._differs(urn, old, inputs)
        if replaces:
            # The engine checks once more, now without the old inputs.
            request = provider_pb2.CheckRequest(urn=urn, news=self._message(news))
            inputs = _marked(self._call("Check", request).inputs, news)
            self._step(urn, "replace", plan or partial(self._create, urn, inputs))
        elif differs:
            self._step(urn, "update", plan or partial(self._update, urn, old, inputs))
        elif not plan:
            old.inputs = inputs

    def _message(self, values: Values) -> Struct:
        return wrapped(values) if self._host.accepts_secrets else plain(values)

    def _step(self, urn: str, name: str, job: Job | bool) -> None:
        self.steps[urn] = name
        if not isinstance(job, bool):
            job()

    def _differs(self, urn: str, old: Resource, inputs: Values) -> tuple[bool, bool]:
        """Whether something changes, and whether the resource is to be replaced."""
        request = provider_pb2.DiffRequest(
            id=old.id,
            urn=urn,
            olds=self._message(old.outputs),
            news=self._message(inputs),
            old_inputs=self._message(old.inputs),
        )
        answer = self._call("Diff", request)
        changes = answer.changes
        if changes == provider_pb2.DiffResponse.DIFF_UNKNOWN:
            changed = plain(old.inputs) != plain(inputs)
        else:
            changed = changes == provider_pb2.DiffResponse.DIFF_SOME
        return changed or old.unfinished, bool(answer.replaces)

    def _create(self, urn: str, inputs: Values) -> None:
        self.begun.append((urn, unwrapped(inputs)))
        request = provider_pb2.CreateRequest(urn=urn, properties=self._message(inputs))
        answer = self._finish(urn, inputs, "Create", request)
        self._save(urn, Resource(answer.id, inputs, _marked(answer.properties, inputs)))

    def _update(self, urn: str, old: Resource, inputs: Values) -> None:
        request = provider_pb2.UpdateRequest(
            id=old.id,
            urn=urn,
            olds=self._message(old.outputs),
            news=self._message(inputs),
            old_inputs=self._message(old.inputs),
        )
        self.updating[urn] = unwrapped(inputs)
        answer = self._finish(urn, inputs, "Update", request)
        self._save(urn, Resource(old.id, inputs, _marked(answer.properties, inputs)))

    def _finish(self, urn: str, inputs: Values, method: str, request: Any) -> Any:
        """Call, and keep an object whose initialization failed in the state."""
        try:
            return self._call(method, request)
        except CallFailed as error:
            partial_ = init_failed(error.details)
            if partial_ is not None:
                outputs = _marked(partial_.properties, inputs)
                self._save(urn, Resource(partial_.id, inputs, outputs, unfinished=True))
            raise

    def _read(self, urn: str) -> None:
        old = self._stack.state[urn]
        request = provider_pb2.ReadRequest(
            id=old.id,
            urn=urn,
            properties=self._message(old.outputs),
            inputs=self._message(old.inputs),
        )
        answer = self._call("Read", request)
        if not answer.id:
            self._step(urn, "delete", partial(self._save, urn, None))
            return
        outputs = _marked(answer.properties, old.inputs)
        inputs = _marked(answer.inputs, old.inputs) if answer.HasField("inputs") else old.inputs
        if plain(outputs) != plain(old.outputs):
            self.steps[urn] = "update"
        new = Resource(answer.id, inputs, outputs)
        self._differs(urn, new, old.inputs)  # what the engine shows as drift
        self._save(urn, new)

    def _delete(self, urn: str) -> None:
        old = self._stack.state[urn]
        self.steps[urn] = "delete"
        self._call(
            "Delete",
            provider_pb2.DeleteRequest(id=old.id, urn=urn, properties=self._message(old.outputs)),
        )
        self._save(urn, None)

    def _delete_replaced(self, urn: str, old: Resource) -> None:
        self._call(
            "Delete",
            provider_pb2.DeleteRequest(id=old.id, urn=urn, properties=self._message(old.outputs)),
        )
        self._count_save()
        self._stack.replaced.remove((urn, old))

    def _save(self, urn: str, resource: Resource | None) -> None:
        self._count_save()
        self.updating.pop(urn, None)
        old = self._stack.state.get(urn)
        if resource is None:
            del self._stack.state[urn]
            return
        if old is not None and old.id != resource.id:
            self._stack.replaced.append((urn, old))
        self._stack.state[urn] = resource

    def _count_save(self) -> None:
        """Die instead of the save that is the last one's next."""
        if self._lives == 0:
            self.die()
            self._kill()
        if self.dead:
            raise EngineDied
        if self._lives is not None:
            self._lives -= 1


def secret(value: Any) -> Values:
    """Wrap a value as a program's secret."""
    return {_KEY: _SECRET, "value": value}


def is_secret(value: Any) -> bool:
    """Whether a value is wrapped."""
    return isinstance(value, dict) and value.get(_KEY) == _SECRET


def unwrapped(value: Any) -> Any:
    """Take all secrets out of their wrapping."""
    if is_secret(value):
        return unwrapped(value["value"])
    if isinstance(value, dict):
        return {key: unwrapped(one) for key, one in value.items()}
    if isinstance(value, list):
        return [unwrapped(one) for one in value]
    return value


def wrapped(values: Values) -> Struct:
    """Properties as they travel to a provider that takes secrets."""
    message = Struct()
    message.update(values)
    return message


def plain(values: Values) -> Struct:
    """Properties as they travel to a provider that takes no secrets."""
    message = Struct()
    message.update(unwrapped(values))
    return message


def _marked(answer: Struct, inputs: Values) -> Values:
    """Properties in the form of the state: a secret input is secret in the outputs too."""
    values = MessageToDict(answer)
    for key, value in inputs.items():
        if is_secret(value) and key in values and not is_secret(values[key]):
            values[key] = secret(values[key])
    return values


def init_failed(details: bytes) -> Any:
    """Return Pulumi's ``ErrorResourceInitFailed`` of a failed call, or None."""
    for detail in Status.FromString(details).details:
        partial_ = provider_pb2.ErrorResourceInitFailed()
        if detail.Unpack(partial_):
            return partial_
    return None
