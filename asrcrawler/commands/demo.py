"""Run ``scrapy demo``: crawl two stand-ins of outlets, show what came of it, and serve the reading room on it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING

from asrcrawler.cli.command import AsrCommand, warn
from asrcrawler.cli.output import tell
from asrcrawler.commands.serve import DEFAULT_HOST, DEFAULT_PORT, refuse_without_extra
from asrcrawler.exceptions import MissingLibraryError, OutputError
from asrcrawler.settings_file import OWN, PROJECT, project_root
from asrcrawler.system.signals import ended_by_sigterm

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from datetime import datetime

    from asrcrawler.replica import Replicas, World

OUTLETS = 2
FIRST, LAST = 32_701, 33_000
"""News codes of the first outlet; the other one has as many."""
SEED, ARTICLES_PER_DAY, EDIT_SHARE, DELETION_SHARE = 2, 30, 0.25, 0.1
"""A world in which both outlets edit a headline and take an article down between the visits."""
AGES = (timedelta(hours=49), timedelta(hours=25), timedelta(0))
"""How long ago the visits are. What is missing at the second one is gone when the third one does not see it either."""
SETTINGS = (
    "DOWNLOAD_DELAY=0",
    "CONCURRENT_REQUESTS_PER_DOMAIN=8",
    "HTTPPROXY_ENABLED=False",
    "LOG_LEVEL=ERROR",  # its log would interest nobody here
)
STOP_SECONDS = 10  # for an interrupted crawl to write what it has taken up, and for the reading room to close

NEXT = """\
The articles are made up, and so are the sites; all of it is in data/demo.db:
  ASR_DATABASE_URL=sqlite:///data/demo.db scrapy status
  ASR_DATABASE_URL=sqlite:///data/demo.db scrapy export -o demo.jsonl
A real site, a few codes of it, into data/asr.db:
  scrapy crawl asr -a codes=32900-32920
(Put .venv/bin/ before scrapy where the environment is not activated.)"""


class Command(AsrCommand):
    """A command that serves replicas, crawls them in other processes, and serves the reading room until Ctrl-C."""

    summary = "Crawl two made-up sites on this machine and serve the reading room on them; needs no network."
    example = "scrapy demo"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--no-serve", action="store_true", help="end when the crawls have ended, without the reading room"
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        from asrcrawler.config import database_url
        from asrcrawler.replica import Replicas

        root = project_root()
        file = root / "data" / "demo.db"
        _remove(file)
        try:
            with ended_by_sigterm(), TemporaryDirectory() as empty, Replicas(made_up_worlds()) as replicas:
                stage = Stage(root, database_url(f"sqlite:///{file}"), Path(empty))
                _follow(stage.url, replicas)
                if status := _crawl(stage, replicas):
                    return status
                _show(stage, replicas)
                return 0 if opts.no_serve else self._serve(stage)
        except KeyboardInterrupt:
            if opts.no_serve:  # its caller waits for what it makes
                raise
            return 0

    def _serve(self, stage: Stage) -> int:
        try:
            refuse_without_extra()
        except MissingLibraryError as error:
            warn(self.title, [str(error)])
            return 0
        return stage.run([["serve", "--port", str(_port())]])


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the commands of the demo run: on its database, without the settings of the user."""

    root: Path
    url: str
    empty: Path
    """A folder without ``asr.toml``."""

    def run(self, commands: Sequence[Sequence[str]], log: IO[str] | None = None, **environment: str) -> int:
        """Run commands at once, as a user would, and give the worst exit status. Their stderr goes to ``log``."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(OWN)}
        own = {"ASR_DATABASE_URL": self.url, PROJECT: str(self.empty), **environment}
        running: list[subprocess.Popen[bytes]] = []
        try:
            for words in commands:
                command = [sys.executable, "-m", "scrapy", *words]
                running.append(subprocess.Popen(command, cwd=self.root, env=inherited | own, stderr=log))  # noqa: S603
            return max(process.wait() for process in running)
        finally:
            _end(running)


def made_up_worlds(now: datetime | None = None) -> list[World]:
    """Build what the demo crawls: sites that are in the middle of their work ``now``."""
    from asrcrawler.clock import utcnow
    from asrcrawler.replica import invented, worlds
    from asrcrawler.replica.timeline import MARGIN, TEHRAN

    now = (now or utcnow()).astimezone(TEHRAN).replace(microsecond=0)
    return worlds(
        [invented(number) for number in range(OUTLETS)],
        first=FIRST,
        last=LAST,
        seed=SEED,
        articles_per_day=ARTICLES_PER_DAY,
        edit_share=EDIT_SHARE,
        deletion_share=DELETION_SHARE,
        ends=now + MARGIN,
        now=now,
    )


def _follow(url: str, replicas: Replicas) -> None:
    """Make the database, and let it follow the stand-ins by their addresses on this machine."""
    from asrcrawler.outlets import new_outlet
    from asrcrawler.storage import Database, outlets

    with closing(Database(url)) as database:
        database.prepare()
        for name, server in replicas.items():
            made_up, first = server.world.outlet, server.world.first
            facts = {"title": made_up.site_name, "first_code": first, "backfill": LAST - FIRST + 1}
            outlets.add(database, new_outlet(name, server.base_url, site=made_up.host, **facts))
            print(f"{made_up.title}, a made-up news site, is on {server.base_url} as {name}.", flush=True)


def _crawl(stage: Stage, replicas: Replicas) -> int:
    """Visit all outlets as cron would, as often as there are :data:`AGES`; give the first status that is not 0."""
    from asrcrawler.cli.reports.figures import moment

    words = [word for setting in SETTINGS for word in ("-s", setting)]
    present = replicas.clock
    for place, age in enumerate(AGES, start=1):
        replicas.clock = present - age
        print(f"Visit {place} of {len(AGES)}, as of {moment(replicas.clock)} in Tehran …", flush=True)
        environment = {"ASR_NOW": replicas.clock.isoformat()} if age else {}
        with (stage.empty / "log").open("w+") as log:
            if status := stage.run([["crawl", name, *words] for name in replicas], log, **environment):
                log.seek(0)
                shutil.copyfileobj(log, sys.stderr)
                return status
    return 0


def _show(stage: Stage, replicas: Replicas) -> None:
    """Show the standing of the outlets, the latest edit of a headline, and the article last found to be gone."""
    from asrcrawler.cli.reports.demo import RULE, edit_lines, gone_lines
    from asrcrawler.gone import Presence
    from asrcrawler.items import Change
    from asrcrawler.storage import open_for_reading
    from asrcrawler.storage.articles.edits import edits
    from asrcrawler.storage.articles.gone import missed

    tell([""])
    stage.run([["status"]])
    names = {server.world.outlet.host: name for name, server in replicas.items()}
    lines: list[str] = []
    with open_for_reading(stage.url) as database:
        for edit in edits(database, changes=[Change.HEADLINE], limit=1):
            lines += [RULE, *edit_lines(names[edit.site], edit)]
        for one in missed(database, Presence.GONE, limit=1):
            lines += [RULE, *gone_lines(names[one.site], one)]
    tell([*lines, RULE, NEXT])


def _port() -> int:
    """Give the usual port of the reading room, or 0 for any free one where it is taken."""
    with suppress(OSError), socket.create_server((DEFAULT_HOST, DEFAULT_PORT)):
        return DEFAULT_PORT
    return 0


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Stop what still runs: ask it first, then kill it."""
    running = [process for process in processes if process.poll() is None]
    for process in running:
        process.terminate()
    for process in running:
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
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
