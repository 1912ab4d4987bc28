"""No log line holds the text of an article."""

from __future__ import annotations

import logging
from typing import ClassVar

import pytest
from scrapy import Request
from scrapy.exceptions import DropItem
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from asrcrawler.items import Absence, Article, Outcome
from asrcrawler.logformatter import QuietLogFormatter, describe, hide_set_up

TEXT = "متنی که در هیچ گزارشی نباید بیاید"
ARTICLE = Article(site="asrpress.ir", code=32911, url="u", short_url="s", title=TEXT, lead=TEXT, body=TEXT)
ABSENCE = Absence(site="asrpress.ir", code=32912, outcome=Outcome.MISSING, reason="404")


@pytest.mark.parametrize(
    ("item", "words"),
    [(ARTICLE, "article 32911"), (ABSENCE, "missing 32912 (404)"), ({"body": TEXT}, "dict")],
)
def test_items_are_named_by_kind_and_code(item: object, words: str) -> None:
    assert describe(item) == words
    formatter = QuietLogFormatter()
    lines = (
        formatter.scraped(item, None, None),  # type: ignore[arg-type]
        formatter.dropped(item, DropItem("no"), None, _Spider()),  # type: ignore[arg-type]
        formatter.item_error(item, ValueError("no"), None, None),  # type: ignore[arg-type]
    )
    for line in lines:
        assert line is not None
        text = line["msg"] % line["args"]
        assert words in text
        assert TEXT not in text


@pytest.mark.parametrize(("level", "is_told"), [("DEBUG", True), (10, True), ("INFO", False), (30, False)])
def test_lines_of_every_page_are_made_only_where_they_are_written(level: str | int, is_told: bool) -> None:
    formatter = QuietLogFormatter.from_crawler(get_crawler(settings_dict={"LOG_LEVEL": level}))
    request = Request("http://asrpress.ir/fa/news/32911")
    response = Response(request.url, request=request)
    told = (formatter.crawled(request, response, None), formatter.scraped(ARTICLE, response, None))  # type: ignore[arg-type]
    assert [line is not None for line in told] == [is_told, is_told]


def test_a_crawl_does_not_list_its_settings_at_every_start(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("scrapy.crawler")
    before = list(logger.filters)
    hide_set_up()
    try:
        with caplog.at_level(logging.DEBUG, "scrapy.crawler"):
            logger.info("Overridden settings:\n%(settings)s", {"settings": "{}"})
            logger.info("Received %(signame)s, shutting down gracefully.", {"signame": "SIGTERM"})
            logger.warning("Enabled something that is wrong")
    finally:
        logger.filters[:] = before
    assert [record.levelname for record in caplog.records] == ["INFO", "WARNING"]
    assert "SIGTERM" in caplog.text


class _Spider:
    class crawler:  # noqa: N801
        settings: ClassVar = {"DEFAULT_DROPITEM_LOG_LEVEL": logging.INFO}
