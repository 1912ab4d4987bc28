"""Many outlets in one archive: each has its own articles, and none of another's."""

from __future__ import annotations

import json
import re
from contextlib import closing
from typing import TYPE_CHECKING, Any

from asrcrawler.items import Outcome
from asrcrawler.replica import PAGE_FIELDS, Replicas
from asrcrawler.storage import Database
from asrcrawler.storage.articles.export import Selection, export_articles
from asrcrawler.storage.checks import findings
from asrcrawler.storage.outlets import all_outlets
from asrcrawler.storage.visits.ledger import known
from tests.commands import invoke
from tests.end_to_end.following import crawl_all
from tests.end_to_end.test_crawl import as_exported

if TYPE_CHECKING:
    from asrcrawler.outlets import Outlet
    from tests.replica_fixture import ServeOutlets

FAST: dict[str, object] = {"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 4, "ASR_BATCH_SECONDS": 1}
OF_THE_VISIT = {"first_seen_at", "last_seen_at", "last_visit_at", "changed_at"}
"""Exported fields that say when we looked, and not what the site says."""


def follow(replicas: Replicas, database_url: str) -> dict[str, Outlet]:
    """Follow each outlet of the replica as a user would, and give the records by name."""
    for name, server in replicas.items():
        done = invoke("outlet", "add", name, server.base_url, settings={"ASR_DATABASE_URL": database_url})
        assert done.returncode == 0, done.stderr
    with closing(Database(database_url)) as database:
        return {outlet.name: outlet for outlet in all_outlets(database)}


def stored(database_url: str, outlets: dict[str, Outlet]) -> tuple[dict[Any, dict[str, Any]], dict[str, Any]]:
    """Every article by site and code, and by name the outcome of every visited code."""
    with closing(Database(database_url)) as database:
        articles = {(row["site"], row["code"]): row for row in export_articles(database, Selection())}
        ledger = {
            name: {code: visit.outcome for code, visit in known(database, outlet.site, list(range(1, 1000))).items()}
            for name, outlet in outlets.items()
        }
        assert list(findings(database)) == []
    return articles, ledger


def test_thirty_outlets_have_their_own_articles_in_both_databases(
    serve_outlets: ServeOutlets, sqlite_url: str, postgresql_url: str
) -> None:
    replicas = serve_outlets(30, last=30)
    spans = {name: (server.world.first, server.world.last) for name, server in replicas.items()}
    left = []
    for url in (sqlite_url, postgresql_url):
        outlets = follow(replicas, url)
        statuses, log = crawl_all(url, {name: f"{first}-{last}" for name, (first, last) in spans.items()}, FAST)
        assert statuses == dict.fromkeys(replicas, 0), log
        left.append(stored(url, outlets))
        written_by = set(re.findall(r"^\S+ \S+ \[([\w.]+)\]", log, re.MULTILINE))
        assert {name for name in written_by if not name.startswith("scrapy.")} == replicas.keys()
    articles, ledger = left[0]
    truths = {
        (name, code): server.truth(code)
        for name, server in replicas.items()
        for code in range(spans[name][0], spans[name][1] + 1)
    }
    assert {(name, code): outcome for name in ledger for code, outcome in ledger[name].items()} == {
        place: truth.outcome for place, truth in truths.items()
    }
    there = {place: truth for place, truth in truths.items() if truth.outcome is Outcome.STORED}
    assert articles.keys() == {(outlets[name].site, code) for name, code in there}
    for (name, code), truth in there.items():
        article = articles[outlets[name].site, code]
        for field in PAGE_FIELDS:
            assert article[field] == as_exported(getattr(truth, field)), f"{field} of {name} {code}"
        assert article["duplicate_of"] == truth.duplicate_of, f"{name} {code}"
    for other_articles, other_ledger in left[1:]:
        assert other_ledger == ledger
        assert [_of_the_site(row) for row in other_articles.values()] == [
            _of_the_site(row) for row in articles.values()
        ]


def test_commands_tell_two_crawled_outlets_apart(serve_outlets: ServeOutlets, sqlite_url: str) -> None:
    replicas = serve_outlets(2, last=20)
    settings = {"ASR_DATABASE_URL": sqlite_url}
    outlets = follow(replicas, sqlite_url)
    spans = {name: range(server.world.first, server.world.last + 1) for name, server in replicas.items()}
    statuses, log = crawl_all(sqlite_url, {name: f"{span[0]}-{span[-1]}" for name, span in spans.items()}, FAST)
    assert statuses == dict.fromkeys(replicas, 0), log
    there = {
        name: [code for code in spans[name] if server.truth(code).outcome is Outcome.STORED]
        for name, server in replicas.items()
    }
    for name, codes in there.items():
        exported = [
            json.loads(row) for row in invoke("export", "--outlet", name, settings=settings).stdout.splitlines()
        ]
        assert [(one["outlet"], one["site"], one["code"]) for one in exported] == [
            (name, outlets[name].site, code) for code in codes
        ]
        found = json.loads(invoke("search", "--outlet", name, "--limit", "50", "--json", settings=settings).stdout)
        assert {(hit["outlet"], hit["code"]) for hit in found["hits"]} == {(name, code) for code in codes}
        page = invoke("page", name, str(codes[0]), settings=settings).stdout
        assert f"/fa/news/{codes[0]}" in page
        again = invoke("reparse", name, settings=settings)
        assert (again.returncode, outlets[name].site in again.stdout) == (0, True)
    told = json.loads(invoke("status", "--json", settings=settings).stdout)["outlets"]
    assert {one["outlet"]: one["articles"] for one in told} == {name: len(codes) for name, codes in there.items()}
    assert invoke("status", "--check", settings=settings) == (0, "2 outlets: all is well\n", "")


def _of_the_site(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in OF_THE_VISIT}
