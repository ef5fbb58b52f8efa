"""Programs of tests on Pulumi's mocks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pulumi
from pulumi.runtime.settings import reset_options


class Mocks(pulumi.runtime.Mocks):
    """An engine that accepts every resource; ``names`` are those of what was registered."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.names.append(args.name)
        return "made-by-the-mock", dict(args.inputs)

    def call(self, args: pulumi.runtime.MockCallArgs) -> Any:
        raise AssertionError(args.token)


@contextmanager
def mocked_engine(mocks: pulumi.runtime.Mocks, project: str = "project") -> Iterator[None]:
    """The engine of one program, whose event loops and root stack end with it.

    Pulumi keeps the first root stack of a process for ever, with a URN that belongs to the event
    loop of that time, and never closes the loops of the threads that play the engine.
    """
    loops = []

    def start_thread() -> None:
        loops.append(asyncio.new_event_loop())
        asyncio.set_event_loop(loops[-1])

    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        loop.set_default_executor(ThreadPoolExecutor(initializer=start_thread))
        loop.set_exception_handler(lambda *_: None)  # outputs of failed resources that none reads
        reset_options()
        pulumi.runtime.set_mocks(mocks, project=project, preview=False)
        yield
    reset_options()
    for one in loops:
        one.close()
