"""The real ``scrapy work`` in a process of its own, on an archive that follows replicas and nothing else."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from asrcrawler.items import Outcome
from asrcrawler.outlets import new_outlet
from asrcrawler.storage import Database, models, outlets
from asrcrawler.storage.visits.ledger import known
from tests.end_to_end.crawling import end_of
from tests.processes import Process, scrapy, without_ours

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asrcrawler.replica.server import ReplicaServer

SETTINGS = {"HTTPPROXY_ENABLED": False}
ELSEWHERE = """
import ctypes, socket, sys
if ctypes.CDLL(None).unshare(0x04000000) == 0:
    socket.sethostname("elsewhere")
else:
    sys.stderr.write("this user may not give a process a host name of its own; Python alone is told another one\\n")
    socket.gethostname = lambda: "elsewhere"
"""
"""Python of a worker on another host, as by ``unshare -u``: the others cannot see whether its process lives. To be run
before a thread is begun, as a thread takes its host from the one that begins it."""


class Work:
    """One archive and its workers."""

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url
        self._started: list[Process] = []
        with closing(Database(database_url)) as database:
            database.prepare()

    def follow(self, servers: Mapping[str, ReplicaServer], **facts: Any) -> None:
        with closing(Database(self.database_url)) as database:
            for name, server in servers.items():
                site = server.base_url.removeprefix("http://")
                first = server.world.first
                given = {"delay": 0.0, "first_code": first, **facts}
                outlets.add(database, new_outlet(name, server.base_url, site=site, **given))

    def start(
        self, *options: str, settings: Mapping[str, object] = {}, before: str = "", **environment: str
    ) -> Process:
        """Start a worker; ``before`` is Python that its process runs first."""
        words = [part for name, value in (SETTINGS | dict(settings)).items() for part in ("-s", f"{name}={value}")]
        own = {"ASR_DATABASE_URL": self.database_url} | environment
        process = scrapy("work", *options, *words, environment=without_ours() | own, before=before)
        self._started.append(process)
        return process

    def kill_all(self) -> None:
        """Kill what a test that failed has left at work, and show what it said."""
        for process in self._started:
            if process.returncode is None:
                process.kill()
                sys.stdout.write(process.communicate()[0])

    def run(self, *options: str, **given: Any) -> tuple[int, str]:
        return end_of(self.start(*options, **given))

    def runs(self) -> list[tuple[str, str | None, int | None]]:
        """Site, reason and exit status of every run, in the order of their rows."""
        row = models.run.c
        with closing(Database(self.database_url)) as database, database.read() as connection:
            found = connection.execute(select(row.site, row.end_reason, row.exit_status).order_by(row.id))
            return [tuple(each) for each in found]


def is_whole(work: Work, server: ReplicaServer) -> bool:
    """Tell whether every article of the truth is stored, and nothing else; a truth without any is none."""
    site, world = server.base_url.removeprefix("http://"), server.world
    codes = list(range(world.first, world.last + 1))
    with closing(Database(work.database_url)) as database:
        ledger = known(database, site, codes)
    truth = {code for code in codes if server.truth(code).outcome is Outcome.STORED}
    stored = {code for code, visit in ledger.items() if visit.outcome is Outcome.STORED}
    return stored == truth != set()
