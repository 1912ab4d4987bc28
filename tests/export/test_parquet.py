"""Parquet files, read back with pyarrow and with another program's engine."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from asrcrawler.exceptions import MissingLibraryError
from asrcrawler.export import FORMATS, Options, parquet
from asrcrawler.export.contract import EXPORT_FIELDS, REVISIONS
from tests.export.articles import EARLIER, PUBLISHED, SEEN, an_exported, many

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def written(articles: Iterable[dict[str, Any]], **options: bool) -> io.BytesIO:
    file = io.BytesIO()
    FORMATS["parquet"].write(articles, file, Options(**options))
    return file


def test_articles_come_back_value_for_value() -> None:
    articles = [an_exported(7), an_exported(8, kicker="روتیتر", images=[], tags=[], duplicate_of=7)]
    assert pq.read_table(written(articles)).to_pylist() == articles


def test_columns_are_typed() -> None:
    schema = pq.read_schema(written([an_exported()]))
    assert schema.names == list(EXPORT_FIELDS)
    assert schema.field("code").type == pa.int32()
    assert schema.field("tags").type.value_type == pa.string()
    for name in ("images", "videos"):
        assert schema.field(name).type.value_type == pa.struct([("url", pa.string()), ("caption", pa.string())])
    assert schema.field("published_at").type == pa.timestamp("us", tz="Asia/Tehran")
    assert schema.field("first_seen_at").type == pa.timestamp("us", tz="UTC")


def test_no_article_is_a_file_with_the_columns() -> None:
    table = pq.read_table(written([]))
    assert (table.num_rows, table.schema.names) == (0, list(EXPORT_FIELDS))


def test_earlier_texts_are_a_list_of_structures() -> None:
    [back] = pq.read_table(written([an_exported(revisions=[EARLIER, EARLIER])], revisions=True)).to_pylist()
    assert back[REVISIONS] == [EARLIER, EARLIER]


def test_row_groups_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROW_GROUP", 4)
    metadata = pq.ParquetFile(written(many(10))).metadata
    assert [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)] == [4, 4, 2]


def test_duckdb_reads_lists_structures_and_moments(tmp_path: Path) -> None:
    path = tmp_path / "articles.parquet"
    path.write_bytes(
        written([an_exported(7, revisions=[EARLIER]), an_exported(8, revisions=[])], revisions=True).getvalue()
    )
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT code, tags[2], images[1].url, epoch(published_at), epoch(first_seen_at), len(revisions),"
            " typeof(published_at) FROM read_parquet(?) WHERE list_contains(category, 'شهری') ORDER BY code",
            [str(path)],
        ).fetchall()
    moments = (PUBLISHED.timestamp(), SEEN.timestamp())
    assert rows == [
        (code, "رود، و کوه", "http://asrpress.ir/1.jpg", *moments, earlier, "TIMESTAMP WITH TIME ZONE")
        for code, earlier in ((7, 1), (8, 0))
    ]


def test_without_its_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingLibraryError, match=r"^--format parquet needs pyarrow: pip install -e '\.\[parquet\]'$"):
        written([])
