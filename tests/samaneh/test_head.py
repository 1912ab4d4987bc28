"""What the head of a page says."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from asrcrawler.samaneh.head import Head


def head(markup: str, body: str = "") -> Head:
    page = f"<html><head>{markup}</head><body>{body}</body></html>".encode()
    return Head(LexborHTMLParser(page, scripting=True), page, 4321)


def jsonld(text: str) -> Head:
    return head(f'<script type="application/ld+json">{text}</script>')


def test_the_first_value_that_says_something_counts() -> None:
    found = head('<meta name="a" content=" "><meta property="A" content=" یک "><meta name="a" content="دو">')
    assert found.meta("missing", "a") == "یک"
    assert found.meta("missing") is None


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        ('<title>ب</title><meta property="og:title" content="الف">', "الف"),
        ("<title> ب </title>", "ب"),
        ("<title></title>", None),
        ("", None),
    ],
)
def test_what_the_page_calls_itself(markup: str, title: str | None) -> None:
    assert head(markup).title == title


def test_a_head_that_breaks_off_is_read_on_in_the_body() -> None:
    found = head(
        '<div>پیش از موعد</div><meta property="og:title" content="الف"><link rel="canonical" href="/fa/news/5">'
    )
    assert (found.title, found.addresses) == ("الف", ["/fa/news/5"])


def test_a_picture_for_those_without_scripts_does_not_break_it_off() -> None:
    found = head('<noscript><img src="/count.gif"></noscript><meta property="og:title" content="الف">')
    assert found.title == "الف"


@pytest.mark.parametrize(
    ("text", "headline"),
    [
        ('{"@type": "NewsArticle", "headLine": " الف "}', "الف"),
        ('[{"@type": "WebSite", "headLine": "ب"}, {"@type": ["Thing", "Article"], "headLine": "الف"}]', "الف"),
        ('{"@graph": [{"@type": "NewsArticle", "headLine": "الف"}]}', "الف"),
        ('{"@type": "NewsArticle", "headLine": "دو\nسطر"}', "دو\nسطر"),
        ('{"@type": "NewsArticle", "headLine": "بریده', None),
        ('{"@type": "NewsArticle", "headLine": 7}', None),
        ('{"@type": "WebSite", "headLine": "ب"}', None),
        ('{"@type": {"a": 1}, "headLine": "ب"}', None),
        ('{"@type": "NewsArticle", "headLine": "ب", "url": "http://asrpress.ir/fa/news/9"}', None),
        ('{"@type": "NewsArticle", "headLine": "ب", "mainEntityOfPage": {"@id": "/fa/news/9"}}', None),
        ('{"@type": "NewsArticle", "headLine": "الف", "url": "/fa/news/4321/x"}', "الف"),
        ("[" * 100_000, None),
        ("NaN", None),
        ("", None),
    ],
)
def test_jsonld_is_read_as_far_as_it_can_be(text: str, headline: str | None) -> None:
    assert jsonld(text).jsonld("headLine") == headline


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ('{"@type": "Person", "name": " آرزو نیک‌پی "}', "آرزو نیک‌پی"),
        ('[{"@type": "Person", "name": "آرزو نیک‌پی"}]', "آرزو نیک‌پی"),
        ('{"@type": "Organization", "name": "عصرپرس"}', None),
        ('{"@type": "Person", "name": ""}', None),
        ('"آرزو"', None),
        ("[]", None),
        ("null", None),
    ],
)
def test_an_author_is_a_person(author: str, name: str | None) -> None:
    assert jsonld(f'{{"@type": "NewsArticle", "author": {author}}}').jsonld_author == name
