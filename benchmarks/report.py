"""The results as a page in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .fleet import NATIVE, OURS, PROVIDERS
from .large import WHOLE
from .measure import LIMIT, LIMITED, WINDOW, Measured, Spread, quota_minimum
from .results import Results, Runs, measured_of, refused, requests, seconds, spans
from .stacks import STACKS
from .targets import TITLES, Verdict
from .terraform import PACE, SAFE_PACE, Command

_HEAD = (
    *("s", "s, limit and latency off", "s from first to last request"),
    *("requests", "429s", "most in 10 s"),
)
#: The name of the commands that do most nearly the same: Terraform's plan looks at all objects.
_COUNTERPARTS = {"up": "apply", "refresh": "plan", "destroy": "destroy"}


class Origin(NamedTuple):
    """Where and when the results were measured; ``loads`` are before and after."""

    date: str
    machine: str
    versions: str
    loads: tuple[float, float]
    minutes: float


def page(results: Results, verdicts: Sequence[Verdict], origin: Origin, plot: str | None) -> str:
    """Return Markdown; ``plot`` is the picture's file name."""
    parts = [
        _introduction(origin),
        *_short(results),
        *_targets(verdicts),
        *_life(results, plot),
        *_terraform(results),
        *_stacks(results),
        *_large(results),
        *_rest(results),
        *_libraries(results),
        _limits(results, origin),
    ]
    return "\n".join(parts)


def _introduction(origin: Origin) -> str:
    limit = f"{LIMIT} requests in {WINDOW:g} s, then closed for {WINDOW:g} s"
    return f"""# Performance

Written by `make bench` on {origin.date}; do not edit. Measured on the real engine against the
emulator in a process of its own, which counts the requests. Each of its answers takes
{LIMITED.latency:g} s, and it has the API's limit: {limit}.

Beside this project stands a *naive* provider ([benchmarks/naive.py](../benchmarks/naive.py)):
one request for each call of the engine, and after a 429 a sleep of 10 s. *This project* is the
dynamic provider of Python programs, *native* the plugin for all languages, with the same core.
"""


def _short(results: Results) -> Iterator[str]:
    if not results.life:
        return
    size = results.sizes.runners
    columns = [one for one in PROVIDERS if any(runs.get(one) for runs in results.life.values())]
    rows = [
        (
            TITLES[step],
            *(_cell(runs[one]) if runs.get(one) else "" for one in columns),
            _terraform_cell(results, step),
        )
        for step, runs in results.life.items()
    ]
    terraform = "Terraform, generic REST provider"
    yield f"""## In short

{size} runners under the limit:

{_table((f"{size} runners", *columns, terraform), rows)}

Terraform's column has `apply`, `plan` (which reads every object, like `refresh`) and `destroy` at
`rate_limit = {SAFE_PACE:g}`; at the quota's own pace of {PACE:g} it is refused. {_absent(results)}
"""


def _cell(measured: Sequence[Measured]) -> str:
    number, turned_away = max(requests(measured)), max(refused(measured))
    sent = f"{number} request{'' if number == 1 else 's'}" if number else "no request"
    lost = f", {turned_away} answers 429" if turned_away else ""
    return f"{Spread.of(seconds(measured)).middle:.1f} s, {sent}{lost}"


def _terraform_cell(results: Results, step: str) -> str:
    for one in results.terraform:
        if one.rate == SAFE_PACE and one.name == _COUNTERPARTS.get(step):
            return _cell([one.measured]) + (f", {one.failed} failed" if one.failed else "")
    return ""


def _absent(results: Results) -> str:
    missing = results.terraform_missing
    return f"**It was not measured in this run: {missing}.**" if missing else ""


