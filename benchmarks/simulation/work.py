"""The work of one stack on one of its runners, by the package's own code."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from pulumi_comfycontrol.core.api.chain import client_for
from pulumi_comfycontrol.core.api.request import Exchange
from pulumi_comfycontrol.core.config import Settings
from pulumi_comfycontrol.core.lifecycle.delete import Deleter
from pulumi_comfycontrol.core.lifecycle.gone import Existence
from pulumi_comfycontrol.core.lifecycle.list_cache import ListCache
from pulumi_comfycontrol.core.secret import Secret
from pulumi_comfycontrol.core.types.runner import RUNNER

from .host import Process
from .scenario import Work
from .service import FIELDS
from .virtual import Time

_SETTINGS = Settings(Secret("cfc_simulated"))


def operation(
    work: Work, process: Process, exchange: Exchange, time: Time, dice: random.Random
) -> Callable[[str], Any]:
    """Return what does ``work`` for one runner, given its id; a new one has none yet."""
    client = client_for(
        _SETTINGS,
        quota=process,  # type: ignore[arg-type]
        clock=time,
        jitter=dice.random,
        http=exchange,
    )
    if work is Work.UP:
        return lambda _id: client.create(RUNNER, FIELDS)
    existence = Existence(client, RUNNER, time)
    if work is Work.REFRESH:
        cache = ListCache(client, RUNNER, time)
        return lambda id_: cache.read(id_, {}, lambda: existence.find(id_, {}))
    deleter = Deleter(client, RUNNER, existence, time)
    return lambda id_: deleter.delete(id_, {})
