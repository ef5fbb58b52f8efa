"""Progress for commands and programs that have no engine to show it: lines on stderr."""

from __future__ import annotations

import sys
import threading
from types import TracebackType
from typing import Self, TextIO

#: Seconds after which a wait is no longer silent.
PATIENCE = 2.0


class Terminal:
    """A listener for one operation; a context, whose end is the end of the operation.

    Status lines are withheld for the first two seconds, so that an operation as usual prints
    nothing; then the latest is shown, or ``waiting`` where there is none.
    """

    def __init__(
        self, waiting: str, stream: TextIO | None = None, patience: float = PATIENCE
    ) -> None:
        self._stream = stream if stream is not None else sys.stderr
        self._waiting = self._latest = waiting
        self._shown = ""
        self._lock = threading.Lock()
        self._is_late = False
        self._timer = threading.Timer(patience, self._show_late)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._timer.cancel()

    def status(self, text: str) -> None:
        """Show a line, once the operation takes long; equal lines in a row are shown once."""
        with self._lock:
            self._latest = text
            if self._is_late:
                self._show()

    def clear(self) -> None:
        """Go back to the first status: the wait is over, the operation may not be."""
        with self._lock:
            self._latest = self._waiting

    def info(self, text: str) -> None:
        """Show a line at once."""
        self._write(text)

    def warning(self, text: str) -> None:
        """Show a line at once, as a warning."""
        self._write(f"warning: {text}")

    def _show_late(self) -> None:
        with self._lock:
            self._is_late = True
            self._show()

    def _show(self) -> None:
        if self._latest != self._shown:
            self._shown = self._latest
            self._write(self._latest)

    def _write(self, text: str) -> None:
        self._stream.write(f"{text}\n")
        self._stream.flush()
