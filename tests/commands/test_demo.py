"""The demo, run whole: real crawls of two replicas, and the reading room on what they left."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import time
import urllib.request
from contextlib import ExitStack, closing, contextmanager, suppress
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from asrcrawler.commands.demo import AGES, FIRST, LAST, made_up_worlds
from asrcrawler.commands.serve import DEFAULT_PORT
from asrcrawler.items import Change
from asrcrawler.replica import changes_between
from asrcrawler.replica.world import DEFAULT_FIRST, DEFAULT_LAST
from asrcrawler.storage import Database
from asrcrawler.storage.articles.edits import edits
from asrcrawler.storage.articles.export import Selection, export_articles
from asrcrawler.storage.outlets import all_outlets
from tests.commands import ROOT, invoke
from tests.processes import Process, scrapy, without_ours

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

INTERRUPTED = 130
WITHOUT_CRAWLS = """
from asrcrawler.commands import demo
demo._crawl = demo._show = lambda *_: 0
"""
"""Leaves out the long part of the demo."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project folder of its own, so that the data folder of the real one stays as it is."""
    shutil.copy(ROOT / "scrapy.cfg", tmp_path)
    return tmp_path


@contextmanager
def running(project: Path, *words: str, before: str = "") -> Iterator[Process]:
    """The demo in a process of its own, which has ended by the end."""
    process = scrapy("demo", *words, environment=without_ours(), cwd=project, merged=False, before=before)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.communicate()


@contextmanager
def taken(port: int) -> Iterator[None]:
    """Nobody else can serve on ``port``."""
    with ExitStack() as stack:
        with suppress(OSError):
            stack.enter_context(socket.create_server(("127.0.0.1", port)))
        yield


def lines_until(process: Process, beginning: str) -> list[str]:
    """What it says, up to the line that begins so."""
    lines = [process.stdout.readline()]
    while lines[-1] and not lines[-1].startswith(beginning):
        lines.append(process.stdout.readline())
    assert lines[-1], lines
    return [line.rstrip("\n") for line in lines]


def left(process: Process) -> tuple[int | None, str, str]:
    """Its status, and what it still says."""
    out, err = process.communicate(timeout=30)
    return process.returncode, out, err


@pytest.mark.slow
def test_edits_and_deletions_of_two_outlets_are_shown_and_served(project: Path) -> None:
    (project / "data").mkdir()
    (project / "data" / "demo.db").write_text("what an earlier demo left")
    (project / "asr.toml").write_text('ASR_BASE_URL = "http://127.0.0.1:1"\nASR_PING_URL = "http://127.0.0.1:1"\n')
    (project / "asr.toml").chmod(0o600)
    url = f"sqlite:///{project / 'data' / 'demo.db'}"
    with running(project) as process:
        lines = lines_until(process, "Reading room on ")
        address = lines[-1].removeprefix("Reading room on ").removesuffix("; Ctrl-C ends it")
        with urllib.request.urlopen(address, timeout=20) as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGTERM)
        assert left(process) == (0, "", "")

    with closing(Database(url, read_only=True)) as database:
        followed = {outlet.name: outlet for outlet in all_outlets(database)}
        gone = {(one["site"], one["code"]) for one in export_articles(database, Selection(gone=True))}
        seen = {(edit.site, edit.code) for edit in edits(database, changes=tuple(Change), limit=1000)}
    worlds = made_up_worlds()
    moments = [worlds[0].now - age for age in AGES]
    assert list(followed) == [world.outlet.name for world in worlds] == ["asr", "narvanpress"]
    for world in worlds:
        outlet = followed[world.outlet.name]
        assert outlet.base_url.startswith("http://127.0.0.1:")
        assert outlet.site == world.outlet.host
        deleted = changes_between(world, *moments[:2]).deleted
        assert {code for site, code in gone if site == outlet.site} == set(deleted)
        edited = {code for since, until in pairwise(moments) for code in changes_between(world, since, until).edited}
        assert set() < {code for site, code in seen if site == outlet.site} <= edited
    status = invoke("status", settings={"ASR_DATABASE_URL": url}).stdout.splitlines()
    assert len([line for line in status if line not in lines]) <= 3  # the moment, and how long ago a run was
    assert len([line for line in lines if "another headline, seen" in line]) == 1
    assert len([line for line in lines if "taken down; missing" in line]) == 1


def test_in_its_world_each_outlet_changes_a_headline_and_takes_an_article_down() -> None:
    worlds = made_up_worlds()
    first, second, last = (worlds[0].now - age for age in AGES)
    for world in worlds:
        assert changes_between(world, first, second).deleted
        edited = [*changes_between(world, first, second).edited, *changes_between(world, second, last).edited]
        assert Change.HEADLINE in {edit.change for code in edited for edit in world.entry(code).edits}
    assert DEFAULT_FIRST <= FIRST < LAST <= DEFAULT_LAST


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_the_room_is_on_another_port_where_its_own_is_taken_and_ends_with_0(project: Path, end: signal.Signals) -> None:
    with taken(DEFAULT_PORT), running(project, before=WITHOUT_CRAWLS) as process:
        last = lines_until(process, "Reading room on ")[-1]
        assert re.fullmatch(r"Reading room on http://127\.0\.0\.1:(?!8000;)\d+; Ctrl-C ends it", last)
        process.send_signal(end)
        assert left(process) == (0, "", "")


def test_without_the_extra_it_says_so_and_ends(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    monkeypatch.setattr("asrcrawler.commands.demo._crawl", lambda *_: 0)
    monkeypatch.setattr("asrcrawler.commands.demo._show", lambda *_: None)
    monkeypatch.setattr("asrcrawler.commands.serve.NEEDED", ("no_such_library",))
    done = invoke("demo")
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 2)
    needs = "scrapy demo: warning: the reading room needs no_such_library: pip install -e '.[web]'\n"
    assert done.stderr == needs
    silent = invoke("demo", "--no-serve")
    assert (silent.returncode, len(silent.stdout.splitlines()), silent.stderr) == (0, 2, "")


def test_the_status_of_a_crawl_is_passed_on_with_its_log(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    monkeypatch.setattr("asrcrawler.commands.demo.SETTINGS", ("DOWNLOAD_DELAY=soon",))
    done = invoke("demo")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].startswith("Visit 1 of ")
    assert "setting DOWNLOAD_DELAY: 'soon' is not a number of 0 or more" in done.stderr


def test_an_earlier_database_that_cannot_go_is_one_line(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    (project / "data" / "demo.db").mkdir(parents=True)
    done = invoke("demo")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("scrapy demo: ")
    assert done.stderr.endswith("demo.db could not be written: Is a directory\n")


@pytest.mark.parametrize(("words", "status"), [([], 0), (["--no-serve"], INTERRUPTED)])
def test_no_crawl_outlives_a_terminated_demo(project: Path, words: list[str], status: int) -> None:
    with running(project, *words) as process:
        lines_until(process, "Visit 1 of ")
        time.sleep(1.0)
        process.send_signal(signal.SIGTERM)
        assert left(process) == (status, "", "")  # the crawls had this stdout too; its end means theirs
