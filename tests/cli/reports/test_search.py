from __future__ import annotations

import json
from typing import Any

from asrcrawler.cli.reports.search import BOLD, PLAIN, UNTITLED, as_json, report
from asrcrawler.storage.search import Hit, Piece, Results
from tests.storage.samples import NOON, SITE


def a_hit(**fields: Any) -> Hit:
    given: dict[str, Any] = {
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
        "score": 1.23456789,
    }
    return Hit(**(given | fields))


def test_a_hit_is_its_headline_date_code_section_snippet_and_link() -> None:
    assert report(Results([a_hit()], 1), best_first=True, bold=False) == [
        "1 article, best first",
        "",
        "بهای نفت",
        "  1403-02-12 15:30 · 32911 · اقتصاد › انرژی",
        "  نفت گران شد",
        "  http://asrpress.ir/fa/news/32911",
    ]


def test_on_a_terminal_what_was_looked_for_is_bold() -> None:
    lines = report(Results([a_hit()], 1), best_first=True, bold=True)
    assert lines[2] == f"بهای {BOLD}نفت{PLAIN}"
    assert lines[4] == f"  {BOLD}نفت{PLAIN} گران شد"


def test_what_is_unknown_takes_no_room() -> None:
    bare = a_hit(title=[], snippet=[], published_at=None, published_jalali=None, category=[])
    assert report(Results([bare], 1_200), best_first=False, bold=True) == [
        "1 of 1,200 articles, newest first",
        "",
        UNTITLED,
        "  32911",
        "  http://asrpress.ir/fa/news/32911",
    ]


def test_nothing_found_is_said() -> None:
    assert report(Results([], 0), best_first=True, bold=False) == ["nothing found"]


def test_machines_get_plain_text_and_the_places_in_it() -> None:
    data = json.loads(json.dumps(as_json(Results([a_hit(), a_hit(title=[], snippet=[], published_at=None)], 7))))
    assert data["total"] == 7
    assert data["hits"][0] == {
        "site": SITE,
        "code": 32911,
        "url": "http://asrpress.ir/fa/news/32911",
        "kind": "article",
        "title": "بهای نفت",
        "title_hits": [[5, 8]],
        "kicker": None,
        "lead": "لید",
        "snippet": "نفت گران شد",
        "snippet_hits": [[0, 3]],
        "category": ["اقتصاد", "انرژی"],
        "tags": [],
        "published_at": "2024-05-01T12:00:00+00:00",
        "published_jalali": "1403-02-12 15:30",
        "score": 1.234568,
    }
    assert (data["hits"][1]["title"], data["hits"][1]["snippet"], data["hits"][1]["published_at"]) == (None, None, None)
