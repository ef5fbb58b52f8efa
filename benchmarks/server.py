"""The emulator as a process of its own, where requests are counted."""

from __future__ import annotations

import subprocess
import sys
from typing import Any, Self

import requests

from .measure import Arrival, Conditions

TOKEN = "cfc_emulator"
_READY = "ComfyControl emulator ready at "
_BATCH = 1000


class Server:
    """A context manager; all else goes through the emulator's control API."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pulumi_comfycontrol.emulator", "--port", "0", "--quiet"],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for the benchmark, which then ends the server
        )
        self._control = requests.Session()
        for line in self._process.stdout or ():
            if line.startswith(_READY):
                self.url = line.removeprefix(_READY).strip()
                return self
        self.__exit__(None, None, None)
        msg = "the emulator did not start"
        raise RuntimeError(msg)

    def __exit__(self, *_: object) -> None:
        self._control.close()
        self._process.terminate()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def behave(self, conditions: Conditions) -> None:
        """Set limit and latency, and forget all requests and what they did to the limit."""
        settings: dict[str, Any] = {
            "rate_limit": conditions.window is not None,
            "latency": conditions.latency,
        }
        if conditions.window is not None:
            settings |= {"rate_window": conditions.window, "rate_cool_down": conditions.window}
        self._send("PATCH", "settings", settings)
        self._send("POST", "reset", {"what": ["limit", "requests"]})

    def clear(self) -> None:
        """Go back to the start, without any runner."""
        self._send("POST", "reset")

    def arrivals(self) -> list[Arrival]:
        """Every request since the last :meth:`behave`."""
        return sorted(
            Arrival(one["at"], one["method"], one["status"])
            for one in self._send("GET", "requests")
        )

    def runners(self) -> list[dict[str, Any]]:
        """All runners, newest first."""
        return list(self._send("GET", "runners"))

    def edit(self, runner: dict[str, Any], **fields: Any) -> None:
        """Change a runner as if in the dashboard."""
        self._send("PUT", f"runners/{runner['id']}", fields)

    def seed(self, number: int) -> None:
        """Add runners that no program knows of."""
        for start in range(0, number, _BATCH):
            batch = range(start, min(start + _BATCH, number))
            endpoint = "http://192.0.2.1:8188"
            self._send("POST", "runners", [{"name": f"{n}", "endpoint": endpoint} for n in batch])

    def _send(self, method: str, path: str, body: Any = None) -> Any:
        url = f"{self.url}/emulator/{path}"
        answer = self._control.request(method, url, json=body, timeout=60)
        answer.raise_for_status()
        return answer.json()
