"""WARC files that tools we did not write take for what they are."""

from __future__ import annotations

import io
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cdxj_indexer.main import CDXJIndexer
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from asrcrawler.items import Outcome, PackedCapture, Redirect
from asrcrawler.storage import Database, models
from asrcrawler.storage.visits.writing import write_visits
from tests.commands import invoke
from tests.storage.samples import HOUR, NOON, an_absence, an_article, with_page

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

URL = "http://asrpress.ir/fa/news/14"
SECONDS = timedelta(seconds=2)
FIRST, SECOND = "<html>نخست".encode(), b"<html>second"
WIRE: dict[str, Any] = {"content-length": "5", "content-encoding": "gzip", "server": "nginx"}


@pytest.fixture
def archive(tmp_path: Path) -> dict[str, str]:
    url = f"sqlite:///{tmp_path / 'asr.db'}"
    with closing(Database(url)) as database:
        database.prepare()
        for hours, body in enumerate((FIRST, FIRST, SECOND, FIRST)):
            article = an_article(11, at=NOON + hours * HOUR, tags=["پل"])
            assert article.fetch is not None
            write_visits(database, [with_page(article, body, dictionary=None, **WIRE)])
        refused = an_absence(12, Outcome.REFUSED, status=403, reason="status 403")
        write_visits(database, [with_page(refused, b"go away"), an_absence(13)])
    return {"ASR_DATABASE_URL": url}


def export(archive: dict[str, str], file: Path, *options: str) -> list[dict[str, Any]]:
    done = invoke("export", "-o", str(file), *options, settings=archive)
    found = records_of(file)
    captures = sum(record["type"] in {"response", "revisit"} for record in found)
    assert done == (0, "", f"scrapy export: {captures} capture{'' if captures == 1 else 's'} written\n")
    return found


def records_of(file: Path) -> list[dict[str, Any]]:
    found = []
    with file.open("rb") as stream:
        for record in ArchiveIterator(stream):
            head = record.rec_headers
            found.append(
                {
                    "type": record.rec_type,
                    "url": head.get_header("WARC-Target-URI"),
                    "id": head.get_header("WARC-Record-ID"),
                    "date": head.get_header("WARC-Date"),
                    "refers": head.get_header("WARC-Refers-To"),
                    "concurrent": head.get_header("WARC-Concurrent-To"),
                    "http": record.http_headers,
                    "body": record.content_stream().read(),
                }
            )
    return found


@pytest.mark.parametrize("name", ["pages.warc", "pages.warc.gz"])
def test_each_content_is_a_response_and_each_return_of_it_a_revisit(
    archive: dict[str, str], tmp_path: Path, name: str
) -> None:
    info, *records = export(archive, tmp_path / name)
    assert info["type"] == "warcinfo"
    assert b"Bodies are decompressed" in info["body"]
    assert [record["type"] for record in records] == ["response", "revisit", "response", "revisit", "response"]
    assert [record["body"] for record in records] == [FIRST, b"", SECOND, b"", b"go away"]
    assert [record["refers"] for record in records] == [None, records[0]["id"], None, records[0]["id"], None]
    assert records[1]["date"] == f"{NOON + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    assert records[0]["url"] == "http://asrpress.ir/fa/news/11"
    assert records[4]["http"].statusline == "403 Forbidden"


def test_headers_say_what_the_body_is_and_what_it_was_on_its_way(archive: dict[str, str], tmp_path: Path) -> None:
    http = export(archive, tmp_path / "pages.warc")[1]["http"]
    assert http.get_header("Content-Length") == str(len(FIRST))
    assert http.get_header("Content-Encoding") is None
    assert http.get_header("X-Archive-Orig-Content-Length") == "5"
    assert http.get_header("X-Archive-Orig-Content-Encoding") == "gzip"
    assert http.get_header("Server") == "nginx"


def indexed(file: Path) -> list[str]:
    """The lines of an index that another tool makes of a file, after a third one has found it right."""

    class Asked:
        inputs = (str(file),)
        verbose = False

    checker = Checker(Asked())
    checker.process_all()
    assert checker.exit_value == 0
    index = io.StringIO()
    CDXJIndexer(index, [str(file)], records="response,revisit").process_all()
    return index.getvalue().splitlines()


