"""Write the reports of ``scrapy outlet``: the outlets in a table, and how a page of one was read."""

from __future__ import annotations

from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from asrcrawler.cli.output import columns
from asrcrawler.items import NAMES, Article

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from asrcrawler.items import Absence
    from asrcrawler.outlets import Outlet

LONGEST_SHOWN = 80  # characters of a value
_OF_THE_REQUEST = frozenset({"site", "code", "url", "short_url"})
"""Fields that come from what was asked for and not from a place on the page."""
NOWHERE = "-"


def table(outlets: Sequence[Outlet]) -> list[str]:
    """List outlets with their facts, a line each."""
    if not outlets:
        return ["This archive follows no outlet yet; scrapy outlet add NAME, or scrapy crawl asr."]
    head = ("name", "site", "fetched at", "every", "delay", "first", "backfill", "group", "")
    return columns([head, *(_row(outlet) for outlet in outlets)])


def known_table(outlets: Iterable[Outlet]) -> list[str]:
    """List outlets that can be followed by name."""
    return columns([(outlet.name, outlet.base_url, outlet.title or "") for outlet in outlets])


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in one page of an outlet."""

    outlet: Outlet
    item: Article | Absence

    @property
    def article(self) -> Article | None:
        return self.item if isinstance(self.item, Article) else None

    @property
    def missing(self) -> list[str]:
        """Name the fields without a value."""
        return [name for name in NAMES if getattr(self.article, name) in (None, [])] if self.article else []

    def as_json(self) -> dict[str, Any]:
        """Give it for machines."""
        told: dict[str, Any] = {"outlet": self.outlet.name, "site": self.outlet.site, "code": self.item.code}
        if not isinstance(self.item, Article):
            return told | {"outcome": str(self.item.outcome), "reason": self.item.reason}
        fields = {name: _plain(getattr(self.item, name)) for name in NAMES}
        places = {name: self._place(name) for name in NAMES}
        return told | {
            "outcome": "stored",
            "article": fields,
            "places": places,
            "missing": self.missing,
            "notes": self.item.notes,
        }

    def _place(self, name: str) -> str | None:
        if name in _OF_THE_REQUEST:
            return "request"
        return None if name in self.missing or self.article is None else self.article.sources.get(name, "page")


def lines(reading: Reading) -> list[str]:
    """Write each field with the place that it came from; what is missing, and what a person should know."""
    item, outlet = reading.item, reading.outlet
    if not isinstance(item, Article):
        return [f"{outlet.name} {item.code}: no article was read: {item.outcome}, {item.reason}"]
    told = reading.as_json()
    rows = [("field", "place", "value")]
    rows += [(name, told["places"][name] or NOWHERE, _shown(told["article"][name])) for name in NAMES]
    missing = f"Missing: {', '.join(reading.missing)}" if reading.missing else "Nothing is missing."
    return [f"{outlet.name} {item.code}: read", "", *columns(rows), "", missing, *(f"Note: {n}" for n in item.notes)]


def _row(outlet: Outlet) -> tuple[str, ...]:
    state = "removed" if not outlet.followed else "" if outlet.enabled else "disabled"
    delay = NOWHERE if outlet.delay is None else f"{outlet.delay:g} s"
    facts = (f"{outlet.every} min", delay, str(outlet.first_code or NOWHERE), str(outlet.backfill), outlet.server)
    return (outlet.name, outlet.site, outlet.base_url, *facts, state)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


def _shown(value: Any) -> str:
    """Write a value in one short line; of a list, its length and its first element."""
    if value in (None, []):
        return NOWHERE
    if isinstance(value, list):
        first = value[0]["url"] if isinstance(value[0], dict) else value[0]
        return f"{len(value)}: {_shown(first)}"
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
