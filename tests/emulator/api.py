"""A client for the emulator's tests, and the values that they send and expect."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any, Self

import requests

RUNNER = {"name": "gpu", "endpoint": "https://gpu.example.com"}
NOBODY = "9f1c1b7e-6c0a-4f5e-8d3b-3f6a1b2c4d5e"
READY = "ComfyControl emulator ready at "


class Api:
    """A client of one emulator with one token, on one connection."""

    def __init__(self, url: str, token: str | None = "cfc_emulator") -> None:
        self.url = url
        self.session = requests.Session()
        if token:
            self.session.headers["Authorization"] = f"Bearer {token}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send a request, and return its answer."""
        return self.session.request(method, self.url + path, timeout=10, **options)

    def get(self, path: str, **query: Any) -> Any:
        """Return what an address has; fails on any status but 200."""
        answer = self.send("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def create(self, **fields: Any) -> dict[str, Any]:
        """Create a runner that only has to have what is given."""
        answer = self.send("POST", "/v1/runner", json=RUNNER | fields)
        assert answer.status_code in {200, 201}, answer.text
        runner: dict[str, Any] = answer.json()
        return runner

    def put(self, runner: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """Change a runner, and return it as it is then."""
        answer = self.send("PUT", f"/v1/runner/{runner['id']}", json=fields)
        assert answer.status_code == 200, answer.text
        changed: dict[str, Any] = answer.json()
        return changed

    def save(self, body: Any = None, **parts: str) -> requests.Response:
        """Create a template."""
        return self.form("POST", "/v1/template", body or {}, **parts)

    def form(self, method: str, path: str, body: Any = None, **parts: str) -> requests.Response:
        """Send a multipart form; ``body`` is text, bytes or what becomes JSON."""
        files: dict[str, Any] = {name: (None, value) for name, value in parts.items()}
        if body is not None:
            data = body if isinstance(body, str | bytes) else json.dumps(body)
            files["body"] = ("workflow.json", data, "application/json")
        return self.send(method, path, files=files)


def error_of(answer: requests.Response) -> tuple[int, str]:
    """The status and the message of an error in the documented format."""
    body = answer.json()
    assert body.keys() == {"status", "message"}
    assert body["status"] == answer.status_code
    return body["status"], body["message"]


class Shell:
    """An emulator that was started with its command; ends when the context does."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pulumi_comfycontrol.emulator", "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []
        self.url = ""

    def __enter__(self) -> Self:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if line.startswith(READY):
                self.url = line.removeprefix(READY).strip()
                return self
        self.__exit__(None, None, None)
        msg = f"the emulator did not start: {self.lines}"
        raise AssertionError(msg)

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.finish()

    def finish(self) -> tuple[int, list[str], str]:
        """Wait for the end; returns the exit code, the further lines, and the error output."""
        assert self.process.stdout
        assert self.process.stderr
        if self.process.stdout.closed:
            return self.process.wait(), [], ""
        out, err = self.process.communicate(timeout=10)
        return self.process.returncode, out.splitlines(), err


def wait_until(condition: Any, seconds: float = 10.0) -> None:
    """Wait for what another process does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)
