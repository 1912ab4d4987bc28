"""Run ``scrapy work``: run every followed outlet when it is due, in one process."""

from __future__ import annotations

import asyncio
import logging
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from asrcrawler.cli.command import AsrCommand, as_called, warn
from asrcrawler.cli.options import whole_number
from asrcrawler.exceptions import AnotherWorkerError, UnusableError, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from scrapy.settings import Settings

    from asrcrawler.storage import Database
    from asrcrawler.work.jobs import Jobs

CONCURRENCY = 20
MOST_CONCURRENCY = 200
OF_ONE_CRAWL = ("ASR_BASE_URL", "ASR_FIRST_CODE", "ASR_BACKFILL_PER_RUN", "ASR_NOW")
"""Settings that are refused: each would count for every outlet."""
LOCK = "-worker"
"""What the name of the lock's file has behind that of the SQLite file."""
OF_EVERY_RUN = ("scrapy.core.engine", "scrapy.statscollectors")
"""Loggers that tell of each crawl what its one line tells already."""


class Command(AsrCommand):
    """A command that works until it is told to stop; with ``--once``, until nothing is due."""

    summary = "Run every followed outlet when it is due, many at a time, until Ctrl-C."
    example = "scrapy work --once"
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": True, "LOG_INSTALL_ROOT_HANDLER": False}

    def long_desc(self) -> str:
        return (
            f"{self.summary} Every outlet has its own interval (scrapy outlet set NAME --every), its own place in it,"
            " and one request at a time; what is added or changed meanwhile is noticed. Told to stop, it ends its runs"
            " in good order and then with status 0; --once ends with the worst status of its runs."
            f" Example: {as_called(self.example)}"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--once", action="store_true", help="run what is due now, then end: for cron")
        parser.add_argument(
            "--concurrency",
            metavar="N",
            type=whole_number(1, MOST_CONCURRENCY),
            default=CONCURRENCY,
            help=f"how many outlets are run at once, at most (default: {CONCURRENCY})",
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        from asrcrawler.config import check_scrapy
        from asrcrawler.storage import sharing
        from asrcrawler.storage.outlets import all_outlets
        from asrcrawler.work.worker import CONNECTIONS

        settings = self._settings_of_crawls()
        check_scrapy(settings)
        idle = settings.getfloat("ASR_STALL")
        with sharing(self.config.database_url, CONNECTIONS, idle=idle) as database, _only_one(database):
            if not any(outlet.followed and outlet.enabled for outlet in all_outlets(database)):
                warn(self.title, ["no outlet is followed; scrapy outlet add NAME follows one"])
            return _worked(settings, _jobs(settings, database, once=opts.once), database, opts)

    def _settings_of_crawls(self) -> Settings:
        """Give the settings that all crawls of the worker have. Raises :exc:`UsageError` for those of one crawl."""
        from asrcrawler.work.worker import HEARTBEAT, STALL

        assert self.settings is not None
        if given := [name for name in OF_ONE_CRAWL if self.settings.get(name) not in {None, ""}]:
            verb = "count" if len(given) > 1 else "counts"
            raise UsageError(f"{', '.join(given)} {verb} for a single crawl; scrapy outlet set says it of an outlet")
        settings, config = self.settings.copy(), self.config
        stall = config.stall or max(STALL, 2 * (config.heartbeat or 0))
        own = {
            "ASR_DATABASE_URL": config.database_url,
            "ASR_STALL": stall,
            "ASR_HEARTBEAT": config.heartbeat or min(HEARTBEAT, stall / 2),
            "EXTENSIONS": settings.getdict("EXTENSIONS") | {"asrcrawler.extensions.progress.Progress": None},
        }
        for name, value in own.items():
            settings.set(name, value, priority="cmdline")
        return settings

    def _start_logging(self) -> None:
        """Write a line a run. Scrapy's own handler is left out, which each crawl would make anew."""
        from scrapy.utils.log import configure_logging

        from asrcrawler.logformatter import hide_set_up, is_verbose
        from asrcrawler.work.naming import OutletNames

        settings = self.settings
        assert settings is not None
        configure_logging(settings)
        if not settings.getbool("LOG_ENABLED"):
            logging.basicConfig(handlers=[logging.NullHandler()])
            return
        file = settings["LOG_FILE"]
        mode = "a" if settings.getbool("LOG_FILE_APPEND") else "w"
        handler = logging.FileHandler(file, mode, settings["LOG_ENCODING"]) if file else logging.StreamHandler()
        handler.setFormatter(logging.Formatter(settings["LOG_FORMAT"], settings["LOG_DATEFORMAT"]))
        handler.setLevel(settings["LOG_LEVEL"])
        handler.addFilter(OutletNames())
        logging.basicConfig(handlers=[handler], level=logging.NOTSET)
        if not is_verbose(settings["LOG_LEVEL"]):
            hide_set_up()
            for name in OF_EVERY_RUN:
                logging.getLogger(name).setLevel(logging.WARNING)


def _jobs(settings: Settings, database: Database, *, once: bool) -> Jobs:
    """Give what a worker takes its runs from: on PostgreSQL a queue, as there may be more workers than one.

    Raises :exc:`~asrcrawler.exceptions.QueueError` where it was not made yet.
    """
    if database.path is not None:  # a file, which one worker alone works on
        from asrcrawler.work.alone import Alone

        return Alone(database, once=once)
    from asrcrawler.storage.queue.schema import check

    check(database)
    from asrcrawler.work.queued import Queued

    return Queued(settings["ASR_DATABASE_URL"], stall=settings.getfloat("ASR_STALL"), once=once)


def _worked(settings: Settings, jobs: Jobs, database: Database, opts: argparse.Namespace) -> int:
    """Work in Scrapy's event loop, and give the exit status."""
    from scrapy.utils.reactor import install_reactor

    install_reactor(settings["TWISTED_REACTOR"], settings["ASYNCIO_EVENT_LOOP"])
    from twisted.internet import reactor as installed

    from asrcrawler.work.worker import Worker

    reactor: Any = installed
    ended: list[int | BaseException] = []

    async def work() -> None:
        try:
            worker = Worker(settings, jobs, database, concurrency=opts.concurrency, once=opts.once)
            ended.append(await worker.work())
        except BaseException as error:  # raised again where the command ends
            ended.append(error)
        finally:
            reactor.callLater(0, reactor.stop)

    loop = asyncio.get_event_loop()
    tasks: list[asyncio.Task[None]] = []
    reactor.callWhenRunning(lambda: tasks.append(loop.create_task(work())))
    reactor.run(installSignalHandlers=False)
    [end] = ended
    if isinstance(end, BaseException):
        raise end
    return end


@contextmanager
def _only_one(database: Database) -> Iterator[None]:
    """Keep a second worker from a SQLite database. Raises :exc:`AnotherWorkerError`."""
    from asrcrawler.system.locks import only_here

    path = database.path
    if path is None:
        yield
        return
    lock = path.with_name(path.name + LOCK)
    with ExitStack() as stack:
        try:
            is_only = stack.enter_context(only_here(lock))
        except OSError as error:
            raise UnusableError(f"database {database.name}: {error.strerror}: {lock}") from error
        if not is_only:
            raise AnotherWorkerError(f"another worker is at work on {database.name}; nothing to do")
        yield
