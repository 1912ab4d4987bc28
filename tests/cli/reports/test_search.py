from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from asrcrawler.cli.output import PLAIN, Style
from asrcrawler.cli.reports.search import UNTITLED, as_json, report
from asrcrawler.storage.search import Hit, Piece, Results
from asrcrawler.text.calendar import TEHRAN
from asrcrawler.text.display import cells
from tests.storage.samples import NOON, SITE


def a_hit(**fields: Any) -> Hit:
    given: dict[str, Any] = {
        "outlet": "asr",
        "site": SITE,
        "code": 32911,
        "url": "http://asrpress.ir/fa/news/32911",
        "title": [Piece("بهای ", hit=False), Piece("نفت", hit=True)],
        "kicker": None,
        "lead": "لید",
        "snippet": [Piece("نفت", hit=True), Piece(" گران شد", hit=False)],
        "published_at": NOON,
        "published_jalali": "1403-02-12 15:30",
        "category": ["اقتصاد", "انرژی"],
        "tags": [],
        "kind": "article",
        "gone_at": None,
        "score": 1.23456789,
    }
    return Hit(**(given | fields))


def test_of_very_many_it_is_told_that_they_are_more() -> None:
    some = Results([a_hit()], 2_000, total_is_exact=False, goes_on=True)
    assert report(some, best_first=False, bold=False, columns=80)[0] == "1 of more than 2,000 articles, newest first"
    assert (as_json(some)["total"], as_json(some)["total_is_exact"]) == (2_000, False)


def test_how_far_back_was_searched_is_said_where_that_was_not_all() -> None:
    back = datetime(2023, 1, 24, 0, 30, tzinfo=TEHRAN)
    line = "searched back to 2023-01-24 00:30; --until 2023-01-24 goes on from there"
    nothing = Results([], 0, total_is_exact=False, searched_back_to=back)
    assert report(nothing, best_first=True, bold=False, columns=80) == ["nothing found", line]
    some = Results([a_hit()], 1, total_is_exact=False, searched_back_to=back)
    assert report(some, best_first=True, bold=False, columns=80)[:2] == ["1 article, best first", line]
    assert as_json(some)["searched_back_to"] == "2023-01-24T00:30:00+03:30"
    waiting = report(some._replace(awaits_index=True), best_first=True, bold=False, columns=80)[1]
    assert waiting.endswith("00:30; the index of words is being made, which scrapy db upgrade completes")


def test_a_hit_is_its_headline_date_code_section_snippet_and_link() -> None:
    assert report(Results([a_hit()], 1), best_first=True, bold=False, columns=80) == [
        "1 article, best first",
        "",
        "بهای نفت",
        "  1403-02-12 15:30 · 32911 · اقتصاد › انرژی",
        "  نفت گران شد",
        "  http://asrpress.ir/fa/news/32911",
    ]


def test_of_several_outlets_each_hit_names_its_own() -> None:
    hits = [a_hit(), a_hit(outlet="tabnak", site="tabnak.ir"), a_hit(outlet=None, site="unknown.ir")]
    lines = report(Results(hits, 3), best_first=True, bold=False, columns=80)
    assert [line.split(" · ")[0].strip() for line in lines if "32911 ·" in line] == ["asr", "tabnak", "unknown.ir"]


def test_on_a_terminal_what_was_looked_for_is_bold() -> None:
    lines = report(Results([a_hit()], 1), best_first=True, bold=True, columns=80)
    assert lines[2] == f"بهای {Style.BOLD}نفت{PLAIN}"
    assert lines[4] == f"  {Style.BOLD}نفت{PLAIN} گران شد"


def test_what_is_unknown_takes_no_room() -> None:
    bare = a_hit(title=[], snippet=[], published_at=None, published_jalali=None, category=[])
    assert report(Results([bare], 1_200, goes_on=True), best_first=False, bold=True, columns=80) == [
        "1 of 1,200 articles, newest first",
        "",
        UNTITLED,
        "  32911",
        "  http://asrpress.ir/fa/news/32911",
    ]


def test_nothing_found_is_said() -> None:
    assert report(Results([], 0), best_first=True, bold=False, columns=80) == ["nothing found"]


def test_machines_get_the_pieces() -> None:
    data = json.loads(json.dumps(as_json(Results([a_hit(), a_hit(title=[], snippet=[], published_at=None)], 7))))
    assert data["total"] == 7
    assert data["hits"][0] == {
        "outlet": "asr",
        "site": SITE,
        "code": 32911,
        "url": "http://asrpress.ir/fa/news/32911",
        "kind": "article",
        "title": [{"text": "بهای ", "hit": False}, {"text": "نفت", "hit": True}],
        "kicker": None,
        "lead": "لید",
        "snippet": [{"text": "نفت", "hit": True}, {"text": " گران شد", "hit": False}],
        "category": ["اقتصاد", "انرژی"],
        "tags": [],
        "published_at": "2024-05-01T12:00:00+00:00",
        "gone_at": None,
        "published_jalali": "1403-02-12 15:30",
        "score": 1.23456789,
    }
    assert (data["hits"][1]["title"], data["hits"][1]["snippet"], data["hits"][1]["published_at"]) == ([], [], None)


@pytest.mark.parametrize("bold", [False, True])
def test_lines_are_no_longer_than_the_terminal_and_lose_nothing(bold: bool) -> None:
    words = "نمی‌شود گفت مُهرِ کتاب 漢字漢字 تازه".split() * 9
    text = [Piece(" ".join(words[:7]) + " ", hit=False), Piece(" ".join(words[7:]), hit=True)]
    hit = a_hit(title=text, snippet=text, category=["بخش نخست", "بخش دوم", "بخش سوم"])
    lines = report(Results([hit], 1), best_first=True, bold=bold, columns=30)
    assert max(map(cells, lines[1:-1])) <= 30
    assert lines[-1] == "  http://asrpress.ir/fa/news/32911"
    plain = " ".join(" ".join(lines).replace(Style.BOLD, "").replace(PLAIN, "").split())
    assert plain.count(" ".join(words)) == 2
    assert all(line.count(Style.BOLD) == line.count(PLAIN) for line in lines)


def test_a_terminal_without_room_is_taken_for_a_narrow_one() -> None:
    lines = report(Results([a_hit()], 1), best_first=True, bold=False, columns=1)
    assert max(len(line) for line in lines[2:-1]) <= 20
    assert "بهای نفت" in lines
