from __future__ import annotations

import inspect
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from scrapy.extensions import closespider

from asrcrawler import endings
from asrcrawler.items import Change, Outcome
from asrcrawler.reader import words
from asrcrawler.storage.visits import runs

MOMENT = datetime(2023, 1, 24, 19, 24, tzinfo=UTC)


def test_days_and_moments() -> None:
    day = date(2023, 1, 24)
    assert words.moment(MOMENT) == "سه‌شنبه ۴ بهمن ۱۴۰۱، ساعت ۲۲:۵۴"
    assert words.day_in_words(day) == "سه‌شنبه ۴ بهمن ۱۴۰۱"
    assert words.day_in_words(day, weekday=False) == "۴ بهمن ۱۴۰۱"
    assert words.short_day(day) == "۴ بهمن"
    assert words.gregorian_in_words(day) == "۲۴ ژانویهٔ ۲۰۲۳"
    assert words.short_moment(MOMENT) == "۴ بهمن ۱۴۰۱، ۲۲:۵۴"
    assert [words.relative_moment(MOMENT, day + timedelta(days=later)) for later in range(3)] == [
        "۲۲:۵۴", "دیروز ۲۲:۵۴", "۴ بهمن ۱۴۰۱، ۲۲:۵۴",
    ]  # fmt: skip
    assert [words.relative_day(day, day + timedelta(days=later)) for later in range(3)] == [
        "امروز، سه‌شنبه ۴ بهمن ۱۴۰۱", "دیروز، سه‌شنبه ۴ بهمن ۱۴۰۱", "سه‌شنبه ۴ بهمن ۱۴۰۱",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "۰ ثانیه"),
        (59, "۵۹ ثانیه"),
        (61, "۱ دقیقه"),
        (3_600, "۱ ساعت"),
        (12_000, "۳ ساعت و ۲۰ دقیقه"),
        (200_000, "۲ روز"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert words.duration(seconds) == text


def test_figures() -> None:
    assert [words.number(value) for value in (0, 1_234_567, 1.5)] == ["۰", "۱٬۲۳۴٬۵۶۷", "۱٫۵"]
    assert [words.percentage(*shares) for shares in ((1, 3), (999, 1000), (9999, 10000), (1, 1), (0, 0))] == [
        "۳۳٫۳٪", "۹۹٫۹٪", "۹۹٫۹٪", "۱۰۰٪", "۰٪",
    ]  # fmt: skip
    assert [words.size(count) for count in (12, 78_000, 1_250_000, 3_000_000_000)] == [
        "۱۲ بایت", "۷۸ کیلوبایت", "۱٫۲ مگابایت", "۳ گیگابایت",
    ]  # fmt: skip


def test_every_outcome_and_change_has_its_word() -> None:
    assert {*Outcome, "unvisited"} == set(words.OUTCOMES)
    assert set(Change) == set(words.CHANGES)


def test_text_is_shown_without_what_turns_its_direction() -> None:
    assert words.shown("\u202eکتاب\u2069 نو") == "کتاب نو"
    assert words.shown(None) == ""
    assert [words.shown_in_row(text) for text in (" نو\u200f ", "نو", " ", "")] == [" نو ", "نو", " ", ""]


def test_rows_with_as_many_cells_are_one_table() -> None:
    assert words.blocks("الف\n\nب | پ\n\nت | ث\n\nج | چ | ح\n\nخ") == [
        "الف", [["ب", "پ"], ["ت", "ث"]], "ج | چ | ح", "خ",
    ]  # fmt: skip
    assert words.blocks(None) == words.blocks("\u200f") == []


def test_every_reason_for_which_a_run_ends_has_its_words() -> None:
    ours = {value for name, value in vars(endings).items() if name.isupper() and isinstance(value, str)}
    scrapy_s = {*re.findall(r'"(closespider_\w+)"', inspect.getsource(closespider)), "memusage_exceeded", "shutdown"}
    assert len(scrapy_s) == 8
    others = {runs.KILLED, "cancelled", "reparse finished", "reparse interrupted"}
    assert set(words.ENDS) >= ours | scrapy_s | others
    assert len(set(words.ENDS.values())) == len(words.ENDS)
