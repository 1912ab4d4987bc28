"""What `scrapy export` writes, where, and how it refuses."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from asrcrawler.items import Absence, Article, Fetch, Image, Outcome
from asrcrawler.storage import Database
from asrcrawler.storage.articles.export import EXPORT_FIELDS
from asrcrawler.storage.visits.writing import write_visits
from asrcrawler.text.calendar import TEHRAN
from tests.commands import ROOT, invoke

if TYPE_CHECKING:
    from pathlib import Path

SEEN = datetime(2023, 1, 25, 6, 0, tzinfo=UTC)


def an_article(code: int, day: int, **values: Any) -> Article:
    defaults: dict[str, Any] = {
        "title": f"آغاز ساخت پل شماره {code}",
        "body": "بند نخست می‌گوید پل ساخته شد.\n\nبند دوم از هزینه‌ها می‌گوید.",
        "published_at": datetime(2023, 1, day, 22, 54, tzinfo=TEHRAN),
        "published_jalali": f"1401-11-{day - 20:02} 22:54",
        "fetch": Fetch(at=SEEN, status=200, size=70_000),
    }
    return Article(
        site="asrpress.ir",
        code=code,
        url=f"http://asrpress.ir/fa/news/{code}",
        short_url=f"http://asrpress.ir/{code:06}",
        **{**defaults, **values},
    )


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The setting of a database with three articles, one a copy of another, and a missing code."""
    url = f"sqlite:///{tmp_path_factory.mktemp('archive') / 'asr.db'}"
    with closing(Database(url)) as database:
        database.prepare()
        write_visits(
            database,
            [
                an_article(11, 21, tags=["پل"], category=["جامعه", "شهری"], text_digest=b"a" * 16),
                an_article(12, 24, lead="لید", images=[Image(url="http://asrpress.ir/1.jpg")], text_digest=b"b" * 16),
                an_article(13, 27, text_digest=b"a" * 16),
                Absence(site="asrpress.ir", code=14, outcome=Outcome.MISSING, reason="404"),
            ],
        )
    return {"ASR_DATABASE_URL": url}


def exported(archive: dict[str, str], *options: str) -> list[dict[str, Any]]:
    done = invoke("export", *options, settings=archive)
    articles = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    if articles:
        assert done.stderr == f"scrapy export: {len(articles)} article{'s' if len(articles) > 1 else ''} written\n"
    return articles


def test_every_article_is_one_line_with_the_fields_of_the_contract_in_their_order(archive: dict[str, str]) -> None:
    articles = exported(archive)
    assert [article["code"] for article in articles] == [11, 12, 13]
    assert tuple(articles[0]) == EXPORT_FIELDS


def test_values_are_plain_and_unknown_is_null(archive: dict[str, str]) -> None:
    article = exported(archive, "--codes", "12")[0]
    assert article["published_at"] == "2023-01-24T22:54:00+03:30"
    assert article["first_seen_at"] == "2023-01-25T06:00:00+00:00"
    assert article["images"] == [{"url": "http://asrpress.ir/1.jpg", "caption": None}]
    assert article["kicker"] is None
    assert article["tags"] == []


