"""Status lines on a terminal without an engine."""

from __future__ import annotations

import io
import threading

from pulumi_comfycontrol.core.terminal import Terminal


class Stream(io.StringIO):
    """Tells when something was written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = threading.Event()

    def flush(self) -> None:
        self.written.set()


def test_a_short_operation_prints_no_status() -> None:
    """Warnings and news are printed at once."""
    stream = Stream()
    with Terminal("waiting", stream) as terminal:
        terminal.status("trying again in 1 s")
        terminal.warning("the quota is small")
        terminal.info("took something over")
    assert stream.getvalue() == "warning: the quota is small\ntook something over\n"


def test_a_long_operation_shows_its_latest_status_and_each_new_one() -> None:
    """Without any, it shows what is waited for; nothing twice in a row."""
    for said, first in ((None, "waiting"), ("trying again in 1 s", "trying again in 1 s")):
        stream = Stream()
        with Terminal("waiting", stream, patience=0.01) as terminal:
            if said:
                terminal.status(said)
            assert stream.written.wait(10)
            for text in ("trying again in 8 s", "trying again in 8 s"):
                terminal.status(text)
        assert stream.getvalue() == f"{first}\ntrying again in 8 s\n"
