"""A site that is fetched somewhere else than at its own host."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from asrcrawler.items import Outcome
from tests.end_to_end.crawling import FAST, Crawl
from tests.end_to_end.table import Reply, TableSite, article_page

if TYPE_CHECKING:
    from pathlib import Path

OUTLET, WWW = "http://asrpress.ir", "https://www.asrpress.ir"
BASE = "http://mirror.example:8080"
"""Resolves to nothing: what is not asked of the proxy cannot be answered."""


def leads_to(address: str) -> Reply:
    return Reply(status=301, headers={"Location": address})


def rss(*links: str) -> Reply:
    return Reply(
        f"<rss><channel>{''.join(f'<item><link>{link}</link></item>' for link in links)}</channel></rss>".encode()
    )


MIRROR = {
    "/robots.txt": leads_to(f"{WWW}/rules.txt"),
    "/rules.txt": Reply(b"User-agent: *\nDisallow: /fa/news/16\n"),
    "/fa/rss/allnews": leads_to(f"{OUTLET}/fa/rss/all?n=100"),
    "/fa/rss/all?n=100": rss(
        f"{OUTLET}/fa/news/20/x", f"{WWW}/fa/news/19", "http://elsewhere.example/fa/news/18", f"{WWW}/fa/news/15",
        f"{WWW}/fa/news/14", f"{OUTLET}/fa/news/16",
    ),
    "/fa": Reply(f'<a href="{WWW}/fa/news/17/x">x</a><a href="//asrpress.ir.evil.example/fa/news/18">y</a>'.encode()),
    "/fa/news/20": leads_to(f"{WWW}/fa/news/20/slug?a=b"),
    "/fa/news/20/slug?a=b": article_page(20),
    "/fa/news/19": leads_to(f"{OUTLET}/00000J"),
    "/00000J": article_page(19),
    "/fa/news/17": article_page(17),
    "/fa/news/15": leads_to("http://elsewhere.example/fa/news/15"),
    "/fa/news/14": leads_to(f"{OUTLET}/fa/notice"),
    "/fa/notice": Reply("<p>این خبر برداشته شده است.</p>".encode()),
    "/fa-sitemap-newsarchive": Reply(
        f"<sitemapindex><sitemap><loc>{OUTLET}/maps/index.xml?a=1&b=2</loc></sitemap>"
        "<sitemap><loc>http://elsewhere.example/1.xml</loc></sitemap></sitemapindex>".encode()
    ),
    "/maps/index.xml?a=1&b=2": Reply(b"<sitemapindex><sitemap><loc>1.xml</loc></sitemap></sitemapindex>"),
    "/maps/1.xml": Reply(f"<urlset><url><loc>{WWW}/fa/news/9/x</loc></url></urlset>".encode()),
    "/fa/news/9": article_page(9),
}  # fmt: skip


def test_at_a_mirror_nothing_but_the_mirror_is_contacted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with TableSite({BASE + path: reply for path, reply in MIRROR.items()}) as proxy:
        monkeypatch.setenv("http_proxy", proxy.base_url)
        monkeypatch.setenv("https_proxy", proxy.base_url)
        monkeypatch.delenv("no_proxy", raising=False)
        crawl = Crawl(BASE, f"sqlite:///{tmp_path / 'asr.db'}")
        status, log = crawl.run(settings=FAST | {"ASR_BACKFILL_PER_RUN": 1})
    assert status == 0, log
    assert {urlsplit(url).netloc for url in proxy.asked} == {urlsplit(BASE).netloc}
    assert {url.removeprefix(BASE) for url in proxy.asked} == MIRROR.keys()
    assert {code: visit.outcome for code, visit in crawl.ledger(range(30)).items()} == {
        20: Outcome.STORED, 19: Outcome.STORED, 17: Outcome.STORED, 16: Outcome.REFUSED, 15: Outcome.REFUSED,
        14: Outcome.MISSING, 9: Outcome.STORED,
    }  # fmt: skip
    assert crawl.articles()[20]["url"] == f"{BASE}/fa/news/20"


def test_deleted_articles_that_lead_to_a_notice_are_no_alarm(tmp_path: Path) -> None:
    notice = {"/fa/gone": Reply("<p>این خبر برداشته شده است.</p>".encode())}
    lists = {f"/fa/news/{code}": leads_to("/fa/archive?page=1") for code in range(10, 20)}
    with TableSite(notice | lists | {f"/fa/news/{code}": leads_to("/fa/gone") for code in range(20, 30)}) as site:
        crawl = Crawl(site.base_url, f"sqlite:///{tmp_path / 'asr.db'}")
        status, log = crawl.run("codes=10-29")
    assert status == 0, log
    assert {visit.outcome for visit in crawl.ledger(range(10, 30)).values()} == {Outcome.MISSING}
    assert "NO LONGER READ" not in log


def test_a_host_with_an_ipv6_address_alone(tmp_path: Path) -> None:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            pass
    except OSError:
        pytest.skip("this machine has no IPv6")
    answers = {
        "/robots.txt": Reply(b"User-agent: *\nDisallow: /fa/archive\n"),
        "/fa/rss/allnews": leads_to(f"{OUTLET}/fa/rss/all"),
        "/fa/rss/all": rss(f"{OUTLET}/fa/news/3"),
        "/fa/news/3": leads_to("/fa/news/3/slug"),
        "/fa/news/3/slug": article_page(3),
        "/fa": Reply(b"<a href=/fa/news/2>x</a>"),
        "/ping": Reply(),
    }
    with TableSite(answers, "::1") as site:
        crawl = Crawl(site.base_url, f"sqlite:///{tmp_path / 'asr.db'}")
        settings = FAST | {"ASR_BACKFILL_PER_RUN": 0, "ASR_PING_URL": f"{site.base_url}/ping"}
        status, log = crawl.run(settings=settings)
    assert (status, set(crawl.articles())) == (0, {3}), log
    assert {"/robots.txt", "/fa/news/3/slug", "/ping"} <= set(site.asked)


def test_a_name_that_leads_to_no_address_is_told_as_that(tmp_path: Path) -> None:
    crawl = Crawl("http://nowhere.invalid", f"sqlite:///{tmp_path / 'asr.db'}")
    status, log = crawl.run("codes=1", settings=FAST | {"RETRY_TIMES": 0})
    assert status == 75, log
    assert "CannotResolveHostError" in log
    assert "Traceback" not in log
