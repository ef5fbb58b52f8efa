"""Lookups of existing objects, without managing them; front-ends offer them as functions.

A lookup takes a catalog and plain values, and returns records. Every one raises a
:class:`~.errors.ComfyControlError`, which for wrong arguments is a :class:`~.errors.ResourceError`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast, get_args

from .api.catalog import Catalog, matches, the_one
from .errors import ResourceError
from .types.managed_runner import ManagedRunnerInfo
from .types.record import Unusable
from .types.runner import RUNNER, RunnerRecord, Status
from .types.stats import RunnerStats
from .types.template import TEMPLATE, TemplateInfo, TemplateSummary
from .types.user import UserInfo
from .types.validation import shown


def user(catalog: Catalog) -> UserInfo:
    """Return the owner of the token."""
    return catalog.user()


def runner(catalog: Catalog, id: str | None, name: str | None) -> RunnerRecord:
    """Return the runner with the id (1 request), or the only one with the name (a list)."""
    if _by_id("runner", id, name):
        return cast(RunnerRecord, catalog.get(RUNNER, str(id)))
    items = catalog.items(RUNNER)
    item = the_one("runner", str(name), items, lambda one: str(one.get("name")))
    return cast(RunnerRecord, catalog.record(RUNNER, item))


def runners(
    catalog: Catalog, status: str | None, tags: Iterable[str] | None, name: str | None
) -> tuple[RunnerRecord, ...]:
    """Return the runners of a status, with all of the tags and a name of the pattern."""
    if status not in {None, *get_args(Status)}:
        fault = f"status must be 'active' or 'disabled', but it is {shown(status)}"
        raise ResourceError(fault, "correct it, or leave it out")
    wanted = _tags(tags)
    found = [item for item in catalog.items(RUNNER) if matches(item, name, wanted)]
    # The API's own filter isn't used: older copies of its page lack it (A15).
    records = (cast(RunnerRecord, catalog.record(RUNNER, item)) for item in found)
    return tuple(one for one in records if status in {None, one.status})


def runner_stats(catalog: Catalog, id: str) -> RunnerStats:
    """Return the live report of the runner's machine; an error when ComfyControl can't reach it."""
    return catalog.stats(id)


def managed_runner(catalog: Catalog, id: str | None, name: str | None) -> ManagedRunnerInfo:
    """Return the managed runner with the id, or the only one with the name."""
    if _by_id("managed runner", id, name):
        return catalog.managed_runner(str(id))
    items = catalog.managed_runners()
    return the_one("managed runner", str(name), items, lambda one: one.name)


def managed_runners(
    catalog: Catalog, tags: Iterable[str] | None, name: str | None
) -> tuple[ManagedRunnerInfo, ...]:
    """Return the managed runners with all of the tags and a name of the pattern."""
    wanted = _tags(tags)
    found = catalog.managed_runners()
    return tuple(one for one in found if matches(one.as_dict(), name, wanted))


def template(catalog: Catalog, id: str | None, name: str | None) -> TemplateInfo:
    """Return the template with the id, or the only one with the name, including its body."""
    if not _by_id("template", id, name):
        found = the_one("template", str(name), templates(catalog, None), lambda one: one.name)
        id = found.id
    return cast(TemplateInfo, catalog.get(TEMPLATE, str(id)))


def templates(catalog: Catalog, name: str | None) -> tuple[TemplateSummary, ...]:
    """Return the templates with a name of the pattern, newest first and without bodies."""
    found = [item for item in catalog.items(TEMPLATE) if matches(item, name, None)]
    return tuple(_summary(catalog, item) for item in found)


def _summary(catalog: Catalog, item: Mapping[str, Any]) -> TemplateSummary:
    try:
        return TemplateSummary.parse(item)
    except Unusable:  # the GET reports the fault
        return cast(TemplateInfo, catalog.get(TEMPLATE, str(item.get("id"))))


def _tags(tags: Iterable[str] | None) -> tuple[str, ...]:
    wanted = tags if isinstance(tags, str) else tuple(tags or ())
    if isinstance(wanted, str) or not all(isinstance(tag, str) for tag in wanted):
        raise ResourceError("tags must be a list of strings", 'write it as in tags=["gpu"]')
    return wanted


def _by_id(label: str, id: str | None, name: str | None) -> bool:
    if (id is None) == (name is None):
        raise ResourceError(f"a {label} is looked up by id or by name", "give one of the two")
    return id is not None


#: Every lookup by the name of its function in programs.
LOOKUPS: Mapping[str, Callable[..., Any]] = {
    f"get_{lookup.__name__}": lookup
    for lookup in (
        user,
        runner,
        runners,
        runner_stats,
        managed_runner,
        managed_runners,
        template,
        templates,
    )
}
