"""The program that ``comfycontrol-import`` writes."""

from __future__ import annotations

import ast
import dataclasses
import json
import subprocess
import sys
from collections import Counter
from importlib import metadata
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pulumi_comfycontrol.core.types.runner import RUNNER, RunnerRecord
from pulumi_comfycontrol.core.types.template import TEMPLATE, TemplateInfo
from pulumi_comfycontrol.importer.found import Found, resource_name
from pulumi_comfycontrol.importer.program import (
    is_project_name,
    program,
    project,
    project_name,
    requirements,
    secrets,
)

ENDPOINT = "https://comfy.example.com"
#: Half characters too, which JSON can express.
ANY_TEXT = st.text(st.characters(exclude_categories=()))


def found(**values: Any) -> Found:
    """A runner with these arguments."""
    complete = {"name": "GPU", "endpoint": ENDPOINT} | values
    return Found(RUNNER, "gpu", RunnerRecord(id="id", **complete), complete)


def arguments(text: str) -> dict[str, Any]:
    """The plain arguments of a program's only resource, by name."""
    *_, call = [one for one in ast.parse(text.encode()).body if isinstance(one, ast.Assign)]
    assert isinstance(call.value, ast.Call)
    given_ = {one.arg or "": one.value for one in call.value.keywords if one.arg != "opts"}
    return {name: ast.literal_eval(value) for name, value in given_.items()}


@settings(deadline=None)
@given(ANY_TEXT, ANY_TEXT)
@example("\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f600\u2028'\"\\")
@example("\ud83d\u200d", "\U000e0001\n\x00")
def test_any_text_is_the_same_in_the_program(name: str, tag: str) -> None:
    """Every Unicode text survives in the generated file, which compiles."""
    text = program([found(name=name, tags=[tag, name])], adopt=False)
    assert arguments(text) == {"name": name, "endpoint": ENDPOINT, "tags": [tag, name]}


@settings(deadline=None)
@given(ANY_TEXT)
def test_any_id_is_the_same_in_the_program(id_: str) -> None:
    """The id that a resource takes over is a string of the program, too."""
    one = found()
    changed = Found(one.kind, one.resource_name, dataclasses.replace(one.record, id=id_), {})
    tree = ast.parse(program([changed], adopt=True).encode())
    [value] = [one.value for one in ast.walk(tree) if getattr(one, "arg", "") == "import_"]
    assert ast.literal_eval(value) == id_


@pytest.mark.parametrize(
    "endpoint", ["https://robot:hunter2@x.example.com", "https://robot@x.example.com"]
)
def test_an_endpoint_with_a_user_is_a_secret_like_a_header_s_value(endpoint: str) -> None:
    """Both are in the one config value, under the name of the resource."""
    one = found(endpoint=endpoint, headers={"X-Key": "hidden"}, tags=["a"])
    text = program([one], adopt=True)
    assert "robot" not in text
    assert "hidden" not in text
    assert 'endpoint=secrets["gpu"]["endpoint"]' in text
    assert 'headers=secrets["gpu"]["headers"]' in text
    assert json.loads(secrets([one])) == {
        "gpu": {"endpoint": endpoint, "headers": {"X-Key": "hidden"}}
    }


def test_a_key_in_a_query_is_a_secret_like_a_password() -> None:
    """A key in an endpoint's query never stands in the program."""
    text = program([found(endpoint="https://x.example.com?key=hidden")], adopt=True)
    assert "hidden" not in text
    assert 'endpoint=secrets["gpu"]["endpoint"]' in text


def test_a_program_is_formatted_as_ruff_formats_it(tmp_path: Path) -> None:
    """For any names, tags and ids, imports are sorted and nothing is unused."""
    random = Random(0)

    def text(longest: int) -> str:
        alphabet = random.choice(("abc \"'\\", "äß漢字", "\U0001f468\u200d\u0301\n\t\x00"))
        return "".join(random.choices(alphabet, k=random.randint(1, longest)))

    taken: Counter[str] = Counter()
    runners = [
        Found(
            RUNNER,
            resource_name(name, "runner", taken),
            RunnerRecord(id=text(80), name=name, endpoint=ENDPOINT),
            {
                "name": name,
                "endpoint": random.choice((ENDPOINT, "https://x?key=1")),
                "tags": [text(30) for _ in range(random.randint(1, 10))],
            },
        )
        for name in (text(100) for _ in range(300))
    ]
    body = '{"1": {}}'
    templates = [
        Found(
            TEMPLATE,
            resource_name(name, "template", taken),
            TemplateInfo(id="id", name=name, description="d", body=body),
            {"name": name, "description": text(300), "body": body},
        )
        for name in (text(100) for _ in range(20))
    ]
    for number, chosen in enumerate((runners[:1], runners, templates, runners + templates)):
        for adopt in (False, True):
            path = tmp_path / f"{number}-{adopt}.py"
            path.write_text(program(chosen, adopt=adopt), encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    for command in (["format", "--check"], ["check", "--select=I,F"]):
        done = subprocess.run(
            [*ruff, *command, "--isolated", "--no-cache"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_requirements_have_a_range() -> None:
    """This version or a newer one, up to the next that may break programs."""
    version = metadata.version("pulumi-comfycontrol")
    assert requirements() == f"pulumi-comfycontrol>={version},<1\n"


def test_without_secrets_no_config_is_needed() -> None:
    """A plain endpoint stays in the program, and the config value would be empty."""
    assert "secrets" not in program([found()], adopt=True)
    assert secrets([found()]) == "{}"


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("123", True),
        ("a.B_c-d", True),
        ("x" * 100, True),
        ("x" * 101, False),
        ("", False),
        ("my project", False),
        ("a:b", False),
        ("ä", False),
        ("a\n", False),
    ],
)
def test_a_project_s_name_follows_pulumi_s_rule(name: str, good: bool) -> None:
    """1 to 100 of A-Z, a-z, 0-9, '_', '.' and '-'."""
    assert is_project_name(name) is good


@settings(deadline=None)
@given(ANY_TEXT)
@example("my project: x")
@example("123")
@example("true")
@example("")
@example("x" * 101)
def test_any_folder_s_name_becomes_one_of_a_project(folder: str) -> None:
    """The name stands in the YAML as a string, also if it looks like a number."""
    name = project_name(folder)
    assert is_project_name(name)
    written = yaml.safe_load(project(name))
    assert written["name"] == name
    options = {"toolchain": "pip", "virtualenv": "venv"}
    assert written["runtime"] == {"name": "python", "options": options}
