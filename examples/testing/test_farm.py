"""What a farm declares."""

import runpy
from pathlib import Path

import pulumi
import pytest
from farm import Farm, machines
from recorder import Recorder

from pulumi_comfycontrol.emulator import Emulator

HOSTS = ["anna", "bert"]
PROGRAM = Path(__file__).with_name("__main__.py")


@pulumi.runtime.test
async def test_each_host_is_one_runner(engine: Recorder) -> None:
    """Nothing is declared twice, and nothing else is."""
    ids = await Farm("paris", HOSTS, "key").ids.future()
    assert ids == ["paris-anna-id", "paris-bert-id"]
    assert engine.names("Runner") == ["paris-anna", "paris-bert"]


@pytest.mark.usefixtures("engine")
@pulumi.runtime.test
async def test_endpoints_and_tags_name_the_site() -> None:
    """A workflow that asks for a site's tag never leaves that site."""
    for host, runner in zip(HOSTS, Farm("paris", HOSTS, "key").runners, strict=True):
        assert await runner.endpoint.future() == f"https://{host}.paris.example.com"
        assert await runner.tags.future() == ["render", "site-paris"]


@pytest.mark.usefixtures("engine")
@pulumi.runtime.test
async def test_the_key_is_a_secret() -> None:
    """The header is sent, and shows neither in a preview nor in the state."""
    [runner] = Farm("paris", ["anna"], "key").runners
    assert await runner.headers.future() == {"X-Farm-Key": "key"}
    assert await runner.headers.is_secret()
    assert not await runner.endpoint.is_secret()


def test_the_program_makes_a_farm_of_each_site(engine: Recorder) -> None:
    """The whole program, under a stack's config."""
    sites = '{"paris": ["anna", "bert"], "oslo": ["carl"]}'
    config = {"testing:farmKey": "key", "testing:sites": sites}
    pulumi.runtime.set_all_config(config, ["testing:farmKey"])

    @pulumi.runtime.test
    def program() -> None:
        runpy.run_path(str(PROGRAM))

    program()
    assert engine.names("Farm") == ["oslo", "paris"]
    assert engine.names("Runner") == ["oslo-carl", "paris-anna", "paris-bert"]


def test_a_site_has_the_machines_with_its_tag(comfycontrol: Emulator) -> None:
    """A lookup asks an emulator, which the plugin of pulumi-comfycontrol starts for the test."""
    endpoint = "https://comfy.example.com"
    for name, site in (("bert", "paris"), ("carl", "oslo"), ("anna", "paris")):
        comfycontrol.runners.seed(name=name, endpoint=endpoint, tags=["render", f"site-{site}"])
    assert machines("paris") == ["anna", "bert"]
