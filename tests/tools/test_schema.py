"""The plugin's schema equals the core's kinds and the docstrings."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pulumi_comfycontrol.core.types import KINDS
from tools.engine import ROOT, engine_environment, find_engine
from tools.schema import FILE, text


@pytest.fixture(scope="module")
def schema() -> Any:
    """The checked-in schema."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def test_the_schema_is_up_to_date() -> None:
    """After a change of a kind or a docstring: python -m tools.schema."""
    assert FILE.read_text(encoding="utf-8") == text()


def test_the_cli_accepts_the_schema(tmp_path: Path) -> None:
    """Silently: it warns of what an SDK could not express."""
    done = subprocess.run(
        [str(find_engine()), "schema", "check", str(FILE)],
        env=engine_environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_everything_is_described(schema: Any) -> None:
    """Types, properties, arguments and functions have descriptions that hold for every language."""
    undescribed: list[str] = []

    def walk(value: Any, path: str) -> None:
        if not isinstance(value, dict):
            return
        for key in ("properties", "inputProperties", "variables"):
            for name, one in value.get(key, {}).items():
                if not one.get("description", "").endswith("."):
                    undescribed.append(f"{path}.{name}")
        for name, inner in value.items():
            walk(inner, f"{path}.{name}")

    walk(schema, "")
    things = {**schema["types"], **schema["resources"], **schema["functions"]}
    undescribed += [name for name, one in things.items() if not one.get("description")]
    assert undescribed == []
    words = json.dumps({name: one for name, one in schema.items() if name != "resources"})
    assert "None" not in words
    assert "pathlib" not in json.dumps(schema["resources"]).replace("from pathlib", "")


def test_secrets_and_aliases(schema: Any) -> None:
    """Header values and the token are secret; the dynamic types move over by their aliases."""
    for kind in KINDS.values():
        resource = schema["resources"][f"comfycontrol:index:{kind.class_name}"]
        old = f"pulumi-python:dynamic/comfycontrol:{kind.class_name}"
        assert resource["aliases"] == [{"type": old}]
        for properties in (resource["properties"], resource["inputProperties"]):
            secret = {name for name, one in properties.items() if one.get("secret")}
            assert secret == {name for name, field in kind.fields.items() if field.secret}
        examples = resource["description"]
        for language in ("typescript", "python", "go", "yaml"):
            assert f"```{language}\n" in examples
    for settings in (schema["config"]["variables"], schema["provider"]["inputProperties"]):
        assert {name for name, one in settings.items() if one.get("secret")} == {
            "apiToken",
            "store",
        }
        assert all("defaultInfo" not in one for one in settings.values())


def test_no_function_returns_a_secret(schema: Any) -> None:
    """A secret would make the function's whole result secret in Python and Node.js."""
    assert len(schema["functions"]) == 8
    assert '"headers":' not in json.dumps([schema["functions"], schema["types"]])


def test_the_page_of_languages_shows_the_schemas_examples() -> None:
    """The tab of a language shows the program that the schema has for it."""
    examples = (ROOT / "tools" / "schema_examples" / "runner.md").read_text()
    page = (ROOT / "docs" / "languages.md").read_text()
    programs = re.findall(r"```\w+\n.*?```", examples, re.DOTALL)
    assert [program for program in programs if program not in page] == []
    assert len(programs) == page.count(":::{tab-item}") == 4
