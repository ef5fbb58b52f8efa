"""Sentences for the failures of a PostgreSQL database; none shows a secret."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from ..secret import redact
from .database import StorageError

if TYPE_CHECKING:
    import psycopg

_REACH = "check that its server runs and that this machine reaches it"
_URL = "correct comfycontrol:store or COMFYCONTROL_STORE"
_TLS = (
    "give the certificate of its authority as sslrootcert, and the host by the name in that"
    " certificate, in comfycontrol:store or COMFYCONTROL_STORE; or choose another sslmode there"
)
_RIGHTS = "give the store's role the rights that docs/store.md lists"
#: Advice for failures against which waiting does not help, by SQLSTATE or its class.
_LASTING = {
    "28": _URL,  # password, pg_hba.conf
    "3D": _URL,  # no such database
    "42501": _RIGHTS,
    "42": "let pulumi-comfycontrol make its tables: remove the schema comfycontrol from the store",
    "25006": "give the address of the primary server, or add target_session_attrs=read-write",
}
#: The same for answers to the connection itself, which come without a SQLSTATE.
_REFUSALS = (
    "password authentication failed",
    "no password supplied",
    "no pg_hba.conf entry",
    "invalid sslmode",
    "invalid integer value",
    "invalid port number",
    "bad value for",
    "permission denied",
    'role "',
    'database "',
    "session is read-only",
    "session is not read-only",
)


def fault_of(error: psycopg.Error, secrets: Collection[str]) -> StorageError:
    """Return the error for a failure that the driver reports."""
    state = error.sqlstate or ""
    text = redact(" ".join(str(error).split()), secrets).rstrip(".")
    fault = f"the shared store can't be used ({text})"
    for length in (5, 2):
        if state[:length] in _LASTING and state:
            return StorageError(fault, _LASTING[state[:length]], lasting=True)
    if not state and ("certificate" in text or "does not support SSL" in text):
        return StorageError(fault, _TLS, lasting=True)
    if not state and any(refusal in text for refusal in _REFUSALS):
        return StorageError(fault, _URL, lasting=True)
    if state.startswith("53"):
        return StorageError(fault, "free disk space or connections on its server")
    return StorageError(fault, _REACH)


def is_loss(error: BaseException) -> bool:
    """Whether the connection is of no use after ``error``."""
    import psycopg

    state = getattr(error, "sqlstate", None)
    # No SQLSTATE: the failure is this side's. 57P: the server ends; 25P03: it waited too long.
    return isinstance(error, psycopg.Error) and (
        state is None or state.startswith(("57P", "25P03", "08"))
    )


def no_driver() -> StorageError:
    """Return the error for a missing driver: the extra is not installed."""
    fault = "a shared store needs the package psycopg, which is not installed"
    advice = 'install "pulumi-comfycontrol[postgres]" where the program runs'
    return StorageError(fault, advice, lasting=True)


def unusable_url() -> StorageError:
    """Return the error for an invalid URL; the driver's own message may quote the password."""
    fault = "the shared store's URL can't be read"
    advice = f"{_URL}; special characters in a password are written as in %40 for @"
    return StorageError(fault, advice, lasting=True)


def read_only() -> StorageError:
    """Return the error for a replica, or a server that an operator has set to read-only."""
    return StorageError("the shared store is read-only", _LASTING["25006"], lasting=True)


def newer(name: str, version: int, known: int) -> StorageError:
    """Return the error for tables of a newer release of this package, used on another machine."""
    fault = (
        f"the shared store's tables for the {name} are of version {version}, and this release"
        f" knows version {known}"
    )
    return StorageError(fault, "upgrade pulumi-comfycontrol on this machine", lasting=True)
