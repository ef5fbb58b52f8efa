"""``comfycontrol-import``: an account becomes managed, and a preview shows no difference."""

from __future__ import annotations

import json
import os
import shlex
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pulumi_comfycontrol.emulator import Emulator
from tools.engine import engine_environment
from tools.project import program_of

from .harness import Stack

MakeStack = Callable[..., Stack]
ENDPOINT = "https://comfy.example.com"
SEED = 2**60 + 1
#: No header value and no password may show anywhere.
SECRET = "hidden-value"


def machine(number: int) -> dict[str, Any]:
    """A runner that differs from the others in what it sets."""
    headers = {"Authorization": f"{SECRET} {number}"} if number % 2 else {}
    tags = ["a", f'"{number}"'] if number % 3 else []
    status = "active" if number % 5 else "disabled"
    name = f"Gpu Ärger \\ \U0001f468\u200d\U0001f469 {number % 100}"
    endpoint = ENDPOINT if number % 7 else ENDPOINT.replace("//", f"//robot:{SECRET}@")
    return {"name": name, "endpoint": endpoint, "headers": headers, "tags": tags, "status": status}


def fill(emulator: Emulator, runners: int, templates: int) -> None:
    """Give the account objects, as if made in the dashboard."""
    emulator.runners.seed_many(*map(machine, range(runners)))
    body = {"6": {"class_type": "Sampler", "inputs": {"text": "$text(prompt)", "seed": SEED}}}
    emulator.templates.seed_many(
        *(
            {"name": f"T{number}", "description": "a\nb", "body": body}
            for number in range(templates)
        )
    )
    emulator.clear_requests()


COMMAND = [sys.executable, "-m", "pulumi_comfycontrol.importer"]


def run(emulator: Emulator, *arguments: str, **variables: str) -> Any:
    """Run the command as a shell would."""
    return execute(emulator, [*COMMAND, *arguments], **variables)


def execute(emulator: Emulator, command: list[str], **variables: str) -> Any:
    """Run any command in the environment of the account."""
    environment = os.environ | {
        "COMFYCONTROL_API_URL": emulator.url,
        "COMFYCONTROL_API_TOKEN": emulator.token,
        "COMFYCONTROL_QUOTA": "100000/10",
        **variables,
    }
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def test_a_written_program_takes_over_the_account(
    stack: MakeStack, emulator: Emulator, tmp_path: Path
) -> None:
    """More runners than a page has need at most 10 requests; then the preview is empty."""
    emulator.settings.change({"rate_limit": False})
    fill(emulator, 105, 3)
    folder = tmp_path / "account"
    done = run(emulator, str(folder), "--project", "account")
    assert done.returncode == 0, done.stderr
    assert "declares 105 runners and 3 templates" in done.stdout
    secrets = run(emulator, str(folder), "--print-secrets").stdout
    text = "\n".join(file.read_text() for file in folder.rglob("*") if file.is_file())
    assert SECRET not in text + done.stdout
    assert str(SEED) in text

    one = stack(program_of(folder), project="account", COMFYCONTROL_QUOTA="100000/10")
    one.set_config("secrets", secrets, secret=True)
    before, templates = emulator.runners.all(), emulator.templates.all()
    assert one.up() == {"create": 109}
    assert one.preview(expect_no_changes=True) == {}
    assert (emulator.runners.all(), emulator.templates.all()) == (before, templates)
    paths = [request.path for request in emulator.requests]
    for_runners = [path for path in paths if path.startswith("/v1/runner")]
    printed = 3  # the lists for --print-secrets
    assert len(for_runners) - printed <= 10
    assert {request.method for request in emulator.requests} == {"GET"}
    assert SECRET not in one.output + one.state_text()


def test_an_import_file_needs_no_request_at_all(
    stack: MakeStack, emulator: Emulator, tmp_path: Path
) -> None:
    """`pulumi import --file` takes the state from the file; `up` and `refresh` find it right."""
    fill(emulator, 15, 3)
    folder, file = tmp_path / "account", tmp_path / "import.json"
    one = stack(program_of(tmp_path), project="account", COMFYCONTROL_QUOTA="100000/10")
    done = run(emulator, str(folder), "--project", "account", "--import-file", str(file))
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert f"{file} has secrets in the clear: delete it afterwards." in done.stdout
    one.set_config("secrets", run(emulator, str(folder), "--print-headers").stdout, secret=True)
    emulator.clear_requests()
    one.import_file(file)
    assert emulator.requests == []
    assert SECRET not in one.state_text()
    one.run(program_of(folder))
    assert one.preview(expect_no_changes=True) == {}
    assert one.up() == {}
    assert emulator.requests == []
    assert one.refresh() == {}
    assert SECRET not in one.output


