"""Generated code of Pulumi's gRPC protocol, loaded without the rest of Pulumi's SDK.

``import pulumi`` takes a quarter of a second and 11 MB; a plugin process needs none of it. The
generated modules import each other relatively, so a package whose path is their folder is enough.
Where the SDK is loaded already, its own modules are used, as two copies would not mix.
"""

from __future__ import annotations

import importlib
import sys
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

_NAME = "pulumi_comfycontrol_protocol"


@cache
def stubs(module: str) -> Any:
    """Return a generated module, such as ``provider_pb2``."""
    return importlib.import_module(f"{_package()}.{module}")


def _package() -> str:
    if "pulumi" in sys.modules:
        return "pulumi.runtime.proto"
    if _NAME not in sys.modules:
        spec = PathFinder.find_spec("pulumi")
        if spec is None or spec.origin is None:
            msg = "the package pulumi is not installed"
            raise ModuleNotFoundError(msg)
        package = ModuleType(_NAME)
        package.__path__ = [str(Path(spec.origin).parent / "runtime" / "proto")]
        sys.modules[_NAME] = package
    return _NAME
