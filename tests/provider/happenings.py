"""Random events of a stack's life: edits of the program, and failures of deployments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from .engine import Values
from .model import HIDDEN, URN, type_of

STACKS = ("dev", "prod")
TYPES = ("Runner", "Template")
URNS = (
    *(URN.format("dev", "Runner", name) for name in ("a", "b", "c")),
    URN.format("dev", "Template", "t"),
    URN.format("prod", "Runner", "a"),
    URN.format("prod", "Template", "t"),
)
#: Few values, so that equal resources are frequent; None is a field that is not set.
POOLS: dict[str, dict[str, list[Any]]] = {
    "Runner": {
        "name": ["GPU", "CPU"],
        "endpoint": ["http://one:8188", "http://two:8188"],
        "headers": [None, {"X-Key": f"{HIDDEN}one"}, {"X-Key": f"{HIDDEN}two"}],
        "tags": [None, [], ["a"], ["b", "a"]],
        "status": [None, "active", "disabled"],
    },
    "Template": {
        "name": ["Portrait", "Poster"],
        "description": ["One", "Two"],
        "body": ['{"1":{"seed":1}}', '{"1":{"seed":2}}'],
    },
}


@dataclass(frozen=True)
class Declaration:
    """A resource with values of its own, or with those of another one: its twin."""

    urn: str
    values: Values
    twin: int | None
    #: Whether it comes before all others.
    first: bool


@dataclass(frozen=True)
class Change:
    """Another value for one field of one of the objects there are; None unsets it."""

    type: str
    field: str
    value: Any
    which: int


@dataclass(frozen=True)
class Removal:
    """A resource leaves the program."""

    urn: str


@dataclass(frozen=True)
class Deletion:
    """One of the objects there are is deleted in the dashboard."""

    type: str
    which: int


@dataclass(frozen=True)
class Creation:
    """Creation outside of the program: an unrelated object, or one that equals a declared one."""

    type: str
    twin: int | None


@dataclass(frozen=True)
class Pause:
    """Time passes."""

    seconds: float


Edit = Declaration | Change | Removal
Outside = Change | Deletion | Creation | Pause


@dataclass(frozen=True)
class Kill:
    """Kill of a process at a request: before or after the API acted, or during its answer."""

    who: str
    when: str
    method: str
    skip: int


@dataclass(frozen=True)
class Trouble:
    """A failure during a deployment."""

    faults: tuple[dict[str, Any], ...] = ()
    kill: Kill | None = None
    #: After how many changes of the state the engine dies instead of saving the next one.
    lives: int | None = None
    #: Whether the host dies together with the engine then.
    power_cut: bool = False
    #: Whether it begins while hosts of killed engines may still be at work.
    at_once: bool = False

    def __bool__(self) -> bool:
        return bool(self.faults or self.kill or self.lives is not None)


_METHODS = st.sampled_from(["POST", "POST", "POST", "GET", "PUT", "DELETE", "*"])
_SOMETIMES = {"times": st.integers(1, 3), "skip": st.integers(0, 2)}
_LIKELY = {
    "times": st.none(),
    "probability": st.sampled_from([0.2, 0.5, 1.0]),
    "seed": st.integers(0, 99),
}
_KINDS: list[dict[str, st.SearchStrategy[Any]]] = [
    {
        "kind": st.just("status"),
        "status": st.sampled_from([429, 500, 502, 503, 504, 400, 403]),
    },
    # Only these leave open whether the API has acted [docs: api/errors].
    {"kind": st.just("status_after"), "status": st.sampled_from([500, 502, 503, 504])},
    {"kind": st.just("html"), "status": st.sampled_from([200, 404, 502])},
    {"kind": st.just("html_after"), "status": st.sampled_from([200, 502])},
    {"kind": st.sampled_from(["drop_before", "drop_after", "empty", "truncate"])},
]
_FAULTS = st.lists(
    st.one_of(
        st.fixed_dictionaries({"method": _METHODS} | kind | often)
        for kind in _KINDS
        for often in (_SOMETIMES, _LIKELY)
    ),
    max_size=3,
).map(tuple)
_KILLS = st.builds(
    Kill,
    st.sampled_from(["host", "engine", "both"]),
    st.sampled_from(["kill_before", "kill_after", "call"]),
    _METHODS,
    st.sampled_from([0, 0, 1, 2]),
)
TROUBLES = st.one_of(
    st.builds(Trouble, at_once=st.booleans()),
    st.builds(Trouble, _FAULTS, at_once=st.booleans()),
    st.builds(Trouble, _FAULTS, _KILLS, at_once=st.booleans()),
    st.builds(Trouble, kill=_KILLS, at_once=st.booleans()),
    st.builds(
        Trouble,
        _FAULTS,
        lives=st.integers(0, 2),
        power_cut=st.booleans(),
        at_once=st.booleans(),
    ),
)


def _values(type_: str) -> st.SearchStrategy[Values]:
    pools = POOLS[type_].items()
    return st.fixed_dictionaries({name: st.sampled_from(pool) for name, pool in pools})


_WHICH = st.integers(0, 5)
DECLARATIONS = st.sampled_from(URNS).flatmap(
    lambda urn: st.builds(
        Declaration,
        st.just(urn),
        _values(type_of(urn)),
        st.none() | _WHICH,
        st.booleans(),
    )
)
CHANGES = st.builds(
    lambda change, which: Change(*change, which),
    st.sampled_from(
        [
            (type_, name, value)
            for type_ in ("Runner", "Runner", "Template")
            for name, pool in POOLS[type_].items()
            for value in pool
        ]
    ),
    _WHICH,
)
OUTSIDE = st.one_of(
    CHANGES,
    st.builds(Deletion, st.sampled_from(TYPES), _WHICH),
    st.builds(Creation, st.sampled_from(TYPES), st.none() | _WHICH),
    st.builds(Pause, st.sampled_from([1, 10, 60, 400, 4000, 3_000_000])),
)
#: Both readings of each question that the documentation leaves open.
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "create_status": st.just(200),
        "fractions": st.just(True),
        "extra_fields": st.just(True),
        "omit_optional": st.just(True),
        "put_bumps": st.sampled_from(["changed", "always"]),
        "delete": st.just("204"),
        "tags": st.just("sorted"),
        "sort_template_keys": st.just(True),
    },
)
#: Seconds by which the API's clock is ahead.
SKEWS = st.sampled_from([0.0, 0.0, 3.5, -400.0, 86_400.0])
EDITS = st.lists(
    st.one_of(DECLARATIONS, CHANGES, CHANGES, st.sampled_from(URNS).map(Removal)), max_size=3
)
