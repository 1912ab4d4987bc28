"""Which group of a robots.txt counts for us."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.middlewares.rules import OwnRules
from tests.crawler import crawler_for_tests

ARTICLE, OTHER = "http://asrpress.ir/fa/news/5", "http://asrpress.ir/fa/tag/1"
AGENT = "asrcrawler/0.1.0 (news archive; desk@bot.example)"


def rules(text: str | bytes, **settings: object) -> OwnRules:
    body = text if isinstance(text, bytes) else text.encode()
    return OwnRules.from_crawler(crawler_for_tests(**settings), body)


@pytest.mark.parametrize(
    "name",
    ["asrcrawler", "Asrcrawler", "ASRCRAWLER", "asrcrawler/1.0", "asrcrawler/1.0 (news)", "  asrcrawler\t",
     "asrcrawler*", "asrcrawler # that one: you know", "asrcrawler, otherbot"],
)  # fmt: skip
@pytest.mark.parametrize("field", ["User-agent: ", "user-agent:", "USER-AGENT :", "User agent: ", "User-agent "])
def test_a_group_of_our_name_counts_and_that_of_all_does_not(field: str, name: str) -> None:
    found = rules(
        f"User-agent: *\nDisallow: /fa/tag\nCrawl-delay: 9\n\n{field}{name}\nDisallow: /fa/news\nCrawl-delay: 4"
    )
    assert (found.allowed(ARTICLE, AGENT), found.allowed(OTHER, AGENT)) == (False, True)
    assert found.crawl_delay(AGENT) == 4.0


@pytest.mark.parametrize(
    "name",
    ["a", "as", "asr", "asrcrawl", "crawler", "asrcrawlerx", "asrcrawler2", "asrcrawler-news", "asrcrawler_news",
     "news", "bot", "example", "ours", "others", "otherbot, asrcrawler", "Mozilla/5.0 (compatible; asrcrawler/1.0)",
     "*crawler", "asr*", "خزنده"],
)  # fmt: skip
def test_a_group_of_another_name_does_not(name: str) -> None:
    found = rules(f"User-agent: {name}\nDisallow: /\nCrawl-delay: 9\n\nUser-agent: *\nDisallow: /fa/tag")
    assert (found.allowed(ARTICLE, AGENT), found.allowed(OTHER, AGENT)) == (True, False)
    assert found.crawl_delay(AGENT) is None
    assert rules(f"User-agent: {name}\nDisallow: /").allowed(ARTICLE, AGENT)


def test_several_groups_of_our_name_are_one() -> None:
    found = rules(
        "User-agent: asrcrawler/2\nDisallow: /fa/news\n\nUser-agent: *\nDisallow: /\n\n"
        "User-agent: otherbot\nUser-agent: ASRCRAWLER\nDisallow: /fa/tag\nCrawl-delay: 3\n"
    )
    assert [found.allowed(url, AGENT) for url in (ARTICLE, OTHER, "http://asrpress.ir/fa")] == [False, False, True]
    assert found.crawl_delay(AGENT) == 3.0


def test_an_empty_group_of_our_name_allows_everything() -> None:
    assert rules("User-agent: *\nDisallow: /\n\nUser-agent: asrcrawler\nDisallow:\n").allowed(ARTICLE, AGENT)


def test_a_line_that_only_looks_like_the_head_of_a_group_does_not_end_one() -> None:
    found = rules("User-agent: asrcrawler\nUser agent policy: see below\nDisallow: /fa/news\n")
    assert not found.allowed(ARTICLE, AGENT)


def test_whoever_gives_another_name_is_told_by_it() -> None:
    text = "User-agent: ownbot\nDisallow: /fa/news\n\nUser-agent: asrcrawler\nDisallow: /fa/tag"
    assert not rules(text, ROBOTSTXT_USER_AGENT="OwnBot/3.1").allowed(ARTICLE, "OwnBot/3.1")
    assert rules(text, ROBOTSTXT_USER_AGENT="OwnBot/3.1").allowed(OTHER, "OwnBot/3.1")


@given(st.binary(max_size=300))
def test_anything_else_is_no_rule(body: bytes) -> None:
    assert OwnRules(body, None, "asrcrawler").allowed(ARTICLE, AGENT) in {True, False}
