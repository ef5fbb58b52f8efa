"""How each function of :mod:`.functions` finds its result in a catalog.

The core is imported on use: a program without such functions doesn't pay for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, get_args

from .results import RunnerInfo

if TYPE_CHECKING:
    from ..core.api.catalog import Catalog
    from ..core.types.managed_runner import ManagedRunnerInfo
    from ..core.types.record import Record
    from ..core.types.stats import RunnerStats
    from ..core.types.template import TemplateInfo, TemplateSummary
    from ..core.types.user import UserInfo


def user(catalog: Catalog) -> UserInfo:
    """See ``get_user``."""
    return catalog.user()


def runner(catalog: Catalog, id: str | None, name: str | None) -> RunnerInfo:
    """See ``get_runner``."""
    from ..core.api.catalog import the_one
    from ..core.types.runner import RUNNER

    if _by_id("runner", id, name):
        return _runner(catalog.get(RUNNER, str(id)))
    items = catalog.items(RUNNER)
    item = the_one("runner", str(name), items, lambda one: str(one.get("name")))
    return _runner(catalog.record(RUNNER, item))


def runners(
    catalog: Catalog, status: str | None, tags: Iterable[str] | None, name: str | None
) -> tuple[RunnerInfo, ...]:
    """See ``get_runners``."""
    from ..core.api.catalog import matches
    from ..core.errors import ResourceError
    from ..core.types.runner import RUNNER, Status
    from ..core.types.validation import shown

    if status not in {None, *get_args(Status)}:
        fault = f"status must be 'active' or 'disabled', but it is {shown(status)}"
        raise ResourceError(fault, "correct it, or leave it out")
    wanted = _tags(tags)
    found = [item for item in catalog.items(RUNNER) if matches(item, name, wanted)]
    # The API's own filter isn't used: older copies of its page lack it (A15).
    runners = (_runner(catalog.record(RUNNER, item)) for item in found)
    return tuple(one for one in runners if status in {None, one.status})


def runner_stats(catalog: Catalog, id: str) -> RunnerStats:
    """See ``get_runner_stats``."""
    return catalog.stats(id)


def managed_runner(catalog: Catalog, id: str | None, name: str | None) -> ManagedRunnerInfo:
    """See ``get_managed_runner``."""
    from ..core.api.catalog import the_one

    if _by_id("managed runner", id, name):
        return catalog.managed_runner(str(id))
    items = catalog.managed_runners()
    return the_one("managed runner", str(name), items, lambda one: one.name)


def managed_runners(
    catalog: Catalog, tags: Iterable[str] | None, name: str | None
) -> tuple[ManagedRunnerInfo, ...]:
    """See ``get_managed_runners``."""
    from ..core.api.catalog import matches

    wanted = _tags(tags)
    found = catalog.managed_runners()
    return tuple(one for one in found if matches(one.as_dict(), name, wanted))


def template(catalog: Catalog, id: str | None, name: str | None) -> TemplateInfo:
    """See ``get_template``."""
    from ..core.api.catalog import the_one
    from ..core.types.template import TEMPLATE, TemplateInfo

    if not _by_id("template", id, name):
        found = the_one("template", str(name), templates(catalog, None), lambda one: one.name)
        id = found.id
    record = catalog.get(TEMPLATE, str(id))
    assert isinstance(record, TemplateInfo)  # noqa: S101 - for the type checker
    return record


def templates(catalog: Catalog, name: str | None) -> tuple[TemplateSummary, ...]:
    """See ``get_templates``."""
    from ..core.api.catalog import matches
    from ..core.types.template import TEMPLATE, TemplateSummary

    items = (item for item in catalog.items(TEMPLATE) if matches(item, name, None))
    return tuple(TemplateSummary.parse(item) for item in items)


def _tags(tags: Iterable[str] | None) -> tuple[str, ...]:
    from ..core.errors import ResourceError

    wanted = tags if isinstance(tags, str) else tuple(tags or ())
    if isinstance(wanted, str) or not all(isinstance(tag, str) for tag in wanted):
        raise ResourceError("tags must be a list of strings", 'write it as in tags=["gpu"]')
    return wanted


def _by_id(label: str, id: str | None, name: str | None) -> bool:
    from ..core.errors import ResourceError

    if (id is None) == (name is None):
        raise ResourceError(f"a {label} is looked up by id or by name", "give one of the two")
    return id is not None


def _runner(record: Record) -> RunnerInfo:
    from ..core.types.runner import RunnerRecord

    assert isinstance(record, RunnerRecord)  # noqa: S101 - for the type checker
    return RunnerInfo.of(record)
