"""Compare an archive with the truths of the sites, and tell what the ledger says of each code that is not as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from asrcrawler.items import Outcome
from asrcrawler.pipelines.clean import clean_article
from asrcrawler.replica.rendering import Pages
from asrcrawler.samaneh.page import read_page
from asrcrawler.storage.articles.export import export_articles
from asrcrawler.storage.articles.selection import Selection
from asrcrawler.storage.models import ledger

if TYPE_CHECKING:
    from asrcrawler.replica import Replicas
    from asrcrawler.storage import Database

TEXT = ("kicker", "title", "lead", "body")
_TOLD = [ledger.c[name] for name in ("code", "outcome", "reason", "visits", "visited_at", "next_visit_at")]


class Comparison(NamedTuple):
    """What an archive has of all sites."""

    there: int
    """Articles that there are to be had."""
    missing: list[str]
    """Those that are not stored, or not as they are now: each with what the ledger says of its code."""
    misread: list[str]
    """Those that are stored as the parser reads them from the page of now, which is not the truth."""
    too_many: list[str]
    """Codes that are stored and have no article."""


def failed(database: Database) -> int:
    """Count the codes whose last visit failed, and that wait for another one."""
    waiting = ledger.c.outcome == str(Outcome.FAILED), ledger.c.next_visit_at.is_not(None)
    with database.read() as connection:
        return connection.execute(select(func.count()).where(*waiting)).scalar_one()


def compare(database: Database, replicas: Replicas) -> Comparison:
    """Compare all outlets. Every article is stored once."""
    stored: dict[tuple[str, int], tuple[object, ...]] = {}
    for article in export_articles(database, Selection()):
        key = article["site"], article["code"]
        assert key not in stored
        stored[key] = tuple(article[name] for name in TEXT)
    there = 0
    missing: list[str] = []
    misread: list[str] = []
    too_many: list[str] = []
    for name, server in replicas.items():
        site, world = server.base_url.removeprefix("http://"), server.world
        told, pages = _ledger(database, site), Pages(world, server.base_url)
        for code in range(world.first, world.last + 1):
            truth = world.truth(code)
            text = stored.get((site, code))
            kept, outcome = told.get(code, (None, "never visited"))
            if truth.outcome is not Outcome.STORED:
                too_many += [f"{name} {code}: {outcome}"] if kept == Outcome.STORED else []
                continue
            there += 1
            if text is None:
                missing.append(f"{name} {code}: not stored; {outcome}")
            elif other := [field for field, value in zip(TEXT, text, strict=True) if value != getattr(truth, field)]:
                is_read_so = text == _read(pages.article(code, world.now), site, code, server.url(code))
                differing = misread if is_read_so else missing
                differing.append(f"{name} {code}: another {', '.join(other)}; {outcome}")
    return Comparison(there, missing, misread, too_many)


def _read(page: bytes, site: str, code: int, url: str) -> tuple[object, ...]:
    article = read_page(page, site=site, code=code, url=url, base_url=f"http://{site}")
    clean_article(article)
    return tuple(getattr(article, name) for name in TEXT)


def _ledger(database: Database, site: str) -> dict[int, tuple[str | None, str]]:
    """Give the outcome of every code of a site, and all that is known of its last visit, for people."""
    with database.read() as connection:
        rows = connection.execute(select(*_TOLD).where(ledger.c.site == site)).all()
    return {row.code: (row.outcome, _told(*row[1:])) for row in rows}


def _told(outcome: str | None, reason: str | None, visits: int, visited_at: object, next_visit_at: object) -> str:
    if outcome is None:
        return "listed and never visited"
    again = f"next visit {next_visit_at:%F %T}" if next_visit_at else "settled"
    return f"{outcome} ({reason}) at visit {visits}, {visited_at:%F %T}; {again}"