def test_persian_and_zwnj_are_written_as_they_are(archive: dict[str, str]) -> None:
    done = invoke("export", "--codes", "11", settings=archive, encoding="ascii")
    assert "بند نخست می‌گوید" in done.stdout


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        (["--codes", "11,13-99"], [11, 13]),
        (["--codes", "۱۱، ۱۳–۹۹"], [11, 13]),
        (["--since", "1401/11/04"], [12, 13]),
        (["--until", "۱۴۰۱/۱۱/۰۴"], [11, 12]),
        (["--since", "2023-01-24", "--until", "2023-01-24"], [12]),
        (["--category", "شهري"], [11]),
        (["--tag", " پل "], [11]),
        (["--tag", "رود"], []),
        (["--unique"], [11, 12]),
        (["--format", "jsonl", "--unique", "--since", "1401/11/02"], [12]),
    ],
)
def test_options_select(archive: dict[str, str], options: list[str], codes: list[int]) -> None:
    assert [article["code"] for article in exported(archive, *options)] == codes


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--format", "xlsx"], "--format 'xlsx' is not known; there is: jsonl, csv, parquet"),
        (["--format", "parquet"], "--format parquet needs a file: -o articles.parquet"),
        (["--schema", "--format", "xlsx"], "--format 'xlsx' is not known; there is: jsonl, csv, parquet"),
        (["-o", "a.xlsx"], "-o 'a.xlsx': xlsx is no format that can be written; there is: jsonl, csv, parquet, warc"),
        (["-o", "a.parquet.gz"], "-o 'a.parquet.gz': parquet is compressed already; leave out .gz"),
        (["--bom"], "--bom goes with --format csv, not with jsonl"),
        (["--codes", "20-10"], "--codes '20-10' has a range that runs backwards: 20-10"),
        (["--since", "1401/13/04"], "--since '1401/13/04'"),
        (["--until", "yesterday"], "--until 'yesterday': neither a Jalali day"),
        (["--since", "1401/11/05", "--until", "1401/11/04"], "--since '1401/11/05' is later than --until '1401/11/04'"),
        (["--tag", " "], "--tag ' ' names nothing"),
        (["--colour"], "'--colour' is not an option of this command"),
        (["asr"], "'asr' is one argument too many"),
        (["-o", "/nowhere/at/all.jsonl"], "-o '/nowhere/at/all.jsonl' cannot be written: No such file or directory"),
        (["-o", "/tmp"], "-o '/tmp' cannot be written: it is a directory"),
    ],
)
def test_bad_input_is_one_line_and_status_2(archive: dict[str, str], options: list[str], words: str) -> None:
    done = invoke("export", *options, settings=archive)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"scrapy export: {words}")
    assert done.stderr.count("\n") == 1


