"""``scrapy outlet``: which outlets an archive follows, and how a page of one is read."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from asrcrawler.clock import utcnow
from asrcrawler.storage import Database
from asrcrawler.storage.visits.ledger import record_listed
from tests.commands import Done, invoke
from tests.samaneh.template import CODE, TITLE, page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Outlet = Callable[..., Done]

NOWHERE = "http://127.0.0.1:9"
HEAD = ["name", "site", "fetched", "at", "every", "delay", "first", "backfill", "group"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "asr.db"


@pytest.fixture
def outlet(path: Path) -> Outlet:
    """``scrapy outlet WORDS`` on a database of the test."""

    def outlet(*words: str, settings: Mapping[str, str] | None = None) -> Done:
        own = {"ASR_DATABASE_URL": f"sqlite:///{path}", "DOWNLOAD_DELAY": "0", "RETRY_TIMES": "0"}
        return invoke("outlet", *words, settings=own | dict(settings or {}))

    return outlet


def rows(done: Done) -> list[list[str]]:
    assert (done.returncode, done.stderr) == (0, "")
    head, *found = [line.split() for line in done.stdout.splitlines()]
    assert head == HEAD
    return found


def refused(done: Done) -> str:
    """The one line of a command that was given something wrong."""
    assert (done.returncode, done.stdout) == (2, ""), done
    [line] = done.stderr.splitlines()
    return line.partition(": ")[2]


# --- what is followed


def test_an_outlet_is_added_listed_changed_and_removed(outlet: Outlet) -> None:
    done = outlet("add", "mynews", f"{NOWHERE}/", "--every", "۱۵", "--delay", "2.5", "--group", "shared")
    assert done == Done(0, f"mynews is followed: 127.0.0.1:9, fetched at {NOWHERE}; scrapy crawl mynews runs it\n", "")
    assert rows(outlet("list")) == [["mynews", "127.0.0.1:9", NOWHERE, "15", "min", "2.5", "s", "-", "300", "shared"]]
    changed = outlet("set", "mynews", "http://127.0.0.1:10", "--delay", "", "--group", "", "--backfill", "0",
                     "--first-code", "300", "--disable")  # fmt: skip
    [row] = rows(changed)
    assert row == [
        "mynews", "127.0.0.1:9", "http://127.0.0.1:10", "15", "min", "-", "300", "0", "127.0.0.1:10", "disabled"
    ]  # fmt: skip
    assert rows(outlet("list")) == [row]
    assert outlet("remove", "mynews").stdout == (
        "mynews is followed no more; what is stored of 127.0.0.1:9 stays, and can be read and exported\n"
    )
    assert rows(outlet("list"))[0][-1] == "removed"
    assert outlet("add", "mynews", NOWHERE).returncode == 0
    assert rows(outlet("list")) == [["mynews", "127.0.0.1:9", NOWHERE, "10", "min", "-", "300", "300", "127.0.0.1:9"]]


def test_a_known_outlet_needs_no_address_and_keeps_its_site_at_another(outlet: Outlet) -> None:
    assert outlet("add", "tabnak", NOWHERE).returncode == 0
    assert outlet("add", "khabar598").returncode == 0
    assert [row[:3] for row in rows(outlet("list"))] == [
        ["khabar598", "598.ir", "https://598.ir"],
        ["tabnak", "tabnak.ir", NOWHERE],
    ]
    known = outlet("list", "--known").stdout.splitlines()
    assert len(known) == 104
    assert ["tabnak", "https://tabnak.ir"] in [line.split()[:2] for line in known]


def test_an_empty_title_and_a_switch_are_taken_back(outlet: Outlet) -> None:
    outlet("add", "mynews", NOWHERE, "--title", " خبر  من ")
    assert rows(outlet("set", "mynews", "--disable"))[0][-1] == "disabled"
    assert rows(outlet("set", "mynews", "--enable", "--title", ""))[0][-1] == "127.0.0.1:9"


def test_the_site_of_an_outlet_can_be_mended_until_the_archive_has_visits_of_it(outlet: Outlet, path: Path) -> None:
    outlet("add", "mynews", NOWHERE)
    assert rows(outlet("set", "mynews", "--site", "mynews.example"))[0][1] == "mynews.example"
    with closing(Database(f"sqlite:///{path}")) as database:
        database.prepare()
        record_listed(database, "mynews.example", [5], utcnow(), run_id=None)
    assert refused(outlet("set", "mynews", "--site", "other.example")) == (
        "the archive has visits of mynews.example, which stay; add other.example under another name"
    )


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", "the following arguments are required: ACTION"),
        ("follow", "argument ACTION: invalid choice: 'follow'"),
        ("list one", "'one' is one argument too many"),
        ("add", "the following arguments are required: NAME"),
        ("add mynews", "no outlet 'mynews' is known; give its address: scrapy outlet add mynews http://…"),
        ("add search http://x.example", "'search' cannot be the name of an outlet: the reading room has a page"),
        ("add My http://x.example", "'My' cannot be the name of an outlet: 2 to 32 of a-z"),
        ("add mynews ftp://x.example", "'ftp://x.example' is not the address of a site"),
        ("add mynews http://x.example/fa", "'http://x.example/fa' is not the address of a site"),
        ("add mynews http://x.example y", "'y' is one argument too many"),
        ("add mynews http://x.example --site http://x.example", "'http://x.example' is not a site"),
        ("add mynews http://x.example --every 0", "argument --every: '0' is not a whole number from 1 to 1440"),
        ("add mynews http://x.example --every 1441", "argument --every: '1441' is not a whole number"),
        ("add mynews http://x.example --delay -1", "argument --delay: '-1' is not a number of seconds"),
        ("add mynews http://x.example --delay nan", "argument --delay: 'nan' is not a number of seconds"),
        ("add mynews http://x.example --first-code x", "argument --first-code: 'x'"),
        ("add mynews http://x.example --backfill -1", "argument --backfill: '-1' is not a whole number"),
        ("add tabnak", "tabnak is followed already; scrapy outlet set tabnak changes it"),
        ("add second http://127.0.0.1:9", "second at http://127.0.0.1:9 cannot be told from tabnak at"),
        ("add second http://tabnak.ir", "tabnak.ir is followed already, as tabnak"),
        ("add second http://x.example --site tabnak.ir", "tabnak.ir is followed already, as tabnak"),
        ("set tabnak", "say what is to change"),
        ("set tabnak --every x", "argument --every: 'x' is not a whole number"),
        ("set tabnak --enable --disable", "argument --disable: not allowed with argument --enable"),
        ("set tabnak http://x.example/fa", "'http://x.example/fa' is not the address of a site"),
        ("set other --every 5", "no outlet 'other' is followed; there is: tabnak"),
        ("remove other", "no outlet 'other' is followed; there is: tabnak"),
        ("check", "the following arguments are required: NAME"),
        ("check nowhere", "there is no outlet 'nowhere', followed or known"),
        ("check tabnak x", "CODE 'x' is not a news code"),
        ("check tabnak 5 --file /nowhere/page.html", "--file '/nowhere/page.html': No such file or directory"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(outlet: Outlet, words: str, why: str) -> None:
    outlet("add", "tabnak", NOWHERE)
    assert why in refused(outlet(*words.split()))


@pytest.mark.parametrize("words", ["set mynews --every 5", "remove mynews", "list"])
def test_where_there_is_no_database_none_is_made_for_nothing(outlet: Outlet, path: Path, words: str) -> None:
    done = outlet(*words.split())
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        f"scrapy outlet {words.split()[0]}: there is no database {path} yet; scrapy crawl asr makes it"
    ]
    assert not path.exists()


def test_a_database_that_another_program_holds_is_one_line(
    outlet: Outlet, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outlet("add", "mynews", NOWHERE)
    monkeypatch.setattr("asrcrawler.storage.engine.sqlite.BUSY_TIMEOUT", 0.1, raising=False)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    done = outlet("set", "mynews", "--every", "5")
    other.close()
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert "locked" in done.stderr


# --- how a page is read


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "page.html"
    path.write_bytes(page())
    return str(path)


def test_a_saved_page_is_read_without_a_database(outlet: Outlet, file: str, path: Path) -> None:
    done = outlet("check", "tabnak", "--file", file)
    assert (done.returncode, done.stderr) == (0, "")
    first, _, head, *lines = done.stdout.splitlines()
    assert first == f"tabnak {CODE}: read"
    assert head.split() == ["field", "place", "value"]
    assert ["title", TITLE] in [[line.split()[0], " ".join(line.split()[2:])] for line in lines if line]
    assert any(line.startswith("Missing: ") for line in lines)
    assert not path.exists()


def test_a_saved_page_as_json(outlet: Outlet, file: str) -> None:
    done = outlet("check", "tabnak", str(CODE), "--file", file, "--json")
    told = json.loads(done.stdout)
    assert (told["outlet"], told["site"], told["code"], told["outcome"]) == ("tabnak", "tabnak.ir", CODE, "stored")
    assert told["article"]["title"] == TITLE
    assert told["places"]["code"] == "request"
    assert {name for name, place in told["places"].items() if place is None} == set(told["missing"])
    other = outlet("check", "tabnak", "5", "--file", file, "--json")
    assert other.returncode == 1
    assert json.loads(other.stdout) == {
        "outlet": "tabnak", "site": "tabnak.ir", "code": 5, "outcome": "unreadable", "reason": f"page of code {CODE}"
    }  # fmt: skip


def test_a_saved_page_that_is_no_article(outlet: Outlet, tmp_path: Path) -> None:
    (tmp_path / "empty.html").write_bytes(b"")
    done = outlet("check", "tabnak", "--file", str(tmp_path / "empty.html"))
    assert (done.returncode, done.stderr) == (75, "")
    assert done.stdout == "tabnak 1: no article was read: failed, empty answer\n"
