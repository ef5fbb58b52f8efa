"""Scenarios: stacks, hosts and addresses, and each host's quota."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Work(StrEnum):
    """The work of all stacks at once."""

    UP = "up"
    REFRESH = "refresh"
    DESTROY = "destroy"


ALL = tuple(Work)


@dataclass(frozen=True, slots=True)
class Scenario:
    """Stacks and hosts are dealt out evenly: to the hosts, and to the addresses."""

    name: str
    title: str
    hosts: int = 50
    addresses: int = 1
    #: COMFYCONTROL_QUOTA on each host: requests, seconds.
    share: tuple[int, float] = (40, 10.0)
    works: Sequence[Work] = ALL
    #: Whether all runners are in one account, instead of an account for each stack.
    one_account: bool = False
    #: Whether all hosts share one line, through a store.
    store: bool = False
    #: Requests in 10 s from other traffic behind the first address.
    stranger: float = 0.0
    runners: int = 100_000
    stacks: int = 200
    #: Operations that each stack's engine begins at once: ``--parallel``, by default 4 a core.
    parallel: int = 16


_UP = (Work.UP,)
_NO_DESTROY = (Work.UP, Work.REFRESH)

SCENARIOS = (
    Scenario("one host", "all stacks on one host", hosts=1),
    Scenario(
        "one account",
        "the same, all runners in one account",
        hosts=1,
        one_account=True,
        works=(Work.REFRESH, Work.DESTROY),
    ),
    Scenario("addresses", "each host has an address of its own", addresses=50, works=_NO_DESTROY),
    Scenario(
        "groups", "ten hosts behind each address", addresses=5, share=(4, 10.0), works=_NO_DESTROY
    ),
    Scenario("shares", "shares that add up to 40 in 10 s", hosts=10, share=(4, 10.0)),
    Scenario("smallest shares", "the same", hosts=40, share=(1, 10.0), works=_NO_DESTROY),
    Scenario("two hosts", "no shares", hosts=2, works=_UP),
    Scenario("no shares", "no shares", works=_NO_DESTROY),
    Scenario("store", "no shares, but a store", store=True),
    Scenario("long windows", "shares of a longer window", share=(8, 100.0), works=_UP),
    Scenario("fractions", "shares of less than 1 in 10 s", share=(1, 12.5), works=_UP),
    Scenario("stranger", "somebody else sends 20 in 10 s", hosts=1, stranger=20.0, works=_UP),
)

#: Few hosts behind one address, with a stack of 60 runners each.
FEW = tuple(
    Scenario(f"{hosts} hosts, {name}", name, hosts, store=store, runners=60 * hosts, stacks=hosts)
    for hosts in (2, 4, 10)
    for name, store in (("no store", False), ("store", True))
)
