"""No log line holds the text of an article."""

from __future__ import annotations

import logging
from typing import ClassVar

import pytest
from scrapy.exceptions import DropItem

from asrcrawler.items import Absence, Article, Outcome
from asrcrawler.logformatter import QuietLogFormatter, describe, hush

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
        text = line["msg"] % line["args"]
        assert words in text
        assert TEXT not in text


def test_a_crawl_does_not_list_its_settings_at_every_start(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("scrapy.crawler")
    before = list(logger.filters)
    hush()
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
