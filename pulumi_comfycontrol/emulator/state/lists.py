"""The possible forms of a page of a list (A15, A32)."""

from __future__ import annotations

from typing import Any

from .settings import Settings


def page_answer(name: str, items: list[Any], total: int, settings: Settings) -> Any:
    """A page of ``items``; ``total`` counts those on all pages.

    As documented: ``{"<name>": [item, …], "total": total}``.
    """
    shown = [_without(item, settings.list_omits) for item in items]
    array = None if settings.list_empty == "null" and not shown else shown
    if settings.list_form == "bare":
        return array
    answer: dict[str, Any] = {"data" if settings.list_form == "data" else name: array}
    if settings.list_total == "text":
        answer["total"] = str(total)
    elif settings.list_total == "page":
        answer["total"] = len(shown)
    elif settings.list_total == "all":
        answer["total"] = total
    return answer


def _without(item: dict[str, Any], names: list[str]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in names}