def _targets(verdicts: Sequence[Verdict]) -> Iterator[str]:
    rows = [
        (one.work, one.target, one.found, "met" if one.met else "**missed**") for one in verdicts
    ]
    missed = sum(not one.met for one in verdicts)
    summary = f"{missed} of {len(rows)} missed." if missed else f"All {len(rows)} met."
    yield f"""## Targets

{summary} The quota makes some work take a minimum of time: 10 s for each 40 requests that
go before the last one. *The engine's own* is the median time of the same work with limit and
latency off. Times are judged by the median, counts and memory by the worst run.

{_table(("work", "target", "measured", "result"), rows)}
"""


def _life(results: Results, plot: str | None) -> Iterator[str]:
    if not results.life:
        return
    yield f"""## One stack of {results.sizes.runners} runners

Under the limit, where a command mostly waits, it was measured once; with limit and latency off
{_times(results)}. Three values are minimum / median / maximum.
"""
    rows = [
        (
            TITLES[step],
            provider,
            Spread.of(seconds(measured)).text(),
            _seconds(results.life_free[step].get(provider)),
            Spread.of(spans(measured)).text(2),
            Spread.of(requests(measured)).text(0),
            Spread.of(refused(measured)).text(0),
            str(max(one.most() for one in measured)),
        )
        for step, runs in results.life.items()
        for provider, measured in _in_order(runs)
    ]
    head = ("work", "provider", *_HEAD)
    yield _table(head, rows) + "\n"
    if plot:
        yield f"![Requests over time for up and destroy, in the first run]({plot})\n"


def _stacks(results: Results) -> Iterator[str]:
    if not results.stacks:
        return
    size = results.sizes.stack
    rows = [
        (
            provider,
            Spread.of(seconds(measured)).text(),
            _seconds(results.stacks_free.get(provider)),
            Spread.of(spans(measured)).text(2),
            Spread.of(requests(measured)).text(0),
            Spread.of(refused(measured)).text(0),
            str(max(one.most() for one in measured)),
        )
        for provider, measured in _in_order(results.stacks)
    ]
    head = ("provider", *_HEAD)
    yield f"""## {STACKS} stacks of {size} runners at once

Each `up` is in a process of its own, with an engine, a provider process and a state of its own;
they share nothing but the user's state folder. {STACKS * size} requests take at least
{quota_minimum(STACKS * size):g} s.

{_table(head, rows)}
"""


def _terraform(results: Results) -> Iterator[str]:
    if not results.terraform:
        return
    rows = [
        (
            f"`terraform {one.name}`",
            f"{one.rate:g}",
            _outcome(one),
            f"{one.measured.seconds:.1f}",
            f"{one.measured.span:.2f}",
            str(one.measured.requests),
            str(one.measured.refused),
            str(one.measured.most()),
        )
        for one in results.terraform
    ]
    head = ("command", "`rate_limit`", "result", *_HEAD[:1], *_HEAD[2:])
    yield f"""## Terraform with a generic REST provider

{results.terraform_versions}, {results.sizes.runners} objects of `restapi_object` with the fields of
the runners above, against the same emulator. Its `rate_limit` is in requests a second, with a burst
of as many at the start, so {PACE:g} goes over the limit, and the provider does not try again after
a 429. `plan` and `destroy` read each object twice before anything else. Its processes do not know
of each other: two at once behind one address need half the rate each.

{_table(head, rows)}
"""


def _outcome(command: Command) -> str:
    return f"failed, {command.failed} missing" if command.failed else "done"


def _large(results: Results) -> Iterator[str]:
    rows = []
    for step in WHOLE:
        for provider in PROVIDERS:
            runs = results.large_step(step, provider)
            if runs:
                times, cpu = seconds(measured_of(runs)), [one.usage.cpu for one in runs]
                rows.append(
                    (
                        TITLES[step],
                        provider,
                        Spread.of(times).text(),
                        Spread.of(cpu).text(2),
                        Spread.of(requests(measured_of(runs))).text(0),
                    )
                )
    rows += [
        (
            "`destroy`, under the limit",
            OURS,
            f"{one.seconds:.1f}",
            "",
            f"{one.requests}",
        )
        for one in results.large_destroy
    ]
    if rows:
        head = ("work", "provider", "s", "s of the provider process's own", "requests")
        yield f"""## One stack of {results.sizes.large:,} runners

Limit and latency are off but in the last row, and the engine writes its state once, at the end
(`PULUMI_SKIP_CHECKPOINTS`): otherwise most of the time goes by with writing it. Plans were measured
{_times(results)}. *The provider process's own* is the processor time of all of its threads.

{_table(head, rows)}
"""


