"""Captures on their way out, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.items import PackedCapture, Redirect
from asrcrawler.storage.articles import captures as room
from asrcrawler.storage.articles.captures import captures
from asrcrawler.storage.articles.selection import Selection
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import HOUR, NOON, OTHER_SITE, SITE, an_article, with_page

if TYPE_CHECKING:
    import pytest

    from asrcrawler.storage import Database


def test_captures_come_by_site_code_and_visit(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "CODES_AT_ONCE", 2)
    write_visits(database, [with_page(an_article(code)) for code in (3, 1, 2, 5, 4)])
    write_visits(database, [with_page(an_article(3, at=NOON + HOUR)), an_article(9)])
    write_visits(database, [with_page(an_article(1, site=OTHER_SITE, published_at=None))])
    found = list(captures(database, Selection()))
    assert [(one.site, one.code) for one in found] == [(SITE, code) for code in (1, 2, 3, 3, 4, 5)] + [(OTHER_SITE, 1)]
    first, again = found[2:4]
    assert (first.body, again.body) == ("<html><body>صفحهٔ 3</html>".encode(), None)
    assert again.first is not None
    assert (again.first.visit_id, again.at) == (first.visit_id, NOON + HOUR)
    some = captures(database, Selection(site=SITE, codes=[(2, 3)]))
    assert [one.code for one in some] == [2, 3, 3]
    assert {one.site for one in captures(database, Selection(sites=[OTHER_SITE, "nobody.ir"]))} == {OTHER_SITE}
    published = captures(database, Selection(since=NOON.date()))
    assert {one.site for one in published} == {SITE}


def test_a_capture_has_the_redirects_that_led_to_it(database: Database) -> None:
    step = Redirect(NOON - HOUR, 301, "http://asrpress.ir/fa/news/1", "/fa/news/1/خبر\0")
    led, plain = with_page(an_article(1)), with_page(an_article(2))
    assert led.fetch is not None
    assert isinstance(led.fetch.capture, PackedCapture)
    led.fetch.capture.redirects = (step,)
    write_visits(database, [led, plain, an_article(3)])
    found = [one.redirects for one in captures(database, Selection())]
    assert found == [(step._replace(location="/fa/news/1/خبر"),), ()]
