"""Read and write the fields of an item whatever its class: one of ours, one with more fields, a dict.

An item of another class has the fields of :class:`~asrcrawler.items.Article`, or, with the field ``outcome``, those of
:class:`~asrcrawler.items.Absence`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asrcrawler.items import Absence, Article

if TYPE_CHECKING:
    from asrcrawler.pipelines.adapter import Fields


def value_of(item: Any, name: str) -> Any:
    """Give the value of a field; None where the item has none. Of our own items it is asked without the mapping."""
    return getattr(item, name, None) if isinstance(item, Article | Absence) else _fields(item).get(name)


def set_value(item: Any, name: str, value: Any) -> None:
    """Set a field that the class of the item has."""
    if isinstance(item, Article | Absence):
        setattr(item, name, value)
    else:
        _fields(item)[name] = value


def article_in(item: Any) -> Any:
    """Give the article that was read in the page of a visit, be it one that is not taken yet; None for none."""
    return item if value_of(item, "outcome") is None else value_of(item, "reading")


def _fields(item: Any) -> Fields:
    # With it comes all of Scrapy, which the processes that read captures again can do without.
    from asrcrawler.pipelines.adapter import Fields

    return Fields(item)
