"""Many outlets in one archive: each has its own articles, and none of another's."""

from __future__ import annotations

import json
import re
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from asrcrawler.crawl.memory import Memory
from asrcrawler.items import Outcome
from asrcrawler.outlets import site_of
from asrcrawler.replica import PAGE_FIELDS, Replicas
from asrcrawler.storage import Database
from asrcrawler.storage.articles.export import Selection, export_articles
from asrcrawler.storage.checks import findings
from asrcrawler.storage.outlets import all_outlets
from asrcrawler.storage.visits.ledger import known
from asrcrawler.storage.visits.runs import last_memory
from tests.commands import invoke
from tests.end_to_end.crawling import SITE, Crawl
from tests.end_to_end.following import crawl_all
from tests.end_to_end.table import Reply, TableSite, article_page
from tests.end_to_end.test_crawl import IN_HASTE, as_exported

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

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
    """Every article by its outlet and code, and by name the outcome of every visited code."""
    with closing(Database(database_url)) as database:
        articles = {(row["outlet"], row["code"]): row for row in export_articles(database, Selection())}
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
    assert articles.keys() == there.keys()
    for (name, code), truth in there.items():
        article = articles[name, code]
        assert article["site"] == outlets[name].site
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


def rss(*links: str) -> Reply:
    items = "".join(f"<item><link>{link}</link></item>" for link in links)
    return Reply(f"<rss><channel>{items}</channel></rss>".encode())


def leads_to(address: str) -> Reply:
    return Reply(status=301, headers={"Location": address})


def add(database_url: str, name: str, *words: str) -> None:
    done = invoke("outlet", "add", name, *words, "--backfill", "0", settings={"ASR_DATABASE_URL": database_url})
    assert done.returncode == 0, done.stderr


def outcomes(database_url: str, site: str) -> dict[int, Outcome | None]:
    with closing(Database(database_url)) as database:
        return {code: visit.outcome for code, visit in known(database, site, list(range(1, 1000))).items()}


def all_lead_to(elsewhere: str, own: str) -> dict[str, Reply]:
    """A site of one article whose every other answer leads, or names what is, elsewhere."""
    return {
        "/robots.txt": leads_to(f"{elsewhere}/robots.txt"),
        "/fa/rss/allnews": rss(f"{own}/fa/news/5", f"{own}/fa/news/6", f"{elsewhere}/fa/news/7"),
        "/fa": leads_to(f"{elsewhere}/fa"),
        "/fa/news/5": article_page(5),
        "/fa/news/6": leads_to(f"{elsewhere}/fa/news/6"),
        "/fa-sitemap-news": leads_to(f"{elsewhere}/fa-sitemap-news"),
        "/fa-sitemap-newsarchive": Reply(
            f"<sitemapindex><sitemap><loc>{elsewhere}/maps/1.xml</loc></sitemap>"
            f"<sitemap><loc>{own}/maps/2.xml</loc></sitemap></sitemapindex>".encode()
        ),
        "/maps/2.xml": Reply(f"<urlset><url><loc>{elsewhere}/fa/news/8</loc></url></urlset>".encode()),
    }


def test_nothing_leads_from_an_outlet_to_another_one(sqlite_url: str) -> None:
    with TableSite({}) as other, TableSite({}) as first, TableSite({}) as second:
        add(sqlite_url, "other", other.base_url, "--site", "other.example")
        add(sqlite_url, "first", first.base_url, "--site", "first.example")
        add(sqlite_url, "second", second.base_url, "--site", "second.example")
        first.answers = all_lead_to(other.base_url, "http://first.example")  # to where the other is fetched
        second.answers = all_lead_to("https://www.other.example", second.base_url)  # to its own site
        statuses, log = crawl_all(sqlite_url, {"first": "", "second": ""}, FAST)
    assert statuses == {"first": 0, "second": 0}, log
    assert other.asked == []
    for name in ("first", "second"):
        assert outcomes(sqlite_url, f"{name}.example") == {5: Outcome.STORED, 6: Outcome.REFUSED}
    assert outcomes(sqlite_url, "other.example") == {}


def test_a_public_outlet_leads_no_crawl_to_a_private_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = "http://public.example"  # resolves to nothing: whatever is asked for is asked of the proxy
    with TableSite({}) as inner, TableSite({}) as proxy:
        port = inner.base_url.rpartition(":")[2]
        loopback = f"http://127.0.0.1:{port}"
        answers = all_lead_to(loopback, base) | {
            "/fa/news/20": leads_to("http://10.0.0.1/fa/news/20"),
            "/fa/news/21": leads_to("/step/21"),  # a step that may be followed, before one that may not
            "/step/21": leads_to(f"http://[::1]:{port}/fa/news/21"),
            "/fa/news/22": leads_to(f"{base}:{port}/fa/news/22"),
        }
        proxy.answers = {base + path: reply for path, reply in answers.items()}
        monkeypatch.setenv("http_proxy", proxy.base_url)
        monkeypatch.setenv("https_proxy", proxy.base_url)
        monkeypatch.delenv("no_proxy", raising=False)
        crawl = Crawl(base, f"sqlite:///{tmp_path / 'asr.db'}")
        for words in ((), ("codes=20-22",)):
            _, log = crawl.run(*words, settings=FAST | {"ASR_BACKFILL_PER_RUN": 0}, before=IN_HASTE)
            assert "Traceback" not in log
    assert inner.asked == []
    assert {urlsplit(url).netloc for url in proxy.asked} == {"public.example"}
    assert f"{base}/step/21" in proxy.asked
    refused = dict.fromkeys((6, 20, 21, 22), Outcome.REFUSED)
    assert outcomes(crawl.database_url, SITE) == {5: Outcome.STORED} | refused


def test_what_one_outlet_says_and_does_is_not_taken_for_another(sqlite_url: str) -> None:
    articles = {f"/fa/news/{code}": article_page(code) for code in (7, 9, 120)}
    with TableSite(articles) as one, TableSite(articles) as two:
        add(sqlite_url, "one", one.base_url)
        add(sqlite_url, "two", two.base_url)
        one.answers["/robots.txt"] = Reply(b"User-agent: *\nDisallow: /fa/news/7\n")
        one.answers["/fa/rss/allnews"] = rss("/fa/news/9", "/fa/news/7")
        two.answers["/fa/rss/allnews"] = rss("/fa/news/120", "/fa/news/7")
        invoke("outlet", "set", "two", "--disable", settings={"ASR_DATABASE_URL": sqlite_url})  # by hand it is crawled
        both = {"one": "", "two": ""}
        statuses, log = crawl_all(sqlite_url, both, FAST)
        assert statuses == {"one": 0, "two": 0}, log
        sites = [site_of(site.base_url) or "" for site in (one, two)]
        assert [outcomes(sqlite_url, site) for site in sites] == [
            {7: Outcome.REFUSED, 9: Outcome.STORED}, {7: Outcome.STORED, 120: Outcome.STORED}
        ]  # fmt: skip
        one.answers["/fa/rss/allnews"] = Reply(status=403)  # a refusal; the run after it rests
        statuses, log = crawl_all(sqlite_url, both, FAST)
        assert statuses == {"one": 75, "two": 0}, log
        one.asked.clear()
        two.asked.clear()
        statuses, log = crawl_all(sqlite_url, both, FAST)
        assert statuses == {"one": 75, "two": 0}, log
        assert one.asked == []
        assert "/fa/rss/allnews" in two.asked
    with closing(Database(sqlite_url)) as database:
        assert [Memory.from_json(last_memory(database, site)).newest for site in sites] == [9, 120]
