"""The demo, run whole: a real crawl of the replica."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from asrcrawler.commands.demo import FIRST, LAST, SHOWN
from asrcrawler.replica.world import DEFAULT_FIRST, DEFAULT_LAST
from tests.commands import ROOT, invoke, run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project folder of its own, so that the data folder of the real one stays as it is."""
    shutil.copy(ROOT / "scrapy.cfg", tmp_path)
    return tmp_path


def test_it_crawls_afresh_and_shows_what_came_of_it(project: Path) -> None:
    (project / "data").mkdir()
    (project / "data" / "demo.db").write_text("what an earlier demo left")
    misleading = {"ASR_BASE_URL": "http://127.0.0.1:1", "ASR_FIRST_CODE": "9", "http_proxy": "http://127.0.0.1:1"}
    done = run("demo", environment=misleading, cwd=project)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"of {LAST - FIRST + 1} visited" in done.stdout
    assert "finished, exit status 0" in done.stdout
    assert done.stdout.count("/fa/news/") == SHOWN
    assert "sqlite:///data/demo.db scrapy export" in done.stdout
    url = f"sqlite:///{project / 'data' / 'demo.db'}"
    found = json.loads(invoke("status", "--json", settings={"ASR_DATABASE_URL": url}).stdout)
    assert found["first_code"] == FIRST
    assert found["covered"][0][0] == FIRST


def test_its_codes_are_some_of_the_replica_s() -> None:
    assert DEFAULT_FIRST <= FIRST < LAST <= DEFAULT_LAST


def test_the_status_of_the_crawl_is_passed_on(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    monkeypatch.setattr("asrcrawler.commands.demo._crawl", lambda *_: 75)
    done = invoke("demo")
    assert done.returncode == 75
    assert len(done.stdout.splitlines()) == 1


def test_an_earlier_database_that_cannot_go_is_one_line(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    (project / "data" / "demo.db").mkdir(parents=True)
    done = invoke("demo")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("scrapy demo: ")
    assert done.stderr.endswith("demo.db could not be written: Is a directory\n")


def test_no_crawl_outlives_a_terminated_demo(project: Path) -> None:
    demo = subprocess.Popen(
        [sys.executable, "-m", "scrapy", "demo"], cwd=project, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert demo.stdout is not None
    assert b"visiting the codes" in demo.stdout.readline()
    time.sleep(1.0)
    demo.send_signal(signal.SIGTERM)
    assert demo.wait(30) == 130
    assert demo.stdout.read() == b""  # the crawl had this pipe too; its end means the crawl's end
    demo.stdout.close()
