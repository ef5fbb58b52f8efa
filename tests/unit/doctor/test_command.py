"""The command as a user runs it."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests

from pulumi_comfycontrol.doctor.__main__ import main
from pulumi_comfycontrol.emulator import Emulator
from pulumi_comfycontrol.emulator.report import settings_of
from tests.fakes import FakeClock

Environment = pytest.MonkeyPatch


def use(emulator: Emulator, environment: Environment, token: str | None = None) -> None:
    """Point the settings at an emulator, with a quota that no test has to wait for."""
    environment.setenv("COMFYCONTROL_API_URL", emulator.url)
    environment.setenv("COMFYCONTROL_API_TOKEN", token or emulator.token)
    environment.setenv("COMFYCONTROL_QUOTA", "100000/10")


def lines(capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[str, str]]:
    """Return the printed checks, each as its state and its sentence on one line."""
    found: dict[str, tuple[str, str]] = {}
    name = ""
    for text in capsys.readouterr().out.splitlines():
        if text[:2].strip():
            name = text[4:17].strip()
            found[name] = text[:2], text[17:]
        elif name:
            state, sentence = found[name]
            found[name] = state, f"{sentence} {text.strip()}"
    return found


def test_an_account_that_works(
    emulator: Emulator, monkeypatch: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    """The check of a sound account takes one request, finds no fault, and prints no token."""
    use(emulator, monkeypatch)
    assert main([]) == 0
    assert [one.path for one in emulator.requests] == ["/v1/user"]
    printed = capsys.readouterr()
    assert "ok  account      The token belongs to Local User" in printed.out
    assert "ok  clock" in printed.out
    assert emulator.token not in printed.out + printed.err


def test_it_says_what_it_reads(
    emulator: Emulator, monkeypatch: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    """The variables that are set, and how to name a stack."""
    use(emulator, monkeypatch)
    assert main([]) == 0
    assert lines(capsys)["settings"][1].startswith(
        "They are read from environment variables (COMFYCONTROL_API_TOKEN, COMFYCONTROL_API_URL,"
        " COMFYCONTROL_QUOTA"
    )


def test_an_option_wins_over_the_environment(
    emulator: Emulator, monkeypatch: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is named as the source, also of a fault."""
    use(emulator, monkeypatch)
    monkeypatch.setenv("COMFYCONTROL_API_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("COMFYCONTROL_STORE", "postgresql://127.0.0.1:9/x")
    assert main(["--url", emulator.url, "--store", "postgresql://127.0.0.1:8/x"]) == 1
    found = lines(capsys)
    assert found["URL"] == ("--", f"Requests go to {emulator.url}, from option --url.")
    assert found["account"][0] == "ok"
    assert "port 8 failed" in found["store"][1]
    assert main(["--url", "nonsense"]) == 1
    assert (
        "The API URL from option --url is not an http or https URL" in lines(capsys)["settings"][1]
    )


@pytest.mark.parametrize("url", ["postgresql://u:hunter2@h/x", "postgresql://h/x?password=hunter2"])
def test_a_password_is_no_argument(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A password among the arguments is refused, because other users can see it."""
    with pytest.raises(SystemExit):
        main(["--store", url])
    text = capsys.readouterr().err
    assert "give it by PGPASSWORD" in text
    assert "hunter2" not in text


def test_a_stack_that_cannot_be_read_is_a_fault(
    monkeypatch: Environment, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Without the folder or the Pulumi CLI; see tests/engine/test_doctor.py for the rest."""
    assert main(["--stack", "dev", "--cwd", str(tmp_path / "none")]) == 1
    assert "none is no folder; name the project's folder" in lines(capsys)["settings"][1]
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["--stack", "dev", "--cwd", str(tmp_path)]) == 1
    assert "is not on PATH; install the Pulumi CLI" in lines(capsys)["settings"][1]


def test_a_missing_token_is_the_only_thing_to_say(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing else can be checked without one."""
    assert main(["--write", "--yes"]) == 1
    [(state, sentence)] = lines(capsys).values()
    assert state == "!!"
    assert "No ComfyControl API token is configured" in sentence
    assert "by --stack, or set the environment variable COMFYCONTROL_API_TOKEN with" in sentence


def test_a_refused_token_is_told_with_its_source(
    emulator: Emulator, monkeypatch: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names the token's source, and nothing is tried out."""
    use(emulator, monkeypatch, token="cfc_other")
    assert main(["--write", "--yes"]) == 1
    output = capsys.readouterr().out
    assert "environment variable COMFYCONTROL_API_TOKEN" in output
    assert "Nothing is tried out, as the account can't be used." in output
    assert [one.method for one in emulator.requests] == ["GET"]


def test_a_server_that_is_not_there_is_told_soon(
    monkeypatch: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its address."""
    monkeypatch.setenv("COMFYCONTROL_API_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("COMFYCONTROL_API_TOKEN", "cfc_x")
    assert main([]) == 1
    assert "nothing listens at http://127.0.0.1:9" in lines(capsys)["account"][1]


def test_a_wrong_clock_is_a_fault(
    monkeypatch: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    """Creates whose answer was lost are searched by time."""
    with Emulator(clock=FakeClock(1_800_000_000.0)) as emulator:
        use(emulator, monkeypatch)
        assert main([]) == 1
    state, sentence = lines(capsys)["clock"]
    assert state == "!!"
    assert "s behind the API's" in sentence


def test_a_state_folder_that_cannot_be_made_is_a_fault(
    emulator: Emulator, monkeypatch: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    """The variable to set is named."""
    use(emulator, monkeypatch)
    monkeypatch.setenv("COMFYCONTROL_STATE_DIR", "/dev/null/state")
    assert main([]) == 1
    assert "set COMFYCONTROL_STATE_DIR to a local folder" in lines(capsys)["state folder"][1]


def test_a_proxy_is_named(
    emulator: Emulator, monkeypatch: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also one that is not used."""
    use(emulator, monkeypatch)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert main([]) == 0
    assert "HTTP_PROXY is not used for this very machine" in lines(capsys)["proxy"][1]


def test_a_store_that_does_not_answer_is_a_fault(
    emulator: Emulator, monkeypatch: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message does not show the store's password."""
    use(emulator, monkeypatch)
    monkeypatch.setenv("COMFYCONTROL_STORE", "postgresql://u:hunter2222@127.0.0.1:9/x")
    assert main([]) == 1
    state, sentence = lines(capsys)["store"]
    assert state == "!!"
    assert "can't be used" in sentence
    assert "hunter2222" not in sentence


def command(folder: Path, name: str, text: str) -> None:
    """Put a command into a folder."""
    path = folder / name
    path.write_text(f"#!/bin/sh\necho {text}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("version", "state", "sentence"),
    [
        ("v3.274.1", "ok", "The command pulumi is v3.274.1."),
        ("v3.100.0", "!!", "but 3.219 is the oldest supported; update it."),
        ("dev", "--", "has the version dev"),
    ],
)
def test_an_old_command_is_a_fault(
    emulator: Emulator,
    monkeypatch: Environment,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    version: str,
    state: str,
    sentence: str,
) -> None:
    """An unknown version is only reported."""
    use(emulator, monkeypatch)
    command(tmp_path, "pulumi", version)
    command(tmp_path, "pulumi-resource-comfycontrol", "")
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert main([]) == (state == "!!")
    found = lines(capsys)
    assert found["CLI"][0] == state
    assert sentence in found["CLI"][1]
    assert found["plugin"][0] == "ok"


def test_nothing_is_written_unasked(
    emulator: Emulator, monkeypatch: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a terminal for the question, --yes is needed."""
    use(emulator, monkeypatch)
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert main(["--write"]) == 0
    assert "--yes is not given" in capsys.readouterr().out
    assert {one.method for one in emulator.requests} == {"GET"}


@pytest.mark.parametrize(("answer", "tried"), [("y\n", True), ("\n", False), ("no\n", False)])
def test_a_person_is_asked(
    emulator: Emulator, monkeypatch: Environment, answer: str, tried: bool
) -> None:
    """Only a yes is one."""

    class Terminal:
        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            return answer

    use(emulator, monkeypatch)
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("pulumi_comfycontrol.doctor.trial.LOOK", 0.01)
    emulator.settings.change({"rate_limit": False, "fractions": True})
    assert main(["--write"]) == 0
    assert ("POST" in {one.method for one in emulator.requests}) is tried
    assert emulator.runners.all() == []


def test_an_emulator_reads_the_report(
    emulator: Emulator,
    monkeypatch: Environment,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """`comfycontrol-emulator --like` answers as the API did; no secret is in the file."""
    use(emulator, monkeypatch)
    monkeypatch.setattr("pulumi_comfycontrol.doctor.trial.LOOK", 0.01)
    odd: dict[str, Any] = {"delete": "204", "fractions": True, "tags": "lower"}
    emulator.settings.change(odd | {"rate_limit": False})
    file = tmp_path / "report.json"
    assert main(["--write", "--yes", "--json", str(file)]) == 0
    assert settings_of(file) == odd
    report = json.loads(file.read_text())
    assert {one["assumption"] for one in report["findings"]} > {"A4", "A28"}
    assert report["left_behind"] == []
    assert emulator.token not in file.read_text()


def test_the_limit_is_provoked_on_demand(
    emulator: Emulator, monkeypatch: Environment, tmp_path: Path
) -> None:
    """The 429 is looked at, and this host's requests wait for its end."""
    use(emulator, monkeypatch)
    monkeypatch.setattr("pulumi_comfycontrol.doctor.trial.LOOK", 0.01)
    monkeypatch.setattr(
        "pulumi_comfycontrol.doctor.experiments.Experiments.findings", lambda _self: iter(())
    )
    monkeypatch.setattr(
        "pulumi_comfycontrol.doctor.rate_limit.pause", lambda *_: emulator.reset("limit")
    )
    emulator.settings.change({"rate_html": True, "rate_retry_after": True})
    for _ in range(30):
        requests.get(f"{emulator.url}/v1/user", timeout=10)
    file = tmp_path / "report.json"
    assert main(["--write", "--yes", "--rate-limit", "--json", str(file)]) == 0
    assert settings_of(file) == {"rate_html": True, "rate_retry_after": True}
    seen = [one["seen"] for one in json.loads(file.read_text())["findings"]]
    assert "a 429 comes after about 40 requests" in seen


def test_a_report_that_cannot_be_written_is_a_sentence(
    emulator: Emulator, monkeypatch: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback."""
    use(emulator, monkeypatch)
    assert main(["--json", "/dev/null/report.json"]) == 1
    assert "comfycontrol-doctor: can't write /dev/null/report.json" in capsys.readouterr().err


def test_an_output_that_cannot_be_written_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A full disk has no name, and a closed pipe has none either."""
    with suppress(OSError), Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert main([]) == 1
    assert "comfycontrol-doctor: can't write to the standard output: " in capsys.readouterr().err