def write_redirected(archive: dict[str, str], *steps: Redirect, at: datetime = NOON) -> None:
    article = with_page(an_article(14, at=at), FIRST)
    assert article.fetch is not None
    assert isinstance(article.fetch.capture, PackedCapture)
    article.fetch.capture.url, article.fetch.capture.redirects = f"{URL}/%D8%AE%D8%A8%D8%B1", steps
    with closing(Database(archive["ASR_DATABASE_URL"])) as database:
        write_visits(database, [article])


@pytest.mark.parametrize("name", ["pages.warc", "pages.warc.gz"])
def test_the_redirects_that_led_to_a_page_come_before_it(archive: dict[str, str], tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    steps = (
        Redirect(NOON - 2 * SECONDS, 301, URL, f"{URL}/"),
        Redirect(NOON - SECONDS, 302, f"{URL}/", "http://asrpress.ir/fa/news/14/خبر"),
    )
    write_redirected(archive, *steps)
    write_redirected(archive, steps[0], at=NOON + HOUR)
    invoke("export", "-o", str(file), "--codes", "14", settings=archive)
    _, one, two, page, again, revisit = records_of(file)
    assert [record["type"] for record in (one, two, page, again, revisit)] == [*("response",) * 4, "revisit"]
    assert [record["url"] for record in (one, two, page, again)] == [URL, f"{URL}/", page["url"], URL]
    assert (one["http"].statusline, two["http"].statusline) == ("301 Moved Permanently", "302 Found")
    assert two["http"].get_header("Location") == page["url"]
    assert [record["date"][-9:] for record in (one, two, page)] == ["11:59:56Z", "11:59:58Z", "12:00:00Z"]
    assert [record["concurrent"] for record in (one, two, again)] == [page["id"], page["id"], revisit["id"]]
    assert len({record["id"] for record in (one, two, page, again, revisit)}) == 5
    assert (one["body"], one["http"].get_header("Content-Length"), page["body"]) == (b"", "0", FIRST)
    lines = indexed(file)
    assert len(lines) == 5
    assert sum('"status": "301"' in line for line in lines) == 2


@pytest.mark.parametrize("name", ["pages.warc", "pages.warc.gz"])
def test_other_tools_accept_it(archive: dict[str, str], tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    export(archive, file)
    lines = indexed(file)
    assert len(lines) == 5
    assert lines[0].startswith("ir,asrpress)/fa/news/11 20240501120000 ")
    assert sum('"mime": "warc/revisit"' in line for line in lines) == 2


def test_the_same_archive_gives_the_same_bytes(archive: dict[str, str], tmp_path: Path) -> None:
    one, other = tmp_path / "one.warc", tmp_path / "other.warc"
    export(archive, one)
    export(archive, other)
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize(
    ("options", "bodies"),
    [
        (["--codes", "12"], [b"go away"]),
        (["--tag", "پل"], [FIRST, b"", SECOND, b""]),
        (["--since", "2024-05-02"], []),
        (["--format", "warc", "--codes", "13"], []),
    ],
)
def test_options_select(archive: dict[str, str], tmp_path: Path, options: list[str], bodies: list[bytes]) -> None:
    assert [record["body"] for record in export(archive, tmp_path / "pages.warc", *options)[1:]] == bodies


def test_a_damaged_page_is_left_out_and_named(
    archive: dict[str, str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(Database(archive["ASR_DATABASE_URL"])) as database, database.write() as connection:
        connection.execute(models.page.update().where(models.page.c.id == 2).values(content=b"broken"))
    records = export(archive, tmp_path / "pages.warc")
    assert SECOND not in [record["body"] for record in records]
    assert "code 11: a page is left out, it does not unpack" in caplog.text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--format", "warc"], "--format warc needs a file: -o articles.warc"),
        (["-o", "x.warc", "--revisions"], "--revisions goes with formats of articles, not with warc"),
        (["-o", "x.warc", "--bom"], "--bom goes with --format csv, not with warc"),
    ],
)
def test_bad_input_is_one_line_and_status_2(archive: dict[str, str], options: list[str], words: str) -> None:
    done = invoke("export", *options, settings=archive)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"scrapy export: {words}")
