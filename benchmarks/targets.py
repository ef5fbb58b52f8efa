"""The targets, and the verdicts on them.

Counts are judged by the worst of all runs, times by the median, memory by the largest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple

from .fleet import NAIVE, NATIVE, OURS
from .large import PLANS, WHOLE
from .measure import LIMIT, Measured, Spread, quota_minimum
from .results import Results, measured_of, refused, requests, seconds, spans
from .stacks import STACKS

#: What may be lost beside the quota's minimum.
_ONE_STACK = 1.05
_MANY_STACKS = 1.08
#: What plans may take, as a multiple of the naive provider's time.
_PLANS = 1.05
#: Seconds that limit and latency may add to a refresh.
_REFRESH = 1.5
_MEGABYTE = 1_000_000
_MEMORY = 120
#: Milliseconds.
_IMPORT = 60
_START = 200

TITLES = {
    "up": "`up` from nothing",
    "unchanged": "`up`, nothing changed",
    "preview": "`preview`",
    "refresh": "`refresh`, nothing changed",
    "drift": "`up --refresh`, one drifted",
    "destroy": "`destroy`",
    "wide-destroy": f"`destroy --parallel {LIMIT}`",
}


class Verdict(NamedTuple):
    """One target."""

    work: str
    target: str
    found: str
    met: bool


def verdicts(results: Results) -> list[Verdict]:
    """Judge all measurements."""
    return [
        *_life(results),
        *_native(results),
        *_stacks(results),
        *_account(results),
        *_large(results),
        *_large_destroy(results),
        *_starts(results),
        *_failures(results),
    ]


def _life(results: Results) -> Iterator[Verdict]:
    size = results.sizes.runners
    #: At most so many requests; of those of `up`, as many as runners create.
    most = {
        "unchanged": 0,
        "preview": 0,
        "refresh": 4,
        "drift": 6,
        "destroy": size + 2,
        "wide-destroy": size + 2,
    }
    for name, runs in results.life.items():
        measured, free = runs.get(OURS), results.life_free[name].get(OURS)
        if not (measured and free):
            continue
        work = TITLES[name]
        if name in {"up", "destroy", "wide-destroy"}:
            yield from _whole(work, measured, free, _ONE_STACK)
        if name == "wide-destroy":
            yield from _span(work, measured, _ONE_STACK)
        if name == "refresh":
            more = median(seconds(measured)) - median(seconds(free))
            target = f"under {_REFRESH:g} s more than with limit and latency off"
            yield Verdict(work, target, f"{more:+.2f} s", more < _REFRESH)
        if name == "up":
            yield _posts(work, measured, size)
        else:
            yield _at_most(work, "requests", requests(measured), most[name])
        if name not in {"unchanged", "preview"}:
            yield _at_most(work, "answers 429", refused(measured), 0)


def _native(results: Results) -> Iterator[Verdict]:
    for name, runs in results.life.items():
        if runs.get(NATIVE) and runs.get(OURS):
            most = max(requests(runs[OURS]))
            found = requests(runs[NATIVE])
            target = f"as many requests as the dynamic provider: {most}"
            work = f"{TITLES[name]}, native"
            yield Verdict(work, target, Spread.of(found).text(0), max(found) == most)


def _stacks(results: Results) -> Iterator[Verdict]:
    measured, free = results.stacks.get(OURS, []), results.stacks_free.get(OURS, [])
    if measured and free:
        work = f"{STACKS} stacks of {results.sizes.stack} at once"
        yield from _span(work, measured, _MANY_STACKS)
        yield from _whole(work, measured, free, _MANY_STACKS)
        yield _at_most(work, "answers 429", refused(measured), 0)


def _account(results: Results) -> Iterator[Verdict]:
    measured = results.account.get(OURS)
    if measured:
        work = f"`refresh` of one runner in an account of {results.sizes.account:,}"
        yield _at_most(work, "requests", requests(measured), 1)


def _large(results: Results) -> Iterator[Verdict]:
    size = results.sizes.large
    for step in PLANS:
        naive, ours, native = (
            measured_of(results.large_step(step, one)) for one in (NAIVE, OURS, NATIVE)
        )
        if naive and ours and native:
            work = f"{TITLES[step]}, {size:,} runners"
            yield _at_most(work, "requests", requests(ours), 0)
            yield _relative(work, ours, _PLANS, naive, "naive")
            yield _at_most(f"{work}, native", "requests", requests(native), 0)
            yield _relative(f"{work}, native", native, 1, ours, "dynamic")
    native_cpu, dynamic_cpu = results.large_cpu(NATIVE), results.large_cpu(OURS)
    if native_cpu:
        work = f"processor time of the native provider process, {size:,} runners"
        target = f"at most the dynamic one's {dynamic_cpu:.2f} s in the same {len(WHOLE)} commands"
        yield Verdict(work, target, f"{native_cpu:.2f} s", native_cpu <= dynamic_cpu)
    if results.large_memory(NAIVE):
        largest = results.large_memory(OURS) / _MEGABYTE
        work = f"memory of the provider process, {size:,} runners"
        yield Verdict(work, f"under {_MEMORY} MB", f"{largest:.0f} MB", largest < _MEMORY)


def _large_destroy(results: Results) -> Iterator[Verdict]:
    measured = results.large_destroy
    free = measured_of(results.large_step("destroy", OURS))
    if measured and free:
        size = results.sizes.large
        work = f"`destroy` of {size:,} runners of one account"
        yield _at_most(work, "requests", requests(measured), size + 2)
        yield from _whole(work, measured, free, _ONE_STACK)
        yield _at_most(work, "answers 429", refused(measured), 0)


def _starts(results: Results) -> Iterator[Verdict]:
    for work, times, most in (
        ("import of `Runner` after `import pulumi`", results.imports, _IMPORT),
        (
            "start of the plugin, from its execution to its port",
            [one.port for one in results.starts],
            _START,
        ),
    ):
        if times:
            middle = median(times)
            yield Verdict(work, f"under {most} ms", f"{middle:.0f} ms", middle < most)


def _failures(results: Results) -> Iterator[Verdict]:
    for part, error in results.failures.items():
        yield Verdict(part, "can be measured", " ".join(error.split()).replace("|", "/"), met=False)


def _posts(work: str, measured: Sequence[Measured], size: int) -> Verdict:
    numbers = requests(measured)
    # The first create of a stack that the state folder does not know looks at one list page.
    met = all(one.count("POST") == size >= one.requests - 1 for one in measured)
    return Verdict(work, f"{size} POSTs, one GET", f"{Spread.of(numbers).text(0)} requests", met)


def _at_most(work: str, what: str, numbers: Sequence[int], most: int) -> Verdict:
    target = f"at most {most} {what}" if most else f"no {what}"
    target = target.removesuffix("s") if most == 1 else target
    return Verdict(work, target, Spread.of(numbers).text(0), max(numbers) <= most)


def _relative(
    work: str, measured: Sequence[Measured], factor: float, other: Sequence[Measured], name: str
) -> Verdict:
    """Judge the whole command beside that of another provider."""
    found, theirs = median(seconds(measured)), median(seconds(other))
    target = (
        f"at most {factor * theirs:.2f} s ({factor:g} times the {name} provider's {theirs:.2f} s)"
    )
    return Verdict(work, target, f"{found:.2f} s", found <= factor * theirs)


def _whole(
    work: str, measured: Sequence[Measured], free: Sequence[Measured], factor: float
) -> Iterator[Verdict]:
    """Judge the whole command; only where the quota makes it wait."""
    minimum, own = _minimum(measured), median(seconds(free))
    if minimum:
        most = factor * minimum + own
        target = (
            f"whole command: at most {most:.2f} s ({factor:g} times {minimum:g} s, and {own:.2f} s"
            " of the engine's own)"
        )
        found = median(seconds(measured))
        yield Verdict(work, target, f"{found:.2f} s", found <= most)


def _span(work: str, measured: Sequence[Measured], factor: float) -> Iterator[Verdict]:
    """Judge a time that depends on the quota alone."""
    minimum = _minimum(measured)
    if minimum:
        most = factor * minimum
        target = f"first to last request: at most {most:.2f} s ({factor:g} times {minimum:g} s)"
        found = median(spans(measured))
        yield Verdict(work, target, f"{found:.2f} s", found <= most)


def _minimum(measured: Sequence[Measured]) -> float:
    """The quota's minimum time for the necessary requests."""
    return quota_minimum(min(requests(measured)))
