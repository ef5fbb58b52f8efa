"""One operation on a stack, in a process that survives when its engine is killed.

Takes from its standard input what to run, as JSON, and prints what the CLI prints.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pulumi import automation as auto

import pulumi_comfycontrol as dynamic
from pulumi_comfycontrol import native
from tools.project import open_stack

Runners = Mapping[str, Mapping[str, Any]]
#: The packages with the same classes on the two front-ends.
FRONT_ENDS: Mapping[str, Any] = {"dynamic": dynamic, "native": native}


def declare(runners: Runners, front_end: str = "dynamic") -> Callable[[], None]:
    """A program of runners, by resource name."""
    package = FRONT_ENDS[front_end]

    def program() -> None:
        for name, arguments in runners.items():
            package.Runner(name, **arguments)

    return program


def main() -> None:
    """Run the operation; exits with 0 when it succeeded."""
    order = json.load(sys.stdin)
    stack = open_stack(
        declare(order["runners"], order["front_end"]),
        Path(order["home"]),
        project="test",
        stack=order["stack"],
        environment=order["environment"],
    )
    code = 0
    try:
        getattr(stack, order["operation"])(on_output=print)
    except auto.CommandError as error:
        print(error)
        code = 1
    sys.stdout.flush()
    os._exit(code)  # the SDK's threads would wait for an engine that was killed


if __name__ == "__main__":
    main()