def _times(results: Results) -> str:
    return "once" if results.runs == 1 else f"{results.runs} times"


def _rest(results: Results) -> Iterator[str]:
    rows = [
        (
            f"`refresh` of one runner in an account of {results.sizes.account:,}, requests",
            provider,
            Spread.of(requests(measured)).text(0),
        )
        for provider, measured in _in_order(results.account)
    ]
    rows += [
        (
            f"peak memory of the provider process, {results.sizes.large:,} runners, MB",
            provider,
            f"{results.large_memory(provider) / 1_000_000:.0f}",
        )
        for provider in PROVIDERS
        if results.large_memory(provider)
    ]
    start = "start of the plugin, from its execution to"
    for title, provider, times in (
        ("import of `Runner` after `import pulumi`", OURS, results.imports),
        (f"{start} its port", NATIVE, [one.port for one in results.starts]),
        (f"{start} its first answer", NATIVE, [one.answer for one in results.starts]),
    ):
        if times:
            text = f"{title}, ms, {len(times)} times"
            rows.append((text, provider, Spread.of(times).text(0)))
    if rows:
        yield f"## Large accounts, memory, start\n\n{_table(('', 'provider', 'measured'), rows)}\n"


def _libraries(results: Results) -> Iterator[str]:
    if not results.libraries:
        return
    yield """## Why an own quota

The same load on this project's quota and on pyrate-limiter with SQLite and a file lock, which
counts a request when it is sent. Requests arrive somewhere between being sent and being answered,
and more than 40 arrivals in a window would be a 429. *Slack* is by how much the tightest 41
arrivals were further apart than the window. With a longer window the library is safe as well, but
then the longest latency has to be known before, and is lost in each window; nor does it close
for all processes after a 429.
"""
    for title, table in results.libraries:
        yield f"{title}:\n\n{table}\n"


def _limits(results: Results, origin: Origin) -> str:
    before, after = origin.loads
    versions = ", ".join(one for one in (origin.versions, results.terraform_versions) if one)
    return f"""## Machine and limits

{origin.machine}. {versions}. Load before {before:.1f}, after
{after:.1f}; all of it took {origin.minutes:.0f} minutes.

- Server, engine, provider and program share this machine's cores, so the time of each contains
  some of the others'.
- The emulator's limit is a window that slides; how the API's window works is not documented. Its
  latency is always the same, and it has no TLS: keeping connections open saves more in reality.
- The naive provider's sleep happens to be as long as the API's cool-down, so alone it loses little
  time with each 429; everybody else behind the address is shut out as well.
- Seconds are those of the SDK's Automation API, which asks the engine for outputs and history
  after each command; the same is in the engine's own time.
- Before each measured command the quota's window is empty on both sides. Commands that follow
  each other within 10 s wait for what the one before has used.
- The kernel keeps a process's peak memory, and it is read every 0.05 s: what a process takes in
  its last 0.05 s is missed, and the same is true of its processor time. The interpreter, gRPC and
  the SDK are part of both.
- What mostly waits was measured at the same time, each with a server of its own: `destroy` of
  {results.sizes.large:,} runners under the limit, Terraform, and the comparison of quotas.
- Several hosts behind one address are measured by `python -m benchmarks.hosts`, which writes its
  tables to [design/scale.md](design/scale.md).
"""


def _seconds(measured: Sequence[Measured] | None) -> str:
    return Spread.of(seconds(measured)).text() if measured else ""


def _in_order(runs: Runs) -> list[tuple[str, list[Measured]]]:
    return [(provider, runs[provider]) for provider in PROVIDERS if runs.get(provider)]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
