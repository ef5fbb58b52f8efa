"""Progress on stderr, for commands and for programs without an engine that shows it."""

from __future__ import annotations

import sys
import threading
from typing import Self, TextIO

#: Seconds before the first line of status, and between two lines.
PATIENCE = 2.0
INTERVAL = 5.0
_WAITING = "waiting for the API"
_CLEAR_LINE = "\r\x1b[K"


class Terminal:
    """Listener for one operation, used as a context manager around it.

    The status is not shown in the first two seconds, so that a fast operation prints nothing;
    then its latest text is shown every five seconds if it has changed. On a terminal each
    text replaces the one before, and the last is cleared at the end.
    """

    def __init__(
        self,
        name: str,
        stream: TextIO | None = None,
        *,
        patience: float = PATIENCE,
        interval: float = INTERVAL,
    ) -> None:
        self._name = name
        self._stream = stream if stream is not None else sys.stderr
        self._pauses = patience, interval
        self._status = _WAITING
        self._shown = ""
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._show_status, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        with self._lock:
            self._clear()

    def status(self, text: str) -> None:
        """Replace the status."""
        self._status = text

    def clear(self) -> None:
        """Return to the first status: the wait is over, but perhaps not the operation."""
        self._status = _WAITING

    def info(self, text: str) -> None:
        """Show a line at once."""
        with self._lock:
            self._clear()
            self._write(f"{self._name}: {text}\n")

    def warning(self, text: str) -> None:
        """Show a line at once, as a warning."""
        self.info(f"warning: {text}")

    def _show_status(self) -> None:
        pause, interval = self._pauses
        while not self._ended.wait(pause):
            pause = interval
            with self._lock:
                text = self._status
                if text != self._shown:
                    self._clear()
                    self._shown = text
                    self._write(f"{self._name}: {text}{'' if self._stream.isatty() else chr(10)}")

    def _clear(self) -> None:
        if self._shown and self._stream.isatty():
            self._write(_CLEAR_LINE)
            self._shown = ""

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
