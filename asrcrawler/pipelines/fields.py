"""Read and write the fields of an item whatever its class: one of ours, one with more fields, a dict.

An item of another class has the fields of :class:`~asrcrawler.items.Article`, or, with the field ``outcome``, those of
:class:`~asrcrawler.items.Absence`.
"""

from __future__ import annotations

from dataclasses import Field, fields
from functools import cache
from typing import Any

from itemadapter import ItemAdapter
from itemadapter.adapter import DataclassAdapter

from asrcrawler.items import Absence, Article


@cache
def _stated(class_: type) -> dict[str, Field[Any]]:
    return {stated.name: stated for stated in fields(class_)}


class _QuickAdapter(DataclassAdapter):
    """An adapter that lists the fields of a class once: listing them for each item takes 0.01 ms."""

    def __init__(self, item: Any) -> None:
        self.item = item
        self._fields_dict = _stated(item.__class__)


class Fields(ItemAdapter):
    """The fields of an item, as a mapping."""

    ADAPTER_CLASSES = (_QuickAdapter, *ItemAdapter.ADAPTER_CLASSES)


def article_in(item: Any) -> Any:
    """Give the article that was read in the page of a visit, be it one that is not taken yet; None for none."""
    given = Fields(item)
    return given.get("reading") if _is_absence(given) else item


def as_visit(item: Any) -> Article | Absence:
    """Make one of our items of one of any class, for storage. Fields that ours do not have are left out."""
    if isinstance(item, Article | Absence):
        return item
    given = Fields(item)
    ours = Absence if _is_absence(given) else Article
    return ours(**{name: given[name] for name in _stated(ours) if name in given})


def _is_absence(given: Fields) -> bool:
    return given.get("outcome") is not None
