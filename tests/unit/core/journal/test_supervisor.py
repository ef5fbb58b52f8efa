"""The check of whether a process's supervisor still runs."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys

from pulumi_comfycontrol.core.journal.supervisor import runs, supervisor


def test_a_supervisor_is_known_by_its_address() -> None:
    """It runs for as long as it listens, whatever process started this one."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        name = supervisor(address)
        assert name == address
        assert runs(name)
    assert not runs(name)


def test_without_a_usable_address_it_is_the_parent() -> None:
    """A missing, malformed or closed address names the parent process."""
    for address in ("", "nonsense", "127.0.0.1:1", "127.0.0.1:99999999"):
        assert supervisor(address) == str(os.getppid())
    assert runs(supervisor(""))


def test_a_process_that_has_ended_does_not_run() -> None:
    """A process id that nothing uses belongs to no running supervisor."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    assert not runs(str(process.pid))


def test_a_process_without_a_free_file_takes_its_supervisor_for_alive() -> None:
    """Else a provider with many connections would end itself in the middle of a deployment."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, limits[1]))
        try:
            assert runs(address)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
