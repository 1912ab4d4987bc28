"""What `scrapy page` and `scrapy status --code` make of captures."""

from __future__ import annotations

import json
from contextlib import closing
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from asrcrawler.storage import Database, models
from asrcrawler.storage.visits.writing import write_visits
from tests.commands import invoke
from tests.storage.samples import HOUR, NOON, an_absence, an_article, with_page

if TYPE_CHECKING:
    from pathlib import Path

OLD, NEW = "<html>نخست".encode(), "<html>دوم".encode("windows-1256")


@pytest.fixture
def archive(tmp_path: Path) -> dict[str, str]:
    url = f"sqlite:///{tmp_path / 'asr.db'}"
    with closing(Database(url)) as database:
        database.prepare()
        write_visits(database, [with_page(an_article(11), OLD), an_absence(12)])
        write_visits(database, [with_page(an_article(11, at=NOON + HOUR), NEW)])
    return {"ASR_DATABASE_URL": url}


@pytest.mark.parametrize(("options", "body"), [([], NEW), (["--visit", "1"], OLD), (["--visit", "2"], NEW)])
def test_a_page_comes_as_it_came(archive: dict[str, str], tmp_path: Path, options: list[str], body: bytes) -> None:
    file = tmp_path / "page.html"
    done = invoke("page", "11", *options, "-o", str(file), settings=archive)
    assert done == (0, "", "")
    assert file.read_bytes() == body


def test_numbers_may_be_typed_on_any_keyboard(archive: dict[str, str]) -> None:
    assert invoke("page", "۱۱", "--visit", "١", settings=archive).stdout == "<html>نخست"
    assert invoke("status", "--code", "۱۱", settings=archive) == invoke("status", "--code", "11", settings=archive)


def test_stdout_is_the_default(archive: dict[str, str]) -> None:
    assert invoke("page", "--visit", "1", "11", settings=archive).stdout == "<html>نخست"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ([], "give a news code such as 32911"),
        (["ten"], "CODE 'ten' is not a news code such as 32911"),
        (["12"], "there is no capture of code 12"),
        (["1" + "0" * 30], "CODE '1000000000000000000000000000000' is not a news code such as 32911"),
        (["11", "--visit", "3"], "--visit 3 is not a number from 1 to 2"),
        (["11", "--visit", "0"], "argument --visit: '0' is not a whole number of 1 or more"),
        (["11", "12"], "there is no outlet '11'; there is: asr"),
    ],
)
def test_bad_input_is_one_line_and_status_2(archive: dict[str, str], words: list[str], complaint: str) -> None:
    done = invoke("page", *words, settings=archive)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"scrapy page: {complaint}")
    assert done.stderr.count("\n") == 1


def test_a_damaged_page_is_said_and_not_shown(archive: dict[str, str], tmp_path: Path) -> None:
    with closing(Database(archive["ASR_DATABASE_URL"])) as database, database.write() as connection:
        connection.execute(models.page.update().values(content=b"broken"))
    done = invoke("page", "11", "-o", str(tmp_path / "page.html"), settings=archive)
    assert done.returncode == 1
    assert done.stderr.startswith("scrapy page: the capture of code 11 does not unpack")
    assert not (tmp_path / "page.html").exists()


def test_status_lists_the_pages_of_a_code(archive: dict[str, str]) -> None:
    text = invoke("status", "--code", "11", settings=archive).stdout
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert f"1 1403-02-12 15:30 {sha256(OLD).hexdigest()[:12]} 14 B 23 B packed" in lines
    assert f"2 1403-02-12 16:30 {sha256(NEW).hexdigest()[:12]} 9 B 18 B packed" in lines
    data = json.loads(invoke("status", "--code", "11", "--json", settings=archive).stdout)
    assert [page["sha256"] for page in data["pages"]] == [sha256(OLD).hexdigest(), sha256(NEW).hexdigest()]
    assert data["pages"][0]["headers"] == {"content-type": "text/html; charset=utf-8"}


def test_status_says_nothing_of_pages_where_none_are_kept(archive: dict[str, str]) -> None:
    assert "Pages" not in invoke("status", "--code", "12", settings=archive).stdout
