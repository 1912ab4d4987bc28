"""``scrapy work``: what is refused before it works; the work itself: ``tests/end_to_end/test_work.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.commands import run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("given", "verb"),
    [
        (["ASR_BASE_URL=http://127.0.0.1:9"], "counts"),
        (["ASR_FIRST_CODE=7"], "counts"),
        (["ASR_BACKFILL_PER_RUN=0"], "counts"),
        (["ASR_NOW=2023-01-24T22:54:00+03:30"], "counts"),
        (["ASR_BASE_URL=http://127.0.0.1:9", "ASR_FIRST_CODE=7"], "count"),
    ],
)
def test_what_counts_for_a_single_crawl_is_refused(given: list[str], verb: str, sqlite_url: str) -> None:
    words = [word for setting in (f"ASR_DATABASE_URL={sqlite_url}", *given) for word in ("-s", setting)]
    names = ", ".join(setting.partition("=")[0] for setting in given)
    complaint = f"scrapy work: {names} {verb} for a single crawl; scrapy outlet set says it of an outlet\n"
    done = run("work", "--once", *words)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", complaint)


@pytest.mark.parametrize("number", ["0", "201", "many"])
def test_a_wrong_concurrency_is_one_line(number: str) -> None:
    done = run("work", "--concurrency", number)
    complaint = f"scrapy work: argument --concurrency: '{number}' is not a whole number from 1 to 200\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", complaint)


def test_without_an_outlet_there_is_nothing_to_do(sqlite_url: str) -> None:
    done = run("work", "--once", "-s", f"ASR_DATABASE_URL={sqlite_url}")
    warning = "scrapy work: warning: no outlet is followed; scrapy outlet add NAME follows one\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, "", warning)


def test_a_database_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "asr.db"
    path.write_text("no database, for sure")
    done = run("work", "--once", "-s", f"ASR_DATABASE_URL=sqlite:///{path}")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith(f"scrapy work: database sqlite:///{path}: file is not a database")
