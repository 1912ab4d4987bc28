"""How far a crawl is, in words."""

from __future__ import annotations

import pytest

from asrcrawler.extensions.progress import Progress
from asrcrawler.items import Absence, Article, Outcome
from tests.crawler import crawler_for_tests


@pytest.fixture
def progress(monkeypatch: pytest.MonkeyPatch) -> Progress:
    crawler = crawler_for_tests(LOG_ENABLED=True)
    monkeypatch.setattr("asrcrawler.extensions.progress.monotonic", iter([0.0] + [60.0] * 9).__next__)
    return Progress.from_crawler(crawler)


def test_before_the_first_answer(progress: Progress) -> None:
    assert progress.line(None) == "0 codes, 0.0 a minute: nothing yet"
    assert progress.line(500) == "0 of 500 codes, 0.0 a minute: nothing yet"


def test_codes_rate_time_left_and_outcomes(progress: Progress) -> None:
    for code in range(20):
        progress.item_scraped(Article(site="asrpress.ir", code=code, url="u", short_url="s"))
    for outcome in [Outcome.MISSING] * 9 + [Outcome.FAILED]:
        progress.item_scraped(Absence(site="asrpress.ir", code=1, outcome=outcome, reason="why"))
    assert progress.line(90) == "30 of 90 codes, 30.0 a minute, 2 min left: 20 stored, 9 missing, 1 failed"
    assert progress.line(None) == "30 codes, 30.0 a minute: 20 stored, 9 missing, 1 failed"
