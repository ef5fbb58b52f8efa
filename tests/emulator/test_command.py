"""The emulator as a process of its own."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

READY = "ComfyControl emulator ready at "
TOKEN = {"Authorization": "Bearer cfc_emulator"}
Start = Callable[..., tuple[subprocess.Popen[str], str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start emulators on free ports; returns the process and its URL."""
    started: list[subprocess.Popen[str]] = []

    def run(*options: str) -> tuple[subprocess.Popen[str], str]:
        command = [sys.executable, "-m", "pulumi_comfycontrol.emulator", "--port", "0", *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout
        for line in process.stdout:
            if line.startswith(READY):
                return process, line.removeprefix(READY).strip()
        raise AssertionError(process.wait())

    yield run
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout
        process.stdout.close()


def test_a_runner_survives_kill_9(start: Start, tmp_path: Path) -> None:
    """With --db, what was answered is still there after SIGKILL."""
    process, url = start("--db", str(tmp_path / "state.sqlite3"))
    body = {"name": "GPU", "endpoint": "http://x"}
    made = requests.post(f"{url}/v1/runner", json=body, headers=TOKEN, timeout=10).json()
    process.send_signal(signal.SIGKILL)
    process.wait()
    _, url = start("--db", str(tmp_path / "state.sqlite3"))
    answer = requests.get(f"{url}/v1/runner/{made['id']}", headers=TOKEN, timeout=10)
    assert answer.json() == made


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_it_cleanly(start: Start, number: signal.Signals) -> None:
    """SIGINT and SIGTERM end the emulator with exit code 0."""
    process, _ = start("--quiet")
    process.send_signal(number)
    assert process.wait(timeout=10) == 0


def test_a_busy_port_is_one_line(start: Start) -> None:
    """The exit code is 2, and there is one sentence instead of a traceback."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "pulumi_comfycontrol.emulator", "--port", port],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert f"port {port}: Address already in use; choose another" in done.stderr


def test_a_request_after_which_it_is_killed_has_been_carried_out(
    start: Start, tmp_path: Path
) -> None:
    """The fault ``kill_after`` leaves the object and no answer."""
    process, url = start("--db", str(tmp_path / "state.sqlite3"))
    order = {"kind": "kill_after", "method": "POST", "path": "/v1/runner"}
    requests.post(f"{url}/emulator/faults", json=order, timeout=10).raise_for_status()
    body = {"name": "GPU", "endpoint": "http://x"}
    with pytest.raises(requests.ConnectionError):
        requests.post(f"{url}/v1/runner", json=body, headers=TOKEN, timeout=10)
    assert process.wait(timeout=10) == -signal.SIGKILL
    _, url = start("--db", str(tmp_path / "state.sqlite3"))
    assert len(requests.get(f"{url}/emulator/runners", timeout=10).json()) == 1


def test_the_limit_is_the_documented_one(start: Start) -> None:
    """40 requests pass, the 41st closes for 10 s, and then it is open again."""
    _, url = start("--quiet")
    with requests.Session() as session:
        session.headers.update(TOKEN)
        statuses = [session.get(f"{url}/v1/user", timeout=10).status_code for _ in range(42)]
        assert statuses == [200] * 40 + [429] * 2
        requests.post(f"{url}/emulator/clock", json={"advance": 10}, timeout=10).raise_for_status()
        assert session.get(f"{url}/v1/user", timeout=10).status_code == 200


def refused(*options: str) -> str:
    """Start an emulator that can't; returns its one sentence."""
    done = subprocess.run(
        [sys.executable, "-m", "pulumi_comfycontrol.emulator", "--port", "0", *options],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    return done.stderr


def test_the_version_is_told() -> None:
    """`--version` prints the package's version."""
    command = [sys.executable, "-m", "pulumi_comfycontrol.emulator", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    assert re.fullmatch(r"comfycontrol-emulator \S.*\n", done.stdout)


def test_an_address_for_all_interfaces_is_told_as_one_to_call(start: Start) -> None:
    """No client can connect to 0.0.0.0 everywhere."""
    _, url = start("--host", "0.0.0.0")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
    assert requests.get(f"{url}/v1/user", headers=TOKEN, timeout=10).status_code == 200


def test_an_emulator_is_like_what_a_report_saw(start: Start, tmp_path: Path) -> None:
    """The report's settings hold, and an option wins over them."""
    report = tmp_path / "report.json"
    seen = {"delete": "405", "tier": "pro", "list_omits": ["headers"]}
    report.write_text(json.dumps({"checked": "2026", "emulator_settings": seen}))
    _, url = start("--like", str(report), "--tier", "plus")
    settings = requests.get(f"{url}/emulator/settings", timeout=10).json()
    expected = seen | {"tier": "plus"}
    assert {name: settings[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "No such file"),
        ("{", "no JSON"),
        ("[]", "no object 'emulator_settings'"),
        ('{"emulator_settings": {"delete": "maybe"}}', "'delete' is refused: input should be"),
        ('{"emulator_settings": {"nobody": "knows"}}', "unknown setting 'nobody'"),
    ],
)
def test_a_report_without_usable_settings_is_one_line(
    tmp_path: Path, text: str | None, words: str
) -> None:
    """The sentence names the file and what is wrong with it."""
    report = tmp_path / "report.json"
    if text is not None:
        report.write_text(text)
    sentence = refused("--like", str(report))
    assert words in sentence
    assert str(report) in sentence


def test_requests_are_answered_although_nobody_reads_the_log(start: Start) -> None:
    """A script may read up to the line that tells the URL, and close the pipe."""
    process, url = start()
    assert process.stdout
    process.stdout.close()
    for _ in range(2):
        assert requests.get(f"{url}/v1/user", headers=TOKEN, timeout=10).ok
    process.terminate()
    assert process.wait(timeout=10) == 0
