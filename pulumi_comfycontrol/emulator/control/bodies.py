"""The bodies of requests to the control API; their OpenAPI schemas come from these models."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field

from ..state.state import RESETS
from ..state.switch import STRICT, Tier

FARTHEST = 1_000_000_000


def _part(name: str) -> str:
    if name not in RESETS:
        msg = f"the parts are {', '.join(RESETS)}"
        raise ValueError(msg)
    return name


_PARTS: Any = {"enum": list(RESETS)}
Part = Annotated[str, AfterValidator(_part), Field(json_schema_extra=_PARTS)]
Token = Annotated[str, Field(pattern="^cfc_[A-Za-z0-9]+$")]  # A1


class Body(BaseModel):
    """A body, of which every part may be left out."""

    model_config = STRICT


class Reset(Body):
    """The parts of the state that go back to the start; without any, all of it."""

    what: list[Part] = []


class ClockChange(Body):
    """Seconds by which to advance the clock, and emulated seconds for each real one."""

    advance: Annotated[float, Field(ge=0, le=FARTHEST)] = 0.0
    multiplier: Annotated[float, Field(ge=0, le=1_000_000)] | None = None


class TokenChange(Body):
    """A token to accept, one to expire and one to forget."""

    add: Token | None = None
    account: str | None = None
    tier: Tier | None = None
    expire: str | None = None
    revoke: str | None = None
