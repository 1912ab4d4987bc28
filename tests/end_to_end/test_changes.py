"""Months of cron: edits, rotating boxes, deletions, restorations, an outage of 404s, late deletions.

What the lists, the pages, the feeds and the export tell is exactly what happened, once each.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import select

from asrcrawler.clock import pretend_it_is
from asrcrawler.gone import Presence, is_outage
from asrcrawler.items import EDITED, Change
from asrcrawler.policy import change_class
from asrcrawler.reader.asked import PAGE
from asrcrawler.reader.library import Library
from asrcrawler.replica import World
from asrcrawler.storage.articles.edits import TEXTUAL
from asrcrawler.storage.articles.export import Selection, export_articles
from asrcrawler.storage.articles.gone import missed
from asrcrawler.storage.checks import findings
from asrcrawler.storage.models import run, visit
from tests.end_to_end.crawling import Crawl, simulated
from tests.reader.conftest import client_of

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.testclient import TestClient

    from asrcrawler.storage import Database

WORLD: dict[str, Any] = {
    "first": 1, "last": 400, "density": 0.5, "articles_per_day": 30, "deletion_share": 0.06, "edit_share": 0.4,
}  # fmt: skip
DAY = 24  # hours
FIRST_HOUR = 48
SETTLED = 95 * DAY  # all articles are past the age of edits, and the last look at them is a month ago
HOURS = [
    *range(0, 9 * DAY, 12),
    *(day * DAY for day in (9, 10, 11, 12, 14, 16, 18, 21, 24, 28, 32, 40, 48, 56, 64, 72)),
    *(SETTLED + day * DAY for day in range(8)),
]
OUTAGES = [5 * DAY, 6 * DAY]  # the second one when the looks are repeated that the first one spoiled
ALWAYS = 10**6
ATOM = "{http://www.w3.org/2005/Atom}"

Told = tuple[datetime, int, int, Change]
"""An edit: when it was found, the code, the number of the text before it, and its class."""


@dataclass(frozen=True, slots=True)
class Months:
    """What the crawler made of the months, and what is true of them."""

    world: World
    database: Database
    start: datetime
    back: list[int]
    late: list[int]

    def at(self, hour: float) -> datetime:
        return self.start + timedelta(hours=hour)

    def gone(self) -> dict[int, datetime]:
        """Since when each article is not on the site that was there at an earlier look."""
        end = self.at(HOURS[-1])
        codes = [one["code"] for one in export_articles(self.database, Selection())]
        deleted = {code: self.world.entry(code).deleted_at for code in codes if not self.world.is_visible(code, end)}
        return {code: moment for code, moment in deleted.items() if moment} | {
            code: self.at(80 * DAY) for code in self.late
        }

    def edits(self) -> list[Told]:
        """Compare what the site showed at each look with what it showed at the look before; the latest edit first."""
        looks: dict[int, list[tuple[datetime, datetime]]] = {}
        with self.database.read() as connection:
            seen = select(visit.c.code, visit.c.at).where(visit.c.outcome == "stored").order_by(visit.c.id)
            for code, moment in connection.execute(seen):
                looks.setdefault(code, []).append((moment, max(at for at in map(self.at, HOURS) if at <= moment)))
        found = []
        for code, moments in looks.items():
            edits = [
                (moment, change)
                for (_, before), (moment, after) in pairwise(moments)
                if (change := change_class(self._text(code, before), self._text(code, after))) is not None
            ]
            found += [(moment, code, number, change) for number, (moment, change) in enumerate(edits, start=1)]
        return sorted(found, reverse=True)

    def _text(self, code: int, at: datetime) -> dict[str, Any]:
        return self.world.truth(code, at).fields()


def hrefs(client: TestClient, address: str | None, selector: str) -> list[str]:
    """Where the links of a list lead, on all of its pages."""
    found: list[str] = []
    while address:
        answer = client.get(address)
        assert answer.status_code == 200
        tree = LexborHTMLParser(answer.text)
        found += [str(link.attributes["href"]) for link in tree.css(selector)]
        further = tree.css_first("a[rel=next]")
        address = str(further.attributes["href"]) if further else None
    return found


def followed(client: TestClient, address: str | None) -> list[tuple[str, str]]:
    """What the entries of a feed lead to, and when they were updated, on all of its pages."""
    found, names = [], []
    while address:
        root = ElementTree.fromstring(client.get(address).content)
        entries = list(root.iter(f"{ATOM}entry"))
        assert len(entries) <= PAGE
        names += [entry.findtext(f"{ATOM}id") for entry in entries]
        for entry in entries:
            link = entry.find(f"{ATOM}link")
            assert link is not None
            found.append(
                (str(link.get("href")).removeprefix("http://localhost"), str(entry.findtext(f"{ATOM}updated")))
            )
        further = [str(link.get("href")) for link in root.findall(f"{ATOM}link") if link.get("rel") == "next"]
        address = further[0].removeprefix("http://localhost") if further else None
    assert len(set(names)) == len(names)
    return found


def outages_are_told(months: Months) -> None:
    with months.database.read() as connection:
        judged = {row.started_at: is_outage(row.looks, row.missing_looks) for row in connection.execute(select(run))}
    assert [moment for moment, outage in judged.items() if outage] == [
        moment for moment in judged if any(abs(moment - months.at(hour)) < timedelta(minutes=30) for hour in OUTAGES)
    ]


def deletions_are_told(months: Months, client: TestClient) -> None:
    expected = months.gone()
    assert len(expected) > len(months.late) + 5
    exported = {one["code"]: one for one in export_articles(months.database, Selection(gone=True))}
    assert sorted(exported) == sorted(expected)
    for code, one in exported.items():
        assert expected[code] <= one["gone_at"] <= one["last_visit_at"] - timedelta(days=1), code
        assert one["last_seen_at"] < one["gone_at"]
    for again in missed(months.database, Presence.BACK):
        assert months.at(2 * DAY) <= again.gone_at < again.confirmed_at  # type: ignore[operator]
        assert again.confirmed_at < months.at(20 * DAY) <= again.back_at  # type: ignore[operator]
    assert missed(months.database, Presence.DOUBTFUL) == []
    for state, codes in (("gone", expected), ("back", months.back), ("waiting", [])):
        paths = sorted(f"/news/{code}" for code in codes)
        assert sorted(hrefs(client, f"/changes/gone?state={state}", ".row h3 a")) == paths
        assert sorted(path for path, _ in followed(client, f"/changes/gone.atom?state={state}")) == paths


def edits_are_told(months: Months, client: TestClient) -> None:
    expected = months.edits()
    assert {change for *_, change in expected} == set(Change)
    assert len(expected) > PAGE  # there are several pages
    exported, texts = [], []
    for one in export_articles(months.database, Selection(), revisions=True):
        for kept in one["revisions"]:
            exported.append((kept["replaced_at"], one["code"], kept["revision"], kept["change"]))
            truth = months.world.truth(one["code"], max(at for at in map(months.at, HOURS) if at <= kept["seen_at"]))
            texts.append([kept[name] == truth.fields()[name] for name in EDITED])
    assert sorted(exported, reverse=True) == expected
    assert all(map(all, texts))
    told = {None: TEXTUAL} | {change: (change,) for change in Change}
    for asked, classes in told.items():
        query = f"?class={asked}" if asked else ""
        wanted = [edit for edit in expected if edit[-1] in classes]
        paths = [f"/news/{code}/edits/{number}" for _, code, number, _ in wanted]
        assert hrefs(client, f"/changes{query}", ".row .change a") == paths
        moments = [moment.isoformat(timespec="seconds") for moment, *_ in wanted]
        assert followed(client, f"/changes.atom{query}") == list(zip(paths, moments, strict=True))


def test_what_is_told_is_what_happened(tmp_path: Path) -> None:
    """All of it in one test, for it takes long to crawl through months."""
    world = World(**WORLD)
    start = world.timeline.starts.astimezone(UTC) + timedelta(hours=FIRST_HOUR)
    lasting = [
        code
        for code in range(1, 401)
        if world.is_article(code) and world.published_at(code) < start and world.entry(code).deleted_at is None
    ]
    back, blinked, late = lasting[:4], lasting[4:7], lasting[7:10]
    hidden = dict.fromkeys(back, (2 * DAY, 20 * DAY))
    hidden |= dict.fromkeys(blinked, (3 * DAY, 3 * DAY + 6))  # one look at most
    hidden |= dict.fromkeys(late, (80 * DAY, ALWAYS))
    database_url = f"sqlite:///{tmp_path / 'asr.db'}"
    _, log = simulated(
        {
            "world": WORLD,
            "from_hour": FIRST_HOUR,
            "hours": HOURS,
            "database_url": database_url,
            "settings": {"ASR_BACKFILL_PER_RUN": 120, "ASR_OLD_PER_RUN": 60},
            "habits": {"conditional": False},  # each look has the page as it is now, with the boxes of its day
            "hidden": hidden,
            "outages": OUTAGES,
        }
    )
    with closing(Crawl("", database_url).database) as database:
        months = Months(world, database, start, back, late)
        assert log.count("taken for an outage of the site") == len(OUTAGES)
        outages_are_told(months)
        client = client_of(Library(database=database))
        pretend_it_is(months.at(HOURS[-1] + 1))
        try:
            deletions_are_told(months, client)
            edits_are_told(months, client)
        finally:
            pretend_it_is(None)
        assert [str(finding) for finding in findings(database)] == []
