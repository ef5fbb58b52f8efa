"""The service as a host sees it: the network's delay, the rate limit, and accounts of runners."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pulumi_comfycontrol.core.api.request import Exchange, Reply, Request, Sending
from pulumi_comfycontrol.emulator.state.limit import RateLimit
from pulumi_comfycontrol.emulator.state.settings import Settings

from .virtual import Time

#: Seconds from sending to answer: the median, and the spread of its logarithm.
LATENCY = 0.1
SPREAD = 0.5
FIELDS = {"name": "GPU", "endpoint": "https://comfy.example.com"}
_PATH = "/v1/runner"


class Account:
    """An account's runners by id, oldest first."""

    def __init__(self) -> None:
        self.runners: dict[str, dict[str, Any]] = {}
        self._made = 0

    def add(self) -> str:
        """Make a runner, and return its id."""
        self._made += 1
        id_ = str(self._made)
        self.runners[id_] = {"id": id_, "status": "active", "headers": {}, "tags": [], **FIELDS}
        return id_

    def answer(self, request: Request) -> Reply:
        """Execute a request, and return its reply."""
        id_ = request.path.removeprefix(_PATH).removeprefix("/")
        if request.method == "POST":
            return _reply(201, self.runners[self.add()])
        if not id_:
            return _reply(200, self._page(request.query["page"], request.query["per_page"]))
        if id_ not in self.runners:
            return _reply(404, {"status": 404, "message": "runner not found"})
        if request.method == "DELETE":
            return _reply(200, self.runners.pop(id_))
        return _reply(200, self.runners[id_])

    def _page(self, number: int, size: int) -> dict[str, Any]:
        newest = islice(reversed(self.runners.values()), (number - 1) * size, number * size)
        return {"runners": list(newest), "total": len(self.runners)}


class Service:
    """Serves all accounts; ``passed`` and ``refused`` are numbers of requests by address."""

    def __init__(self, time: Time, dice: random.Random) -> None:
        self._time = time
        self._dice = dice
        self._limit = RateLimit(Settings())
        self.passed: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def exchange(self, address: str, account: Account) -> Exchange:
        """Return the network between a client behind ``address`` and an account."""
        return _Network(self, address, account)

    def pass_on(self, request: Request, address: str, account: Account) -> Reply:
        """Carry out a request after a delay, and return its reply after another one."""
        latency = LATENCY * self._dice.lognormvariate(0.0, SPREAD)
        there = latency * self._dice.random()
        self._time.sleep(there)
        if self.arrive(address):
            reply = account.answer(request)
        else:
            reply = _reply(429, {"status": 429, "message": "Too many requests"})
        self._time.sleep(latency - there)
        return reply

    def arrive(self, address: str) -> bool:
        """Count a request; returns whether it may pass."""
        closed = self._limit.closed_for(address, self._time.monotonic())
        (self.refused if closed else self.passed)[address] += 1
        return not closed


@dataclass(frozen=True, slots=True)
class _Network:
    service: Service
    address: str
    account: Account

    def send(self, sending: Sending) -> Reply:
        """See :class:`~pulumi_comfycontrol.core.api.request.Exchange`."""
        return self.service.pass_on(sending.request, self.address, self.account)


def _reply(status: int, data: Any) -> Reply:
    return Reply(status, {}, json.dumps(data).encode())
