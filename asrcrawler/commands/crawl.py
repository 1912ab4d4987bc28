"""Run ``scrapy crawl`` with one-line errors for wrong input and an exit status that tells how the run ended."""

from __future__ import annotations

import gc
import signal
import sys
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from scrapy.commands.crawl import Command as ScrapyCrawl

from asrcrawler.cli.command import as_called, complain, program, warn
from asrcrawler.endings import FAILED, UNAVAILABLE
from asrcrawler.exceptions import AsrCrawlerError, StorageError, UsageError
from asrcrawler.logformatter import hide_set_up, is_verbose
from asrcrawler.system.signals import hangup_is_sigterm
from asrcrawler.system.startup import leave

if TYPE_CHECKING:
    import argparse

    from asrcrawler.outlets import Outlet


class Command(ScrapyCrawl):
    """Scrapy's own command, with our error messages and our exit status."""

    def short_desc(self) -> str:
        return "Crawl the site: exactly the codes given with -a codes=, or else what is new and due."

    def long_desc(self) -> str:
        return (
            f"{self.short_desc()} -a codes=32911,32950-32960: these news codes, again even if known. "
            "-a limit=500: at most so many article pages. Exit status: 0 everything taken up is in the database; "
            "75 the site could not be reached or refused us, or a signal ended the run with codes in hand; "
            "1 the run could not do its work; 2 usage. "
            f"Example: {as_called('scrapy crawl asr -a codes=32911')}"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.usage = as_called(parser.usage or "")
        parser.error = _refuse  # type: ignore[method-assign]

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Read the options, and refuse wrong ones before Scrapy starts: in one line, with no log around it."""
        super().process_options(args, opts)
        assert self.settings is not None
        try:
            self._check(args, opts)
        except AsrCrawlerError as error:
            sys.exit(complain("crawl", error))
        if not is_verbose(self.settings["LOG_LEVEL"]):
            hide_set_up()

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        from asrcrawler.crawl.archive import Archive

        assert self.crawler_process is not None
        signal.signal(signal.SIGINT, leave)  # until Scrapy has its own: what it catches before becomes a traceback
        with hangup_is_sigterm():
            crawler = self._create_crawler(args[0])
            self.crawler_process.crawl(crawler, **opts.spargs)
            self.crawler_process.start()
        Archive.let_go(crawler)  # a second signal ends the crawl at once, also in the middle of a question
        stats = None if self.crawler_process.bootstrap_failed else crawler.stats
        status = stats.get_value("asr/exit_status") if stats else None
        self.exitcode = status if status is not None else UNAVAILABLE if _was_stopped() else FAILED
        gc.freeze()  # a last search for garbage in all that was loaded takes longer than a run with nothing new

    def _check(self, args: list[str], opts: argparse.Namespace) -> None:
        from scrapy.spiderloader import get_spider_loader

        from asrcrawler.cli.outlets import refuse_overrides
        from asrcrawler.config import Config, check_scrapy, check_sources
        from asrcrawler.crawl.arguments import Arguments
        from asrcrawler.outlets import refuse_clash
        from asrcrawler.spiders.loader import stored_outlets

        assert self.settings is not None
        loader = get_spider_loader(self.settings)
        for argument in args:
            if argument.startswith("-"):
                raise UsageError(f"{argument!r} is not an option of this command; see {program()} crawl -h")
        if len(args) != 1:
            raise UsageError(f"give the name of one spider; there is: {', '.join(loader.list())}")
        try:
            outlet: Outlet = loader.load(args[0]).outlet  # type: ignore[attr-defined]
        except KeyError as error:
            raise UsageError(error.args[0]) from None
        Arguments.read(**opts.spargs)
        warn("crawl", check_sources(self.settings))
        base_url = Config.from_settings(self.settings).base_url
        with suppress(StorageError):  # the crawl itself waits for the database
            stored = stored_outlets(self.settings).values()
            refuse_overrides(stored)
            refuse_clash(replace(outlet, base_url=base_url or outlet.base_url), stored)
        check_scrapy(self.settings)


def _was_stopped() -> bool:
    """Tell whether a signal ended the crawl before it could report: a first one at its start, or a second one.

    After each signal Scrapy has another handler.
    """
    handler = signal.getsignal(signal.SIGTERM)
    return handler is signal.SIG_IGN or getattr(handler, "__name__", None) == "_signal_kill"


def _refuse(message: str) -> NoReturn:
    """End the process with one line that says what argparse or Scrapy finds wrong."""
    sys.exit(complain("crawl", UsageError(message)))
