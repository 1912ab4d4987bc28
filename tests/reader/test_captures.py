"""The evidence under an article: what was fetched, to look at and to keep."""

from __future__ import annotations

import gzip
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from asrcrawler.reader.library import Library
from asrcrawler.storage.visits.writing import write_visits
from tests.reader import shelf
from tests.reader.conftest import client_of
from tests.reader.test_pages import page, texts
from tests.storage.samples import DAY, HOUR, NOON, SITE, with_page

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from asrcrawler.storage import Database

FIRST = "<html><head><title>پیش</title></head><body><p>متن نخست</p></body></html>".encode()
ACTING = """<html><head><base href="http://elsewhere.example/">
<meta http-equiv="refresh" content="0;url=http://elsewhere.example/"><link rel="preconnect" href="http://elsewhere.example">
<link rel="stylesheet" href="/x.css"><style>p { color: red }</style><script>document.title = 'hacked'</script></head>
<body onload="alert(1)"><p>متن دوم</p><img src="/x.jpg" alt="نما"><iframe src="http://elsewhere.example/"></iframe></body>
</html>""".encode("windows-1256")


@pytest.fixture
def client(database: Database) -> TestClient:
    """An article with two texts, the second of which was seen twice on the same page."""
    for seen, title, body in (
        (NOON, "تیتر نخست", FIRST),
        (NOON + HOUR, "تیتر دوم", ACTING),
        (NOON + DAY, "تیتر دوم", ACTING),
    ):
        found = with_page(shelf.article(7, NOON - HOUR, seen=seen, title=title), body)
        write_visits(database, [found])
    return client_of(Library(database=database, site=SITE))


def digest(body: bytes) -> str:
    return sha256(body).hexdigest()


def test_captures_are_listed_with_the_text_that_was_read_from_them(client: TestClient) -> None:
    tree = page(client, "/news/7")
    assert texts(tree, "#evidence small") == ["۲ نسخه، همان بایت‌هایی که سایت فرستاد"]
    assert texts(tree, ".captures .what") == [
        f"متن ۲ · پاسخ ۲۰۰ · {size(ACTING)} · ۲ بار دیده شد، آخرین بار ۱۳ اردیبهشت ۱۴۰۳، ۱۵:۳۰",
        f"متن ۱ · پاسخ ۲۰۰ · {size(FIRST)}",
    ]
    assert texts(tree, ".captures .hash") == [f"SHA-256: {digest(body)}" for body in (ACTING, FIRST)]
    assert [link.attributes["href"] for link in tree.css(".captures a")][3:] == [
        f"/news/7/captures/{digest(FIRST)}{form}" for form in ("", ".html", ".warc.gz")
    ]
    edit = page(client, "/news/7/edits/1")
    assert texts(edit, ".record .hash") == [f"SHA-256: {digest(body)}" for body in (FIRST, ACTING)]


def size(body: bytes) -> str:
    from asrcrawler.reader.words import size as in_words

    return in_words(len(body))


def test_a_capture_can_be_kept_as_it_came(client: TestClient) -> None:
    answer = client.get(f"/news/7/captures/{digest(ACTING)}.html")
    assert answer.content == ACTING
    assert answer.headers["content-type"] == "text/html"
    assert answer.headers["content-disposition"] == f'attachment; filename="7-{digest(ACTING)[:12]}.html"'
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    again = client.get(f"/news/7/captures/{digest(ACTING)}.html", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    policy = ("content-security-policy", "x-dns-prefetch-control")  # a browser goes by those that came last
    assert [again.headers[name] for name in policy] == [answer.headers[name] for name in policy]


def test_and_as_warc(client: TestClient) -> None:
    answer = client.get(f"/news/7/captures/{digest(ACTING)}.warc.gz")
    assert answer.headers["content-type"] == "application/warc"
    records = gzip.decompress(answer.content)
    assert (records.count(b"WARC-Type: response"), records.count(b"WARC-Type: revisit")) == (1, 1)
    assert ACTING in records
    assert FIRST not in records


def test_a_capture_that_is_looked_at_runs_and_loads_nothing(client: TestClient) -> None:
    answer = client.get(f"/news/7/captures/{digest(ACTING)}")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'; style-src 'unsafe-inline'; form-action 'none'")
    assert "script-src" not in policy
    assert answer.headers["x-dns-prefetch-control"] == "off"
    for acting in ("<script", "<link", "<base", "<iframe", "http-equiv"):
        assert acting not in answer.text
    assert "<p>متن دوم</p>" in answer.text
    assert "color: red" in answer.text


@pytest.mark.parametrize("name", ["0" * 64, "nothing", f"{digest(FIRST)}.exe", f"{digest(FIRST)}.HTML"])
def test_what_is_no_capture_of_the_article_is_not_there(client: TestClient, name: str) -> None:
    assert client.get(f"/news/7/captures/{name}").status_code == 404
    assert client.get(f"/news/8/captures/{digest(FIRST)}").status_code == 404


def test_an_article_is_cited_with_its_address_and_its_digest(client: TestClient) -> None:
    tree = page(client, "/news/7")
    [cited] = texts(tree, "#citation")
    assert cited == (
        "asrpress.ir، «تیتر دوم»، ۱۲ اردیبهشت ۱۴۰۳، ساعت ۱۴:۳۰، کد خبر ۷. بایگانی‌شده در ۱۲ اردیبهشت ۱۴۰۳، ۱۵:۳۰."
        f" نشانی: http://localhost/news/7 (SHA-256: {digest(ACTING)})"
    )
    [bibtex] = tree.css("#bibtex")
    assert bibtex.text().splitlines() == [
        "@online{asrpress7,",
        "  title = {تیتر دوم},",
        "  organization = {asrpress.ir},",
        "  date = {2024-05-01},",
        "  urldate = {2024-05-01},",
        "  url = {http://localhost/news/7},",
        "}",
    ]
