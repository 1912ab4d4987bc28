"""Run ``scrapy demo``: serve the replica, crawl it and show the result, on this machine alone."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from asrcrawler.cli.command import AsrCommand
from asrcrawler.cli.output import tell
from asrcrawler.exceptions import OutputError
from asrcrawler.system.signals import ended_by_sigterm

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from asrcrawler.storage import Database

SPIDER = "asr"
FIRST, LAST = 32_701, 33_000  # news codes; about a hundred of them are articles
SETTINGS = ("DOWNLOAD_DELAY=0", "HTTPPROXY_ENABLED=False", "LOG_LEVEL=ERROR")  # its log would interest nobody here
SHOWN = 2  # articles
RUNS_SHOWN = 1
BACKLOG = 20  # articles looked at to find some with text to show
RULE = "─" * 78
STOP_SECONDS = 10  # for an interrupted crawl to write what it has taken up

NEXT = """\
This was a stand-in of the site, served on this machine; its articles are made up. They are in data/demo.db:
  ASR_DATABASE_URL=sqlite:///data/demo.db scrapy status
  ASR_DATABASE_URL=sqlite:///data/demo.db scrapy export -o demo.jsonl
The real site, a few codes of it, into data/asr.db:
  scrapy crawl asr -a codes=32900-32920
(Put .venv/bin/ before scrapy where the environment is not activated.)"""


class Command(AsrCommand):
    """A command that serves the replica, crawls it in another process and shows what was stored."""

    summary = "Crawl a stand-in of the site on this machine and show what came of it; needs no network."
    example = "scrapy demo"

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        from asrcrawler.config import database_url
        from asrcrawler.replica import ReplicaServer, World
        from asrcrawler.settings_file import project_root

        root = project_root()
        database = root / "data" / "demo.db"
        url = database_url(f"sqlite:///{database}")
        _remove(database)
        with ended_by_sigterm(), ReplicaServer(World()) as replica:
            print(
                f"The stand-in of the site is at {replica.base_url}; visiting the codes {FIRST} to {LAST}.", flush=True
            )
            status = _crawl(root, replica.base_url, url)
        if status == 0:
            _show(url)
        return status


def _crawl(root: Path, base_url: str, url: str) -> int:
    """Run ``scrapy crawl`` as a user would and give its exit status."""
    own = {"ASR_BASE_URL": base_url, "ASR_DATABASE_URL": url, "ASR_FIRST_CODE": str(FIRST)}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ASR_")}
    words = ["crawl", SPIDER, "-a", f"codes={FIRST}-{LAST}"]
    for setting in SETTINGS:
        words += ["-s", setting]
    crawl = subprocess.Popen([sys.executable, "-m", "scrapy", *words], cwd=root, env=inherited | own)  # noqa: S603
    try:
        return crawl.wait()
    finally:
        _end(crawl)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop a process that still runs: ask it first, then kill it."""
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
    if process.poll() is None:
        process.kill()
        process.wait()


def _remove(database: Path) -> None:
    """Remove the database of an earlier demo, with the files that SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm"):
        path = database.with_name(database.name + suffix)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(str(path), error) from error


def _show(url: str) -> None:
    from asrcrawler.cli.reports.demo import article_lines
    from asrcrawler.cli.reports.status import report
    from asrcrawler.clock import utcnow
    from asrcrawler.spiders.asr import AsrSpider
    from asrcrawler.storage import open_for_reading
    from asrcrawler.storage.figures.sources import sources
    from asrcrawler.storage.figures.status import figures
    from asrcrawler.storage.visits.runs import last_runs

    site, now = AsrSpider.outlet.site, utcnow()
    with open_for_reading(url) as database:
        runs = last_runs(database, site, RUNS_SHOWN)
        counted, places = figures(database, site, now), sources(database, site)
        lines = report(site, counted, places, runs, database=database.name, first_code=FIRST, now=now)
        articles = _worth_reading(database)
    for article in articles:
        lines += ["", RULE, *article_lines(article)]
    tell(["", *lines, "", RULE, NEXT])


def _worth_reading(database: Database) -> list[dict[str, Any]]:
    """Find the first articles that have a headline, a lead and a body."""
    from itertools import islice

    from asrcrawler.storage.articles.export import Selection, export_articles

    some = islice(export_articles(database, Selection(unique=True)), BACKLOG)
    whole = (article for article in some if article["title"] and article["lead"] and article["body"])
    return list(islice(whole, SHOWN))
