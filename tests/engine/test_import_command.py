"""``comfycontrol-import``: an account comes under management, and nothing is left to do."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pulumi_comfycontrol.emulator import Emulator
from tools.project import program_of

from .harness import Stack
from .language_host import install

MakeStack = Callable[..., Stack]
ENDPOINT = "https://comfy.example.com"
SEED = 2**60 + 1
#: Nobody's header value may show anywhere.
SECRET = "hidden-value"


def machine(number: int) -> dict[str, Any]:
    """A runner that differs from the others in what it sets."""
    headers = {"Authorization": f"{SECRET} {number}"} if number % 2 else {}
    tags = ["a", f'"{number}"'] if number % 3 else []
    status = "active" if number % 5 else "disabled"
    name = f"Gpu Ärger \\ {number % 200}"
    return {"name": name, "endpoint": ENDPOINT, "headers": headers, "tags": tags, "status": status}


def fill(emulator: Emulator, runners: int, templates: int) -> None:
    """Give the account objects, as if made in the dashboard."""
    emulator.seed_runners(*map(machine, range(runners)))
    body = {"6": {"class_type": "Sampler", "inputs": {"text": "$text(prompt)", "seed": SEED}}}
    emulator.seed_templates(
        *(
            {"name": f"T{number}", "description": "a\nb", "body": body}
            for number in range(templates)
        )
    )
    emulator.clear_requests()


def run(emulator: Emulator, *arguments: str, path: Path | None = None) -> Any:
    """Run the command as a shell would."""
    environment = os.environ | {
        "COMFYCONTROL_API_URL": emulator.url,
        "COMFYCONTROL_API_TOKEN": emulator.token,
        "COMFYCONTROL_QUOTA": "100000/10",
    }
    if path:
        environment["PATH"] = f"{path}:{environment['PATH']}"
    return subprocess.run(
        [sys.executable, "-m", "pulumi_comfycontrol.importer", *arguments],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )


@pytest.fixture
def many(emulator: Emulator) -> Emulator:
    """An account of 250 runners and 20 templates, without limits."""
    emulator.settings.change({"rate_limit": False})
    fill(emulator, 250, 20)
    return emulator


def test_a_written_program_takes_over_the_account(
    stack: MakeStack, many: Emulator, tmp_path: Path
) -> None:
    """250 runners need at most 10 requests for both steps; then the preview is empty."""
    folder = tmp_path / "account"
    done = run(many, str(folder), "--project", "account")
    assert done.returncode == 0, done.stderr
    assert "declares 250 runners and 20 templates" in done.stdout
    headers = run(many, str(folder), "--print-headers").stdout
    text = "\n".join(file.read_text() for file in folder.rglob("*") if file.is_file())
    assert SECRET not in text + done.stdout
    assert str(SEED) in text

    one = stack(program_of(folder), project="account", COMFYCONTROL_QUOTA="100000/10")
    one.set_config("headers", headers, secret=True)
    before, templates = many.runners(), many.templates()
    assert one.up() == {"create": 271}
    assert one.preview(expect_no_changes=True) == {}
    assert (many.runners(), many.templates()) == (before, templates)
    for_runners = [request for request in many.requests if request.path.startswith("/v1/runner")]
    printed = 3  # the lists for --print-headers
    assert len(for_runners) - printed <= 10
    assert {request.method for request in many.requests} == {"GET"}


def test_an_import_file_needs_no_request_at_all(
    stack: MakeStack, many: Emulator, tmp_path: Path
) -> None:
    """`pulumi import --file` takes the state from the file; `up` and `refresh` find it right."""
    folder, file = tmp_path / "account", tmp_path / "import.json"
    one = stack(program_of(tmp_path), project="account", COMFYCONTROL_QUOTA="100000/10")
    install(tmp_path / "host")
    one.environ(PATH=f"{tmp_path / 'host'}:{one.automation.workspace.env_vars['PATH']}")
    done = run(many, str(folder), "--project", "account", "--import-file", str(file))
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert f"{file} has header values in the clear: delete it afterwards." in done.stdout
    one.set_config("headers", run(many, str(folder), "--print-headers").stdout, secret=True)
    many.clear_requests()
    one.import_file(file)
    assert many.requests == []
    assert SECRET not in one.state_text()
    one.run(program_of(folder))
    assert one.preview(expect_no_changes=True) == {}
    assert one.up() == {}
    assert many.requests == []
    assert one.refresh() == {}
    assert SECRET not in one.output


def test_what_is_chosen_is_written(emulator: Emulator, tmp_path: Path) -> None:
    """By name, by id, or neither; what no program can declare is named and left out."""
    fill(emulator, 3, 2)
    emulator.seed_runner(name="bad", endpoint=ENDPOINT, tags=["a,b"])
    done = run(emulator, str(tmp_path / "a"), "--runners", "*[12]")
    assert "2 runners and 0 templates" in done.stdout
    one_id = emulator.templates()[0]["id"]
    done = run(emulator, str(tmp_path / "b"), "--id", one_id)
    assert "0 runners and 1 template." in done.stdout
    done = run(emulator, str(tmp_path / "c"))
    assert "3 runners and 2 templates" in done.stdout
    assert "is left out: tags[0] must not have a comma" in done.stderr
    for folder in "abc":
        compile((tmp_path / folder / "__main__.py").read_text(), folder, "exec")


def test_failures_are_one_sentence(emulator: Emulator, tmp_path: Path) -> None:
    """Nothing is overwritten; a refused token and a missing CLI are explained."""
    fill(emulator, 2, 0)
    assert run(emulator, str(tmp_path / "a")).returncode == 0
    again = run(emulator, str(tmp_path / "a"))
    assert again.returncode == 1
    assert again.stderr == (
        f"comfycontrol-import: {tmp_path / 'a'} has Pulumi.yaml, __main__.py, requirements.txt"
        " already; choose another folder.\n"
    )
    emulator.revoke_token(emulator.token)
    refused = run(emulator, str(tmp_path / "b"))
    assert refused.stderr.startswith("comfycontrol-import: GET /v1/runner answered 401")
    assert emulator.token not in refused.stderr
    assert not (tmp_path / "b").exists()


def test_headers_can_be_set_in_a_stack(
    stack: MakeStack, emulator: Emulator, tmp_path: Path
) -> None:
    """`--stack` hands the values to `pulumi config set --secret` on its input."""
    folder, tools = tmp_path / "account", tmp_path / "bin"
    tools.mkdir()
    (tools / "pulumi").write_text(
        f'#!/bin/sh\necho "$@" > {tmp_path}/said; cat > {tmp_path}/given\n'
    )
    (tools / "pulumi").chmod(0o755)
    fill(emulator, 2, 0)
    done = run(emulator, str(folder), "--stack", "dev", path=tools)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "said").read_text() == "config set --secret --stack dev headers\n"
    given = json.loads((tmp_path / "given").read_text())
    assert list(given.values()) == [{"Authorization": f"{SECRET} 1"}]
