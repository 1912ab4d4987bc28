"""The registry of formats, and what every text format does."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys

import pytest

from asrcrawler.exceptions import UsageError
from asrcrawler.export import FORMATS, Options, format_of, packed
from asrcrawler.export.contract import EXPORT_FIELDS, REVISION_FIELDS, REVISIONS, export_schema
from tests.export.articles import EARLIER, an_exported


@pytest.mark.parametrize(
    ("file_name", "name"),
    [
        ("articles.csv", "csv"),
        ("data/ARTICLES.CSV", "csv"),
        ("articles.csv.gz", "csv"),
        ("articles.parquet", "parquet"),
        ("articles.jsonl", "jsonl"),
        ("articles.jsonl.gz", "jsonl"),
        ("articles", "jsonl"),
        ("articles.gz", "jsonl"),
        ("1401.11/articles", "jsonl"),
        (".articles", "jsonl"),
        ("/dev/stdout", "jsonl"),
        ("csv", "csv"),
        ("-", "jsonl"),
    ],
)
def test_the_ending_of_a_file_names_its_format(file_name: str, name: str) -> None:
    assert format_of(file_name).name == name


@pytest.mark.parametrize(
    ("file_name", "ending"),
    [(f"a.{ending}", ending) for ending in ("xlsx", "tsv", "xml", "txt", "json", "zip", "csv.zip", "سند")]
    + [("A.XLSX.gz", "xlsx"), ("1401.11.04", "04")],
)
def test_an_ending_of_another_format_is_refused_with_those_there_are(file_name: str, ending: str) -> None:
    with pytest.raises(UsageError) as refused:
        format_of(file_name)
    assert str(refused.value) == (
        f"-o {file_name!r}: {ending.removeprefix('csv.')} is no format that can be written;"
        " there is: jsonl, csv, parquet, warc (--format writes one of them under any name)"
    )


def test_json_lines_keep_persian_and_say_unknown_as_null() -> None:
    file = io.BytesIO()
    FORMATS["jsonl"].write([an_exported(7), an_exported(8, title="دو")], file, Options())
    first, second = file.getvalue().decode().splitlines()
    assert "می‌گوید" in first
    assert json.loads(first)["kicker"] is None
    assert json.loads(first)["published_at"] == "2018-07-21T00:20:00+04:30"
    assert json.loads(second)["title"] == "دو"


def test_a_file_that_ends_with_gz_is_packed_and_the_same_each_time() -> None:
    packets = []
    for _ in range(2):
        file = io.BytesIO()
        with packed(file, "articles.jsonl.gz") as out:
            FORMATS["jsonl"].write([an_exported()], out, Options())
        packets.append(file.getvalue())
    assert json.loads(gzip.decompress(packets[0]))["code"] == 7
    assert packets[0] == packets[1]
    assert packets[0][3:8] == b"\0\0\0\0\0"  # neither a name nor a time of writing


def test_a_file_that_does_not_is_left_as_it_is() -> None:
    file = io.BytesIO()
    with packed(file, "articles.jsonl") as out:
        out.write(b"{}")
    assert file.getvalue() == b"{}"


def test_the_schema_names_every_field_in_order_and_earlier_texts_where_they_are_asked_for() -> None:
    schema = json.loads(json.dumps(export_schema()))
    assert tuple(schema["properties"]) == tuple(schema["required"]) == EXPORT_FIELDS
    assert schema["additionalProperties"] is False
    longer = export_schema(revisions=True)
    assert tuple(longer["required"]) == (*EXPORT_FIELDS, REVISIONS)
    assert tuple(longer["properties"][REVISIONS]["items"]["required"]) == REVISION_FIELDS == tuple(EARLIER)


def test_no_format_imports_sql_and_only_parquet_its_library() -> None:
    modules = ", ".join(f"asrcrawler.export.{found.module}" for found in FORMATS.values())
    heavy = "[name for name in ('sqlalchemy', 'pyarrow', 'scrapy') if name in sys.modules]"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, {modules}\nprint({heavy})"], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")
