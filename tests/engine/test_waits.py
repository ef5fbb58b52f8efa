"""The CLI's display of a wait for the quota."""

from __future__ import annotations

import re
from collections.abc import Callable

from pulumi_comfycontrol import Runner

from .harness import Stack

MakeStack = Callable[..., Stack]


def program() -> None:
    """Declare more runners than the quota lets through at once."""
    for number in range(4):
        Runner(f"gpu-{number}", name=f"gpu {number}", endpoint="https://comfy.example.com")


def test_a_wait_names_its_end_and_no_finished_row_shows_it(stack: MakeStack) -> None:
    """Without a terminal, the CLI shows a row's last message until there is another one."""
    one = stack(program, COMFYCONTROL_QUOTA="2/3")
    assert one.up(parallel=4) == {"create": 5}
    rows = [line for line in one.output.splitlines() if "Runner gpu-" in line]
    waiting = [row for row in rows if "until " in row]
    assert waiting
    assert all(re.search(r"creating .*until \d\d:\d\d:\d\d: API quota$", row) for row in waiting)
    finished = [row for row in rows if " created " in row]
    assert len(finished) == 4
    assert not set(finished) & set(waiting)
