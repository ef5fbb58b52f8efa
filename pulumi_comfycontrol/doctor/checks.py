"""Checks of this machine, its settings and the network; they write nothing to the API."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ..core.api.chain import client_for
from ..core.api.http import own_version
from ..core.config import SETTINGS, Settings
from ..core.errors import ComfyControlError
from ..core.setting_values import DEFAULT_URL, host_of, is_loopback
from ..core.storage.state_folder import state_folder

#: Timeout for the API's answers, in seconds.
_PATIENCE = 10.0
#: The largest harmless difference of two clocks, in seconds.
_CLOCK = 60.0
#: Versions of the Pulumi CLI and SDK with which the package was tested.
OLDEST = (3, 219)


class State(Enum):
    """Result of a check; the value is shown."""

    FINE = "ok"
    NOTE = "--"
    FAULT = "!!"


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check, as a sentence."""

    name: str
    state: State
    sentence: str


def checks(settings: Settings) -> Iterator[Check]:
    """Run all checks; takes a few seconds where the API does not answer."""
    yield _token(settings)
    yield from _way(settings)
    store = _store(settings)
    if store.state is State.FAULT:  # without it, the account's check does not wait for it
        settings = replace(settings, store=None)
    yield from _account(settings)
    yield _state_folder()
    yield store
    yield from _versions()
    yield _plugin()


def sources(stack: str | None) -> Check:
    """Name what the settings are read from."""
    names = [row.variable for row in SETTINGS] + ["COMFYCONTROL_STATE_DIR"]
    found = [name for name in names if os.environ.get(name)]
    environment = ", ".join(found) or "none is set"
    config = f"the configuration of stack {stack}" if stack else "no stack (see --stack)"
    return Check(
        "settings",
        State.FINE,
        f"They are read from environment variables ({environment}) and from {config}.",
    )


def _token(settings: Settings) -> Check:
    source = f"The token comes from the {settings.token_source}"
    if not settings.token.reveal().startswith("cfc_"):
        return Check("token", State.NOTE, f"{source}; it does not begin with cfc_, as others do.")
    return Check("token", State.FINE, f"{source}.")


def _way(settings: Settings) -> Iterator[Check]:
    if settings.url == DEFAULT_URL:
        yield Check("URL", State.FINE, f"Requests go to {settings.url}.")
    else:
        sentence = f"Requests go to {settings.url}, from {settings.url_source}."
        yield Check("URL", State.NOTE, sentence)
    scheme = settings.url.partition(":")[0]
    names = [f"{scheme}_proxy", f"{scheme.upper()}_PROXY", "all_proxy", "ALL_PROXY"]
    named = [name for name in names if os.environ.get(name)]
    if named and is_loopback(host_of(settings.url)):
        yield Check("proxy", State.NOTE, f"{named[0]} is not used for this very machine.")
    elif named:
        yield Check("proxy", State.NOTE, f"Requests go through the proxy that {named[0]} names.")
    requests, seconds = settings.quota
    yield Check("quota", State.FINE, f"At most {requests} requests in {seconds:g} s are sent.")


def _account(settings: Settings) -> Iterator[Check]:
    quick = replace(settings, operation_timeout=min(_PATIENCE, settings.operation_timeout))
    try:
        client = client_for(quick)
        user = client.user()
    except ComfyControlError as error:
        yield Check("account", State.FAULT, str(error))
        return
    if user.deleted:
        yield Check(
            "account",
            State.FAULT,
            f"The account {user.name} is marked for deletion; keep it in the dashboard, or use the"
            " token of another one.",
        )
    else:
        tier = f", of the tier {user.tier}" if user.tier else ""
        yield Check("account", State.FINE, f"The token belongs to {user.name}{tier}.")
    offset = client.clock_offset
    if offset is None:
        yield Check("clock", State.NOTE, "The API does not tell its time.")
    elif abs(offset) > _CLOCK:
        word = "behind" if offset > 0 else "ahead of"
        yield Check(
            "clock",
            State.FAULT,
            f"This machine's clock is {abs(offset):.0f} s {word} the API's; correct it, as TLS and"
            " the search for lost creates compare times.",
        )
    else:
        yield Check("clock", State.FINE, "This machine's clock agrees with the API's.")


def _state_folder() -> Check:
    folder = state_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Check(
            "state folder",
            State.FAULT,
            f"{folder} can't be written to ({error.strerror}), so this machine keeps no journal of"
            " creates and no common quota; set COMFYCONTROL_STATE_DIR to a local folder.",
        )
    return Check("state folder", State.FINE, f"{folder} can be written to.")


def _store(settings: Settings) -> Check:
    if settings.store is None:
        return Check("store", State.NOTE, "None is set: other machines know nothing of this one.")
    from ..core.storage.database import StorageError
    from ..core.storage.postgres_session import ConnectionLost, connect

    try:
        connect(settings.store, ()).close()
    except (StorageError, ConnectionLost) as error:
        fault = error if isinstance(error, StorageError) else error.as_fault()
        return Check("store", State.FAULT, _sentence(f"{fault.fault}; {fault.advice}"))
    return Check("store", State.FINE, "The database answers.")


def _versions() -> Iterator[Check]:
    sentence = f"pulumi-comfycontrol {own_version()} runs on Python {platform.python_version()}."
    yield Check("package", State.FINE, sentence)
    yield _is_recent("SDK", "The package pulumi", _sdk_version())
    yield _is_recent("CLI", "The command pulumi", _cli_version())


def _is_recent(name: str, what: str, found: str | None) -> Check:
    oldest = ".".join(map(str, OLDEST))
    if found is None:
        return Check(name, State.NOTE, f"{what} is not found.")
    numbers = found.lstrip("v").split(".")[:2]
    if not all(number.isdecimal() for number in numbers):
        return Check(name, State.NOTE, f"{what} has the version {found}.")
    if tuple(map(int, numbers)) < OLDEST:
        sentence = f"{what} is {found}, but {oldest} is the oldest supported; update it."
        return Check(name, State.FAULT, sentence)
    return Check(name, State.FINE, f"{what} is {found}.")


def _sdk_version() -> str | None:
    try:
        return version("pulumi")
    except PackageNotFoundError:
        return None


def _cli_version() -> str | None:
    command = shutil.which("pulumi")
    if command is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - no shell
            [command, "version"],
            capture_output=True,
            text=True,
            check=True,
            timeout=_PATIENCE,
            env=os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true"},
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None


def _plugin() -> Check:
    name = "pulumi-resource-comfycontrol"
    found = shutil.which(name)
    if found:
        return Check("plugin", State.FINE, f"{name} is {Path(found)}.")
    return Check(
        "plugin",
        State.NOTE,
        f"{name} is not on PATH; only programs in other languages than Python need it.",
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
