"""A stack of 1,000 runners: plans, the provider process's own time and memory, and `destroy`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from .fleet import Fleet, FleetOptions
from .life import STEPS, measure
from .measure import FREE, LIMITED, Measured
from .server import Server
from .usage import Usage, watching

#: The steps in which nothing is to be done; they are repeated.
PLANS = ("unchanged", "preview")
#: All steps, in their order.
WHOLE = ("up", *PLANS, "refresh", "destroy")


class Large(NamedTuple):
    """A step of one provider."""

    step: str
    provider: str
    measured: Measured
    usage: Usage


def measure_large(
    server: Server, providers: Sequence[str], size: int, runs: int, tell: Callable[[str], None]
) -> Iterator[Large]:
    """Measure :data:`WHOLE` for each provider, in one account, with limit and latency off.

    The plans are measured ``runs`` times, the providers in turn.
    """
    server.clear()
    with ExitStack() as stack:
        homes = {one: Path(stack.enter_context(tempfile.TemporaryDirectory())) for one in providers}
        fleets = {
            provider: _fleet(server, provider, size, home) for provider, home in homes.items()
        }

        def step(name: str, provider: str) -> Large:
            tell(f"{provider}, {name} of {size} runners, limit and latency off")
            with watching(str(homes[provider])) as watch:
                measured = measure(server, fleets[provider], STEPS[name], FREE)
            return Large(name, provider, measured, watch.usage)

        for provider in providers:
            yield step("up", provider)
        for number in range(runs):
            for provider in providers[:: -1 if number % 2 else 1]:
                for name in PLANS:
                    yield step(name, provider)
        for provider in providers:
            for name in ("refresh", "destroy"):
                yield step(name, provider)


@contextmanager
def large_destroy(server: Server, provider: str, size: int) -> Iterator[Callable[[], Measured]]:
    """Create ``size`` runners, and yield what destroys them under the limit and measures that."""
    server.clear()
    with tempfile.TemporaryDirectory() as folder:
        fleet = _fleet(server, provider, size, Path(folder))
        measure(server, fleet, Fleet.up, FREE)
        yield lambda: measure(server, fleet, Fleet.destroy, LIMITED)


def _fleet(server: Server, provider: str, size: int, home: Path) -> Fleet:
    # With checkpoints, most of the time would go by with writing a large state again and again.
    name = f"fleet-{provider.replace(',', '').replace(' ', '-')}"
    return Fleet(FleetOptions(provider, size, server.url, home, name, checkpoints=False))
