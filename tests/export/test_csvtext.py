"""CSV: what a program reads back, and what a spreadsheet makes of it."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.export import FORMATS, Options
from asrcrawler.export.contract import EXPORT_FIELDS
from tests.export.articles import EARLIER, an_exported


def written(*articles: dict[str, Any], **options: bool) -> bytes:
    file = io.BytesIO()
    FORMATS["csv"].write(articles, file, Options(**options))
    return file.getvalue()


def read(data: bytes, encoding: str = "utf-8") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(encoding), newline="")))


def test_a_header_then_an_article_a_row_with_crlf() -> None:
    data = written(an_exported(7, body="یک بند"), an_exported(8, body="دو"))
    header, *rows = data.decode().removesuffix("\r\n").split("\r\n")
    assert header == ",".join(EXPORT_FIELDS)
    assert len(rows) == 2
    assert "\n" not in data.decode().replace("\r\n", "")


def test_no_article_is_a_header_alone() -> None:
    assert read(written()) == []
    assert written().decode().count("\r\n") == 1


def test_values_come_back_as_they_were() -> None:
    article = an_exported()
    [row] = read(written(article))
    assert row["body"] == article["body"]
    assert row["kicker"] == ""
    assert row["comment_count"] == "0"
    assert row["published_at"] == "2018-07-21T00:20:00+04:30"
    for name in ("category", "tags", "images"):
        assert json.loads(row[name]) == article[name]
    assert "رود، و کوه" in row["tags"]


def test_earlier_texts_are_one_cell_more() -> None:
    [row] = read(written(an_exported(revisions=[EARLIER]), revisions=True))
    assert json.loads(row["revisions"])[0]["body"] == "متن پیشین"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_any_text_comes_back(text: str) -> None:
    [row] = read(written(an_exported(title=text)))
    assert row["title"] == text


def test_a_byte_order_mark_only_where_it_is_asked_for() -> None:
    mark = b"\xef\xbb\xbf"
    assert written(an_exported(), bom=True).startswith(mark + b"outlet,")
    assert not written(an_exported()).startswith(mark)
    assert mark not in written(an_exported(), bom=True)[3:]


@pytest.mark.parametrize("title", ["=1+1", "+98 21", "- گفت", "@user", '=HYPERLINK("http://a.ir")', "＝1"])
def test_spreadsheets_are_kept_from_taking_a_text_for_a_formula(title: str) -> None:
    article = an_exported(title=title)
    [safe], [plain] = read(written(article, bom=True), "utf-8-sig"), read(written(article))
    assert safe["title"] == f"'{title}"
    assert plain["title"] == title
    assert (safe["comment_count"], safe["body"]) == ("0", article["body"])


def test_the_file_stays_open_for_who_gave_it() -> None:
    file = io.BytesIO()
    FORMATS["csv"].write([an_exported()], file, Options())
    assert not file.closed
