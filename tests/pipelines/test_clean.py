"""Cleaning an article in place, and counting where values came from."""

from __future__ import annotations

from asrcrawler.crawl.archive import Archive
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


def test_the_counts_are_in_the_figures_of_the_run_as_soon_as_an_article_has_passed() -> None:
    crawler = crawler_for_tests()
    figures = Archive.of(crawler).figures
    pipeline = CleanPipeline.from_crawler(crawler)
    outlet = {"author": "page"}  # the outlet's own name, which is no author
    pipeline.process_item(article(title="خبر", images=[Image(url="u")], sources={"title": "page", **outlet}))
    [first] = figures.sources
    pipeline.process_item(article(title="خبر", lead=" \u200f ", sources={"title": "meta", "lead": "page"}))
    [both] = figures.sources
    assert both["title"] == {"page": 1, "meta": 1}
    assert both["images"] == {"page": 1, "missing": 1}
    assert both["lead"] == both["author"] == {"missing": 2}
    assert {sum(places.values()) for places in both.values()} == {2}
    assert not {"site", "code", "url", "short_url", "kind", "published_jalali"} & set(both)
    assert first["title"] == {"page": 1}  # what a thread may be writing stays as it was


def test_the_last_articles_of_a_run_are_counted_apart_from_those_long_before() -> None:
    crawler = crawler_for_tests()
    figures = Archive.of(crawler).figures
    pipeline = CleanPipeline.from_crawler(crawler)
    counted = {}
    for number in range(1, 161):
        pipeline.process_item(article(title="خبر", sources={"title": "page" if number <= 90 else "meta"}))
        counted[number] = [block["title"] for block in figures.sources]
    assert counted[50] == [{"page": 50}]
    assert counted[51] == [{"page": 50}, {"page": 1}]
    assert counted[101] == [{"page": 50}, {"page": 40, "meta": 10}, {"meta": 1}]
    assert counted[160] == [{"page": 90, "meta": 10}, {"meta": 50}, {"meta": 10}]
    pipeline.close_spider()
    assert crawler.stats.get_value("asr/source/title/page") == 90
    assert crawler.stats.get_value("asr/source/title/meta") == 70


def test_an_article_that_is_not_taken_is_not_counted() -> None:
    crawler = crawler_for_tests()
    absence = Absence(site="asrpress.ir", code=5, outcome=Outcome.FAILED, reason="answer breaks off")
    absence.reading = article(title="باران", sources={"title": "page"})
    pipeline = CleanPipeline.from_crawler(crawler)
    pipeline.process_item(absence)
    pipeline.close_spider()
    assert Archive.of(crawler).figures.sources == []
    assert not [name for name in crawler.stats.get_stats() if name.startswith("asr/")]


def test_an_absence_passes_untouched() -> None:
    absence = Absence(site="asrpress.ir", code=5, outcome=Outcome.MISSING, reason="404")
    assert CleanPipeline.from_crawler(crawler_for_tests()).process_item(absence) is absence


def test_what_a_page_that_is_not_taken_yet_reads_is_cleaned_too() -> None:
    absence = Absence(site="asrpress.ir", code=5, outcome=Outcome.FAILED, reason="answer breaks off")
    absence.reading = article(title="باران\u00a0در تهران")
    CleanPipeline.from_crawler(crawler_for_tests()).process_item(absence)
    assert absence.reading.title == "باران در تهران"
