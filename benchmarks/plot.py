"""A picture of the requests over time, as recorded by the server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .fleet import NAIVE, NATIVE, OURS
from .measure import LIMIT, TOO_MANY, WINDOW, Arrival, Measured
from .results import Results

_STEPS = ("up", "destroy")
_COLOURS = {NAIVE: "#c2410c", OURS: "#1d4ed8", NATIVE: "#0f766e"}
_GREY = "#6b7280"
_RED = "#dc2626"


def draw(results: Results, path: Path) -> None:
    """Write an SVG of the first run; always the same for the same results."""
    with mpl.rc_context({"svg.hashsalt": "benchmarks", "svg.fonttype": "none", "font.size": 10}):
        figure = Figure(figsize=(10, 4.2), layout="constrained")
        panels = figure.subplots(1, len(_STEPS), sharey=True)
        for panel, step in zip(panels, _STEPS, strict=True):
            _panel(panel, {name: runs[0] for name, runs in results.life[step].items()})
            panel.set_title(f"{step}, {results.sizes.runners} runners", loc="left")
        panels[0].set_ylabel("requests, without refused ones")
        figure.legend(
            *panels[0].get_legend_handles_labels(),
            loc="outside lower center",
            ncols=4,
            frameon=False,
        )
        figure.savefig(path, metadata={"Date": None})


def _panel(panel: Axes, measured: dict[str, Measured]) -> None:
    longest = max(one.span for one in measured.values())
    most = max(one.requests - one.refused for one in measured.values())
    _limit(panel, longest, most)
    for provider, one in measured.items():
        _arrivals(panel, provider, one.arrivals)
    refused = [point for one in measured.values() for point in _refused(one.arrivals)]
    # Drawn even where there are none, so that both panels have the same legend.
    panel.plot(*_columns(refused), "x", color=_RED, ms=8, mew=1.8, zorder=3, label="answer 429")
    panel.set_xlabel("seconds since the first request")
    panel.set_xlim(-0.02 * longest, 1.04 * longest)
    panel.set_ylim(0, 1.08 * most)
    panel.grid(color="#e5e7eb", linewidth=0.6)
    panel.spines[["top", "right"]].set_visible(False)


def _limit(panel: Axes, longest: float, most: int) -> None:
    """Draw the quota's limit: every request as early as possible."""
    laps = range(int(longest // WINDOW) + 2)
    panel.step(
        [lap * WINDOW for lap in laps],
        [min(LIMIT * (lap + 1), most) for lap in laps],
        where="post",
        color=_GREY,
        linestyle=":",
        label="the most that the quota allows",
    )


def _arrivals(panel: Axes, provider: str, arrivals: Sequence[Arrival]) -> None:
    passed = [arrival.at - arrivals[0].at for arrival in arrivals if arrival.status != TOO_MANY]
    counts = range(1, len(passed) + 1)
    colour = _COLOURS[provider]
    panel.step(passed, counts, where="post", color=colour, linewidth=1.8, label=provider)
    panel.plot(passed[-1:], counts[-1:], "o", color=colour, markersize=5)


def _refused(arrivals: Sequence[Arrival]) -> Iterator[tuple[float, int]]:
    """The time of each refused request, and how many had passed before."""
    passed = 0
    for arrival in arrivals:
        if arrival.status == TOO_MANY:
            yield arrival.at - arrivals[0].at, passed
        else:
            passed += 1


def _columns(points: Sequence[tuple[float, int]]) -> tuple[list[float], list[int]]:
    return [at for at, _ in points], [count for _, count in points]
