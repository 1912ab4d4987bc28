"""An edit and a lost article in a terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from unittest.mock import Mock

from asrcrawler.cli.reports.demo import LONGEST, WIDTH, edit_lines, gone_lines
from asrcrawler.text.display import cells

MOMENT = datetime(2023, 1, 24, 19, 24, tzinfo=UTC)


def lost(**facts: Any) -> Mock:
    return Mock(code=32911, gone_at=MOMENT, confirmed_at=None, title="پل تازه‌ی شهر باز شد", lead=None, **facts)


def test_an_edit_shows_both_headlines_within_the_width_of_a_terminal() -> None:
    long = "پل تازه‌ی شهر پس از سه سال باز شد " * 4
    edit = Mock(code=32911, replaced_at=MOMENT, before={"title": long}, after={"title": "پل باز شد"})
    lines = edit_lines("asr", edit)
    assert lines[0] == "asr 32911: another headline, seen 1401-11-04 22:54"
    assert lines[1].startswith("before  ▌ پل تازه‌ی شهر")
    assert lines[-1] == "after   ▌ پل باز شد"
    assert max(map(cells, lines)) <= WIDTH


def test_a_lost_article_says_when_it_was_certain() -> None:
    one = lost()
    one.confirmed_at = datetime(2023, 1, 26, 8, 0, tzinfo=UTC)
    assert gone_lines("asr", one) == [
        "asr 32911: taken down; missing 1401-11-04 22:54, and again 1401-11-06 11:30",
        "▌ پل تازه‌ی شهر باز شد",
    ]


def test_a_long_lead_is_cut_openly() -> None:
    one = lost()
    one.lead = "راه " * LONGEST
    lines = gone_lines("asr", one)
    assert "".join(lines[2:]).endswith("…")
    assert sum(map(len, lines[2:])) <= LONGEST + 1
    assert max(map(cells, lines)) <= WIDTH
