"""Faults of declared arguments on the real engine."""

from __future__ import annotations

from collections.abc import Callable

import pulumi

from pulumi_comfycontrol import Runner, Template
from pulumi_comfycontrol.emulator import Emulator

from .harness import Stack

MakeStack = Callable[..., Stack]
ENDPOINT = "https://comfy.example.com"


def test_the_faults_of_all_resources_are_one_message(stack: MakeStack, emulator: Emulator) -> None:
    """In preview and in an update without one; nothing is created, and there is no traceback."""

    def program() -> None:
        good = Runner("good", name="Good", endpoint=ENDPOINT)
        Runner("a", name="", endpoint=ENDPOINT)
        group = pulumi.ComponentResource("test:Group", "group")
        inside = pulumi.ResourceOptions(parent=group)
        Runner("b", name="B", endpoint="ftp://x", headers={"X": "hunter2\n"}, opts=inside)
        Template("c", name=good.name, description="", body={})

    one = stack(program)
    for operation in (one.preview, one.up):
        text = one.failure(operation)
        assert (
            "The program can't be carried out:\n"
            "      Runner 'a': name must have 1 to 100 characters, but '' has 0\n"
            "      Runner 'b': endpoint must be an http or https URL, but it is 'ftp://x'\n"
            "      Runner 'b': headers['X'] must not have control characters such as a line break\n"
            "      Template 'c': description must have 1 to 500 characters, but '' has 0\n"
        ) in text
        assert "hunter2" not in text
        assert "Traceback" not in text
    assert emulator.runners.all() == []
