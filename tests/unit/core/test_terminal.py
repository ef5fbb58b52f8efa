"""Status lines where no engine shows them."""

from __future__ import annotations

import io
import threading

from pulumi_comfycontrol.core.terminal import Terminal


class Stream(io.StringIO):
    """A stream that signals each write."""

    def __init__(self, *, is_terminal: bool = False) -> None:
        super().__init__()
        self.written = threading.Event()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal

    def flush(self) -> None:
        self.written.set()

    def wait(self) -> None:
        """Until something is written once more."""
        assert self.written.wait(10)
        self.written.clear()


def test_a_short_operation_prints_no_status() -> None:
    """Warnings and news are printed at once."""
    stream = Stream()
    with Terminal("get_user", stream) as terminal:
        terminal.status("trying again in 1 s")
        terminal.warning("the quota is small")
        terminal.info("done")
    assert stream.getvalue() == "get_user: warning: the quota is small\nget_user: done\n"


def test_a_long_operation_shows_each_status_once() -> None:
    """The first status names the operation."""
    stream = Stream()
    with Terminal("get_user", stream, patience=0.01, interval=0.01) as terminal:
        stream.wait()
        terminal.status("trying again in 8 s")
        stream.wait()
        terminal.status("trying again in 8 s")
    assert stream.getvalue() == "get_user: waiting for the API\nget_user: trying again in 8 s\n"


def test_on_a_terminal_a_status_is_one_line_that_goes_in_the_end() -> None:
    """A line that stays, such as a warning, stands above it."""
    stream = Stream(is_terminal=True)
    with Terminal("get_user", stream, patience=0.01) as terminal:
        stream.wait()
        terminal.warning("slow")
    waiting = "get_user: waiting for the API\r\x1b[K"
    assert stream.getvalue() == f"{waiting}get_user: warning: slow\n"
    stream = Stream(is_terminal=True)
    with Terminal("get_user", stream, patience=0.01) as terminal:
        stream.wait()
        terminal.status("not seen any more")
    assert stream.getvalue() == waiting
