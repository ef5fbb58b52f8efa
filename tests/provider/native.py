"""The native plugin as a process, for tests that are written for the dynamic types.

Requests are translated on their way: the type in the URN is the native one, and no resource
carries a pickled provider. So one description of a test serves both front-ends.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .host import Host

_MESSAGES = ("properties", "inputs", "olds", "news", "old_inputs")


class NativeHost(Host):
    """A process of ``pulumi-resource-comfycontrol``; see :class:`~.host.Host`."""

    module = "pulumi_comfycontrol.plugin"
    namespace = ""
    accepts_secrets = True

    def __enter__(self) -> NativeHost:
        super().__enter__()
        self.stub = Translator(self.stub)
        return self


class Translator:
    """A stub, or a servicer, whose methods take requests for the dynamic types."""

    def __init__(self, stub: Any) -> None:
        self._stub = stub

    def __getattr__(self, method: str) -> Callable[..., Any]:
        call = getattr(self._stub, method)
        return lambda request, *args, **options: call(translated(request), *args, **options)


def translated(request: Any) -> Any:
    """Return the same request for the native type."""
    copy = type(request)()
    copy.CopyFrom(request)
    if hasattr(copy, "urn"):
        copy.urn = copy.urn.replace("pulumi-python:dynamic/comfycontrol:", "comfycontrol:index:")
    for name in _MESSAGES:
        if hasattr(copy, name) and copy.HasField(name):
            getattr(copy, name).fields.pop("__provider", None)
    return copy
