"""The results as a table, and its place in the page for large users."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from .run import Result
from .scenario import Scenario

BEGIN, END = "<!-- simulation: begin -->", "<!-- simulation: end -->"
_HEAD = (
    "| hosts | addresses | `COMFYCONTROL_QUOTA` | | | requests | answers 429 | operations failed"
    " | time | quota's minimum | time / minimum | first stack done / last |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|---|"
)


def table(results: Iterable[Result]) -> str:
    """Return Markdown: a row for each piece of work, scenario by scenario."""
    rows = [_HEAD]
    for scenario, group in groupby(results, key=lambda result: result.scenario):
        for number, result in enumerate(group):
            rows.append(f"| {_who(scenario) if number == 0 else '| | |'} | {_what(result)} |")
    return "\n".join(rows)


def put(page: str, text: str, begin: str = BEGIN, end: str = END) -> str:
    """Return ``page`` with ``text`` between the two comments."""
    before, rest = page.split(begin)
    _, after = rest.split(end)
    return f"{before}{begin}\n{text}\n{end}{after}"


def _who(scenario: Scenario) -> str:
    limit, window = scenario.share
    return f"{scenario.hosts} | {scenario.addresses} | {limit}/{window:g} | {scenario.title}"


def _what(result: Result) -> str:
    ratio = f"{result.seconds / result.minimum:.2f}" if result.minimum else ""
    return (
        f"{result.work} | {result.passed:,} | {result.refused:,} | {result.failed:,}"
        f" | {duration(result.seconds)} | {duration(result.minimum)} | {ratio}"
        f" | {result.fairness:.2f}"
    )


def duration(seconds: float) -> str:
    """Hours, minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
