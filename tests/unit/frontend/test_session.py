"""The modules that a provider process loads: few for a plan without changes."""

from __future__ import annotations

import subprocess
import sys

from pulumi_comfycontrol.core.config import Settings
from pulumi_comfycontrol.core.errors import ConfigError
from pulumi_comfycontrol.core.secret import Secret
from pulumi_comfycontrol.frontend.session import Session

_COMPARE = """
import sys
from pulumi_comfycontrol.core.config import Settings
from pulumi_comfycontrol.core.secret import Secret
from pulumi_comfycontrol.core.types import KINDS
from pulumi_comfycontrol.frontend.call import Call
from pulumi_comfycontrol.frontend.operations import Operations
from pulumi_comfycontrol.frontend.session import Session
from pulumi_comfycontrol.frontend.state import Known

session = Session(lambda: Settings(Secret("cfc_test")), "")
operations = Operations(session, KINDS["runner"])
values = {"name": "one", "endpoint": "http://192.0.2.1:8188"}
known = Known(values, frozenset(values), managed=True)
with operations.reporting(Call("urn:pulumi:dev::test::type::one"), "comparing"):
    assert not operations.check(values, exists=True)
    assert not operations.diff("id", known, values)
print(*sys.modules)
"""


def test_a_plan_without_changes_loads_no_http_client() -> None:
    """The client is most of what a process loads, and such a plan sends no request."""
    done = subprocess.run(
        [sys.executable, "-c", _COMPARE], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.split()
    assert "pulumi_comfycontrol.core.journal.journal" in loaded
    assert "requests" not in loaded


def test_settings_are_loaded_once() -> None:
    """Settings that can't be used are loaded again for the next resource, valid ones are kept."""
    loads: list[int] = []

    def load() -> Settings:
        loads.append(1)
        if len(loads) < 3:
            raise ConfigError("no token", "give one")
        return Settings(Secret("cfc_test"))

    session = Session(load, "")
    faults = [session.fault() for _ in range(5)]
    assert [fault is None for fault in faults] == [False, False, True, True, True]
    assert len(loads) == 3
