"""The installed package, and the values that it writes into users' state."""

from __future__ import annotations

import base64
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from pulumi.dynamic.dynamic import serialize_provider

import pulumi_comfycontrol
from pulumi_comfycontrol.core.secret import Secret
from pulumi_comfycontrol.provider.base import KindProvider
from pulumi_comfycontrol.provider.runner import RunnerProvider
from pulumi_comfycontrol.provider.template import TemplateProvider


def test_public_names() -> None:
    """The package exports these names, sorted, and each function has both forms."""
    names = pulumi_comfycontrol.__all__
    assert names == sorted(names)
    assert {name for name in names if not name.startswith("get_")} == {
        *("Provider", "Runner", "Template"),
        *("DeviceInfo", "ManagedRunnerInfo", "RunnerInfo", "RunnerStats", "SystemInfo"),
        *("TemplateInfo", "TemplateSummary", "UserInfo"),
    }
    functions = {name for name in names if name.startswith("get_")}
    plain = {name for name in functions if not name.endswith("_output")}
    assert functions - plain == {f"{name}_output" for name in plain}


def test_the_core_loads_without_pulumi() -> None:
    """The native plugin's process starts in half the time without the SDK."""
    program = (
        "import importlib, pkgutil, sys, pulumi_comfycontrol.core as core\n"
        "for one in pkgutil.walk_packages(core.__path__, f'{core.__name__}.'):\n"
        "    importlib.import_module(one.name)\n"
        "print(sum(name.startswith('pulumi_comfycontrol.core') for name in sys.modules))\n"
        "print([name for name in sys.modules if name.split('.')[0] == 'pulumi'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    number, loaded = done.stdout.splitlines()
    assert int(number) > 20
    assert loaded == "[]"


def test_public_names_are_loaded_on_use() -> None:
    """Public names are listed, importable, and absent where misspelt."""
    assert set(pulumi_comfycontrol.__all__) <= set(dir(pulumi_comfycontrol))
    for name in pulumi_comfycontrol.__all__:
        assert getattr(pulumi_comfycontrol, name).__name__ == name
    with pytest.raises(AttributeError, match="has no attribute 'Runer'"):
        pulumi_comfycontrol.Runer  # noqa: B018


RUNNER = b"\x95=\0\0\0\0\0\0\0\x8c#pulumi_comfycontrol.provider.runner\x94\x8c\x0eRunnerProvider"
TEMPLATE = (
    b"\x95A\0\0\0\0\0\0\0\x8c%pulumi_comfycontrol.provider.template\x94\x8c\x10TemplateProvider"
)


@pytest.mark.parametrize("protocol", [4, 5])
@pytest.mark.parametrize(
    ("provider", "body"), [(RunnerProvider, RUNNER), (TemplateProvider, TEMPLATE)]
)
def test_the_pickled_provider_never_changes(
    provider: type[KindProvider], body: bytes, protocol: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every state has this string; protocol 4 is Python 3.11 to 3.13's, 5 is 3.14's."""
    monkeypatch.setattr(pickle, "DEFAULT_PROTOCOL", protocol)
    one = provider()
    one._operations = "must not be pickled"  # type: ignore[assignment]
    golden = b"\x80" + bytes([protocol]) + body + b"\x94\x93\x94)R\x94."
    assert base64.b64decode(serialize_provider(one)) == golden


def test_a_secret_shows_nowhere() -> None:
    """A token is in no repr, and can't be pickled."""
    secret = Secret("cfc_hidden")
    assert "hidden" not in repr(secret) + str(secret)
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_the_plugin_marker_is_beside_the_package() -> None:
    """Without the marker the CLI would try to download a plugin of the package's name."""
    marker = Path(pulumi_comfycontrol.__file__).with_name("pulumi-plugin.json")
    assert marker.read_text() == '{"resource": false}\n'
