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


def value_of(item: Any, name: str) -> Any:
    """Give the value of a field; None where the item has none. Of our own items it is asked without the mapping."""
    return getattr(item, name, None) if isinstance(item, Article | Absence) else Fields(item).get(name)


def set_value(item: Any, name: str, value: Any) -> None:
    """Set a field that the class of the item has."""
    if isinstance(item, Article | Absence):
        setattr(item, name, value)
    else:
        Fields(item)[name] = value


def article_in(item: Any) -> Any:
    """Give the article that was read in the page of a visit, be it one that is not taken yet; None for none."""
    return item if value_of(item, "outcome") is None else value_of(item, "reading")


def as_visit(item: Any) -> Article | Absence:
    """Make one of our items of one of any class, for storage. Fields that ours do not have are left out."""
    if isinstance(item, Article | Absence):
        return item
    given = Fields(item)
    ours = Article if given.get("outcome") is None else Absence
    return ours(**{name: given[name] for name in _stated(ours) if name in given})
