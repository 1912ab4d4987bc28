"""Closed streams, a reader that goes away, and Ctrl-C while a command is loading."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from asrcrawler.storage import Database

ROOT = Path(__file__).parents[2]
LOADING = """
import asrcrawler.settings
import asrcrawler.commands.{name}
def interrupted(*_, **__):
    raise KeyboardInterrupt
asrcrawler.commands.{name}.Command.process_options = interrupted
from scrapy.cmdline import execute
execute(["scrapy", "{name}"])
"""
BEGINNING = """
import signal
from scrapy.crawler import AsyncCrawlerProcess
def interrupted(*_, **__):
    try:
        signal.raise_signal(signal.SIGINT)
    except BaseException:
        print("what Scrapy catches becomes a traceback")
AsyncCrawlerProcess.crawl = interrupted
from scrapy.cmdline import execute
execute(["scrapy", "crawl", "asr"])
"""


@pytest.fixture
def archive(tmp_path: Path) -> dict[str, str]:
    url = f"sqlite:///{tmp_path / 'asr.db'}"
    with closing(Database(url)) as database:
        database.prepare()
    return {"ASR_DATABASE_URL": url, "ASR_BASE_URL": "http://127.0.0.1:9"}


def run(command: list[str], archive: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | archive, capture_output=True, text=True, timeout=60, check=False
    )


def shell(line: str, archive: dict[str, str]) -> subprocess.CompletedProcess[str]:
    scrapy = f"{sys.executable} -m scrapy"
    return run(["/bin/bash", "-c", f"set -o pipefail; {line.replace('scrapy', scrapy)}"], archive)


@pytest.mark.parametrize("program", [LOADING.format(name="status"), LOADING.format(name="crawl"), BEGINNING])
def test_ctrl_c_before_a_command_is_at_work_leaves_no_traceback(program: str, archive: dict[str, str]) -> None:
    done = run([sys.executable, "-c", program], archive)
    assert done.returncode == 130
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_any_other_error_is_told_as_ever(archive: dict[str, str]) -> None:
    done = run([sys.executable, "-c", "import asrcrawler.settings; print('first'); 1 / 0"], archive)
    assert (done.returncode, done.stdout) == (1, "first\n")
    assert done.stderr.endswith("ZeroDivisionError: division by zero\n")


@pytest.mark.parametrize(
    ("line", "status", "complaint"),
    [
        ("scrapy status >&-", 0, ""),
        ("scrapy status --check >&-", 1, ""),
        ("scrapy export >&-", 1, "scrapy export: stdout could not be written: Bad file descriptor\n"),
        ("scrapy status >&- 2>&- <&-", 0, ""),
        ("scrapy status --nonsense 2>&-", 2, ""),
        ("scrapy status | true", 0, ""),
        ("scrapy status --nonsense 2>&1 | true", 2, ""),
    ],
)
def test_closed_streams_and_readers_that_go_away_leave_no_traceback(
    line: str, status: int, complaint: str, archive: dict[str, str]
) -> None:
    done = shell(line, archive)
    assert (done.returncode, done.stdout, done.stderr) == (status, "", complaint)