def test_a_database_that_is_not_there_is_said_and_not_made(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    done = invoke("export", settings={"ASR_DATABASE_URL": f"sqlite:///{path}"})
    assert done.returncode == 1
    assert done.stderr == f"scrapy export: there is no database {path} yet; scrapy crawl asr makes it\n"
    assert not path.exists()


def test_a_file_takes_its_name_when_it_is_complete(archive: dict[str, str], tmp_path: Path) -> None:
    target = tmp_path / "articles.jsonl"
    target.write_text("last week's")
    exported(archive, "-o", str(target))
    assert len(target.read_text(encoding="utf-8").splitlines()) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["articles.jsonl"]


def test_a_failing_export_leaves_the_good_file_in_its_place(tmp_path: Path) -> None:
    broken, target = tmp_path / "broken.db", tmp_path / "articles.jsonl"
    broken.write_bytes(b"no database" * 100)
    target.write_text("last week's")
    done = invoke("export", "-o", str(target), settings={"ASR_DATABASE_URL": f"sqlite:///{broken}"})
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert target.read_text() == "last week's"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_an_export_that_is_told_to_end_leaves_the_good_file_and_nothing_else(
    archive: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    """It waits for its next article when the signal comes."""
    target = tmp_path / "articles.csv"
    target.write_text("last week's")
    program = (
        "import sys\n"
        "from asrcrawler.storage.articles import export\n"
        "from scrapy.cmdline import execute\n"
        "def slow(*_, **__):\n"
        "    print('begun', flush=True)\n"
        "    sys.stdin.read()\n"
        "    yield {}\n"
        "export.export_articles = slow\n"
        "execute(['scrapy', 'export', *sys.argv[1:]])\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, "-o", str(target)],
        cwd=ROOT,
        env=os.environ | archive,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    assert [path.suffix for path in tmp_path.iterdir() if path != target] == [".part"]
    process.send_signal(number)
    _, complaints = process.communicate(timeout=30)
    assert process.returncode == (130 if number is signal.SIGINT else -number)
    assert complaints == ""
    assert target.read_text() == "last week's"
    assert list(tmp_path.iterdir()) == [target]


def test_the_ending_of_the_file_chooses_the_format(archive: dict[str, str], tmp_path: Path) -> None:
    for name in ("a.csv", "a.parquet", "a.jsonl.gz", "a"):
        exported(archive, "-o", str(tmp_path / name))
    begins = {path.name: path.read_bytes()[:4] for path in tmp_path.iterdir()}
    assert begins == {"a.csv": b"outl", "a.parquet": b"PAR1", "a.jsonl.gz": b"\x1f\x8b\x08\0", "a": b'{"ou'}
    exported(archive, "-o", str(tmp_path / "a.txt"), "--format", "csv")
    assert (tmp_path / "a.txt").read_bytes().startswith(b"outlet,")


@pytest.mark.parametrize(
    ("options", "count"), [([], "3 articles"), (["--codes", "11"], "1 article"), (["--codes", "99"], "0 articles")]
)
def test_how_many_were_written_is_told_on_stderr(
    archive: dict[str, str], tmp_path: Path, options: list[str], count: str
) -> None:
    for name in ("a.jsonl", "a.csv.gz", "a.parquet"):
        done = invoke("export", "-o", str(tmp_path / name), *options, settings=archive)
        assert done == (0, "", f"scrapy export: {count} written\n")


def test_a_schema_may_go_to_a_file_of_any_ending(archive: dict[str, str], tmp_path: Path) -> None:
    done = invoke("export", "--schema", "-o", str(tmp_path / "article.json"), settings=archive)
    assert done == (0, "", "")
    assert json.loads((tmp_path / "article.json").read_text())["required"] == list(EXPORT_FIELDS)


def test_csv_on_stdout_for_a_spreadsheet(archive: dict[str, str]) -> None:
    done = invoke("export", "--format", "csv", "--bom", "--codes", "11", settings=archive, encoding="ascii")
    [row] = csv.DictReader(io.StringIO(done.stdout.removeprefix("\ufeff"), newline=""))
    assert done.stdout.startswith("\ufeffoutlet,")
    assert (row["code"], row["category"]) == ("11", '["جامعه", "شهری"]')


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_a_full_disk_is_one_line(archive: dict[str, str], form: str) -> None:
    done = invoke("export", "-o", "/dev/full", "--format", form, settings=archive)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "scrapy export: /dev/full could not be written: No space left on device\n"


def test_earlier_texts_are_in_the_export_and_in_the_schema(archive: dict[str, str]) -> None:
    assert [article["revisions"] for article in exported(archive, "--revisions")] == [[], [], []]
    schema = json.loads(invoke("export", "--schema", "--revisions", settings=archive).stdout)
    assert schema["required"] == [*EXPORT_FIELDS, "revisions"]


def test_a_device_is_written_to_and_not_replaced(archive: dict[str, str]) -> None:
    assert exported(archive, "-o", "/dev/null") == []


def test_a_reader_that_goes_away_ends_the_export_quietly(archive: dict[str, str], tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'asr.db'}"
    with closing(Database(url)) as database:
        database.prepare()
        write_visits(database, [an_article(code, 24, body="بند " * 2000) for code in range(1, 101)])
    done = subprocess.run(
        f"set -o pipefail; {sys.executable} -m scrapy export -s ASR_DATABASE_URL={url} | head -c 100 | wc -c",
        shell=True,
        executable="/bin/bash",
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "100", "")


def test_the_schema_needs_no_database_and_holds_the_fields(tmp_path: Path) -> None:
    done = invoke("export", "--schema", settings={"ASR_DATABASE_URL": f"sqlite:///{tmp_path / 'none.db'}"})
    schema = json.loads(done.stdout)
    assert done.returncode == 0
    assert tuple(schema["properties"]) == EXPORT_FIELDS
    assert schema["required"] == list(EXPORT_FIELDS)