def test_what_is_chosen_is_written(emulator: Emulator, tmp_path: Path) -> None:
    """By name, by id, or neither; what no program can declare is named and left out."""
    fill(emulator, 3, 2)
    emulator.runners.seed(name="bad", endpoint=ENDPOINT, tags=["a,b"])
    done = run(emulator, str(tmp_path / "a"), "--runners", "*[12]")
    assert "2 runners and 0 templates" in done.stdout
    one_id = emulator.templates.all()[0]["id"]
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


def test_nonsense_is_refused_before_anything_is_written(emulator: Emulator, tmp_path: Path) -> None:
    """An id or a pattern that fits nothing, a project's name that Pulumi refuses, a wrong place."""
    fill(emulator, 2, 0)
    folder, missing = str(tmp_path / "a"), str(tmp_path / "missing" / "import.json")
    for arguments, sentence in (
        (["--id", "nope"], "no runner or template that is to be imported has the id nope"),
        (["--runners", "x*"], "this account has no runner with a name of the pattern 'x*'"),
        (["--project", "a b"], "--project takes 1 to 100 characters of"),
        (["--import-file", missing], "so import.json can't be written there"),
        (["--stack", "dev"], "--stack needs the command pulumi"),
    ):
        done = run(emulator, folder, *arguments, PATH=str(tmp_path))
        assert (done.returncode, done.stdout) == (1, "")
        assert sentence in done.stderr.lower()
        assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == [tmp_path / "state"]


def test_any_name_of_an_object_and_of_a_folder_will_do(
    stack: MakeStack, emulator: Emulator, tmp_path: Path
) -> None:
    """Names that are long, strange or equal end in files of their own, which Pulumi takes."""
    names = ["漢" * 100, "漢" * 100, "\U0001f3f3\ufe0f\u200d\U0001f308", "../x", "\u200b", "T", "t"]
    emulator.templates.seed_many(
        *({"name": name, "description": "d", "body": {}} for name in names)
    )
    folder = tmp_path / "my project: x"
    done = run(emulator, str(folder))
    assert done.returncode == 0, done.stderr
    assert len(list((folder / "templates").iterdir())) == len(names)
    assert (folder / "Pulumi.yaml").read_text().startswith('name: "my-project-x"\n')
    one = stack(program_of(folder), project="my-project-x", COMFYCONTROL_QUOTA="100000/10")
    assert one.up() == {"create": len(names) + 1}
    assert one.preview(expect_no_changes=True) == {}
    assert [template["name"] for template in reversed(emulator.templates.all())] == names


def test_the_printed_command_chooses_the_same(emulator: Emulator, tmp_path: Path) -> None:
    """A shell reads patterns and ids as they were given, quotes included."""
    headers = {"Authorization": SECRET}
    for name in ("it's; echo hi", "-x", "other"):
        emulator.runners.seed(name=name, endpoint=ENDPOINT, headers=headers)
    for number, pattern in enumerate(("it's; *", "-*")):
        folder = str(tmp_path / str(number))
        done = run(emulator, folder, f"--runners={pattern}")
        assert done.returncode == 0, done.stderr
        [line] = [line for line in done.stdout.splitlines() if line.endswith("--print-secrets |")]
        command = (
            line.strip().removesuffix(" |").replace("comfycontrol-import", shlex.join(COMMAND))
        )
        printed = execute(emulator, ["sh", "-c", command])
        assert list(json.loads(printed.stdout).values()) == [{"headers": headers}]


def test_secrets_can_be_set_in_a_stack(emulator: Emulator, tmp_path: Path) -> None:
    """`--stack` creates the stack where there is none, and encrypts the values in its config."""
    fill(emulator, 2, 0)
    folder, variables = tmp_path / "account", engine_environment(tmp_path / "home")
    done = run(emulator, str(folder), "--stack", "dev", **variables)
    assert done.returncode == 0, done.stderr
    assert "stack init" not in done.stdout
    assert SECRET not in (folder / "Pulumi.dev.yaml").read_text()
    pulumi = ["pulumi", "--cwd", str(folder), "config", "get", "--stack", "dev", "secrets"]
    given = json.loads(execute(emulator, pulumi, **variables).stdout)
    password = ENDPOINT.replace("//", f"//robot:{SECRET}@")
    assert list(given.values()) == [
        {"endpoint": password},
        {"headers": {"Authorization": f"{SECRET} 1"}},
    ]


def test_a_stack_that_can_t_be_prepared_leaves_the_rest_to_the_user(
    emulator: Emulator, tmp_path: Path
) -> None:
    """The program is there, and the message says how to go on, without a secret."""
    fill(emulator, 2, 0)
    variables = engine_environment(tmp_path / "home")
    folder = tmp_path / "account"
    done = run(emulator, str(folder), "--stack", "not a name", **variables)
    assert done.returncode == 1
    assert "is written, but `pulumi stack select --create 'not a name'" in done.stderr
    assert "  pulumi stack select --create 'not a name'\n" in done.stderr
    assert "--print-secrets |\n    pulumi config set --secret secrets" in done.stderr
    assert (folder / "__main__.py").exists()
    assert SECRET not in done.stdout + done.stderr
