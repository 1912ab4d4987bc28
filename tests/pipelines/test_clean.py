"""Cleaning an article in place, and counting where values came from."""

from __future__ import annotations

from asrcrawler.items import Absence, Article, Image, Outcome, Video
from asrcrawler.pipelines.clean import CleanPipeline, clean_article
from tests.crawler import crawler_for_tests


def article(**given: object) -> Article:
    values = {"site": "asrpress.ir", "code": 5, "url": "u", "short_url": "s", **given}
    return Article(**values)  # type: ignore[arg-type]


def test_every_text_is_cleaned() -> None:
    item = article(
        kicker=" \u200f ",
        title="باران\u00a0 در  تهران ي",
        lead="كتاب",
        body="يك\n\n\u200c \n\nدو\u0640\u0640م",
        author="\u0000علي",
        category=["سياسی", "\u200f"],
        tags=["هوا", "هوا ", "ابر"],
        images=[Image(url="u", caption=" \u00a0")],
        videos=[Video(url="v", caption="فيلم")],
    )
    clean_article(item)
    assert item.kicker is None
    assert item.title == "باران در تهران ی"
    assert item.lead == "کتاب"
    assert item.body == "یک\n\nدوم"
    assert item.author == "علی"
    assert item.category == ["سیاسی"]
    assert item.tags == ["هوا", "ابر"]
    assert item.images == [Image(url="u", caption=None)]
    assert item.videos == [Video(url="v", caption="فیلم")]


def test_sources_and_missing_fields_are_counted() -> None:
    crawler = crawler_for_tests()
    pipeline = CleanPipeline.from_crawler(crawler)
    pipeline.process_item(article(title="خبر", sources={"title": "meta"}))
    pipeline.close_spider()
    stats = crawler.stats.get_stats()
    assert stats["asr/source/title/meta"] == 1
    assert stats["asr/missing/body"] == 1
    assert "asr/missing/title" not in stats


def test_an_absence_passes_untouched() -> None:
    absence = Absence(site="asrpress.ir", code=5, outcome=Outcome.MISSING, reason="404")
    assert CleanPipeline.from_crawler(crawler_for_tests()).process_item(absence) is absence


def test_what_a_page_that_is_not_taken_yet_reads_is_cleaned_too() -> None:
    absence = Absence(site="asrpress.ir", code=5, outcome=Outcome.FAILED, reason="answer breaks off")
    absence.reading = article(title="باران\u00a0در تهران")
    CleanPipeline.from_crawler(crawler_for_tests()).process_item(absence)
    assert absence.reading.title == "باران در تهران"
