"""docs/emulator.md names every switch, fault and part of a reset, and its commands work."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
import requests

from pulumi_comfycontrol.emulator import Emulator
from pulumi_comfycontrol.emulator.state.faults import FAULTS
from pulumi_comfycontrol.emulator.state.settings import CHOICES, Settings
from pulumi_comfycontrol.emulator.state.state import RESETS

PAGE = (Path(__file__).parents[2] / "docs" / "emulator.md").read_text()


@pytest.mark.parametrize("name", [one.name for one in fields(Settings)])
def test_a_switch_is_documented(name: str) -> None:
    """With all of its values, where it has a few."""
    rows = [line for line in PAGE.splitlines() if line.startswith("| `")]
    [row] = [row for row in rows if f"`{name}`" in row.split("|")[1]]
    assert all(str(value) in row for value in CHOICES.get(name, ()))


@pytest.mark.parametrize("kind", sorted(FAULTS.keys() - {"call"}))
def test_a_fault_is_documented(kind: str) -> None:
    """All faults are on the page, but the one that takes a Python function."""
    assert f"`{kind}`" in PAGE


def test_the_parts_of_a_reset_are_documented() -> None:
    """Every part that the control API takes is on the page."""
    assert all(f"`{part}`" in PAGE for part in RESETS)


def by_curl(command: list[str]) -> int:
    """Run a command as the page has it; returns the status of the answer."""
    only_status = ["-sS", "--noproxy", "*", "-o", os.devnull, "-w", "%{http_code}"]
    done = subprocess.run([*command, *only_status], capture_output=True, text=True, check=True)
    return int(done.stdout)


def by_requests(command: list[str]) -> int:
    """Do what curl would do with the options that the page uses."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("-X", default="GET")
    parser.add_argument("-H", action="append", default=[])
    parser.add_argument("-d")
    given = parser.parse_args(command[1:])
    headers = dict(header.split(":", 1) for header in given.H)
    return requests.request(
        given.X, given.url, headers=headers, data=given.d, timeout=10
    ).status_code


COMMANDS = re.findall(r"^curl (?:.*\\\n)*.*$", PAGE, re.MULTILINE)


def words(command: str, emulator: Emulator, id_: str) -> list[str]:
    """A command with the port that is served, and with an id."""
    local = command.replace("http://127.0.0.1:8787", emulator.url).replace("ID", id_)
    return shlex.split(local.replace("\\\n", ""))


@pytest.mark.parametrize("run", [by_requests, *([by_curl] if shutil.which("curl") else [])])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_works(emulator: Emulator, command: str, run: Callable[[list[str]], int]) -> None:
    """As it stands on the page, in a shell and by its meaning."""
    runner = emulator.runners.seed(name="GPU")
    assert run(words(command, emulator, runner["id"])) == 200


def test_the_commands_do_what_they_show(emulator: Emulator) -> None:
    """All of them are found and have their effects; the last one takes all back."""
    assert len(COMMANDS) == PAGE.count("curl ") == 5
    runner = emulator.runners.seed(name="GPU")
    for command in COMMANDS[:-1]:
        by_requests(words(command, emulator, runner["id"]))
    assert emulator.runners.all()[0]["tags"] == ["edited"]
    assert emulator.settings.delete == "405"
    assert [fault.kind for fault in emulator._state.faults.all()] == ["drop_after"]
    by_requests(words(COMMANDS[-1], emulator, runner["id"]))
    assert (emulator.runners.all(), emulator.settings.delete) == ([], "200")
