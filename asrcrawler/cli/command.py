"""Provide the base class of our commands: one-line errors, strict arguments, checked settings."""

from __future__ import annotations

import logging
import re
import sys
import textwrap
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from scrapy.commands import ScrapyCommand, ScrapyHelpFormatter

from asrcrawler.cli.output import Style, styled
from asrcrawler.exceptions import AsrCrawlerError, UsageError
from asrcrawler.system.startup import INTERRUPTED, let_go_of_stderr, let_go_of_stdout

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from asrcrawler.config import Config

OWN_NAME = "asrcrawler"


def program() -> str:
    """Give the name that the user called: ``scrapy``, or ``asrcrawler`` for the same commands."""
    return OWN_NAME if Path(sys.argv[0]).name == OWN_NAME else "scrapy"


def as_called(text: str) -> str:
    """Name the program in a command line as the user called it.

    >>> as_called("scrapy status")
    'scrapy status'
    """
    return re.sub(r"^(?:scrapy|asrcrawler)\b", program(), text)


def complain(command: str, error: AsrCrawlerError) -> int:
    """Write what is wrong in one line on stderr and give the exit status that goes with it."""
    text = " ".join(str(error).split())
    try:
        sys.stderr.write(f"{styled(f'{program()} {command}:', Style.BAD, sys.stderr)} {text}\n")
        sys.stderr.flush()
    except OSError:
        let_go_of_stderr()
    return error.exit_status


def warn(command: str, warnings: Iterable[str]) -> None:
    """Write warnings that do not stop the command, one line each on stderr."""
    for warning in warnings:
        sys.stderr.write(f"{program()} {command}: {styled('warning:', Style.DOUBTFUL, sys.stderr)} {warning}\n")


class HelpFormatter(ScrapyHelpFormatter):
    """Scrapy's own formatter, which leaves a text of several lines as it is."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if "\n" not in text:
            return super()._fill_text(text, width, indent)
        return textwrap.indent(text, indent)


class AsrCommand(ScrapyCommand):
    """A command of this project.

    Subclasses state ``summary`` and ``example`` and implement :meth:`execute`.
    """

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    summary: ClassVar[str]
    """One sentence for the list of commands."""
    example: ClassVar[str]
    """A command line that works, shown in the help."""
    arguments: ClassVar[str] = ""
    """The syntax of the arguments after the options; empty where none is taken."""
    most_arguments: ClassVar[int | None] = 0
    """How many arguments may be given; None for any number."""

    def execute(self, args: list[str], opts: argparse.Namespace) -> int | None:
        """Do the work and give the exit status; None counts as 0."""
        raise NotImplementedError

    @property
    def name(self) -> str:
        return type(self).__module__.rpartition(".")[2]

    @property
    def title(self) -> str:
        """Name the command as the user called it, for error messages."""
        return self.name

    @cached_property
    def config(self) -> Config:
        """Read and check the settings. Raises :exc:`~asrcrawler.exceptions.SettingError`."""
        from asrcrawler.config import Config

        assert self.settings is not None
        return Config.from_settings(self.settings)

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.usage = as_called(parser.usage or "")
        parser.error = self._refuse  # type: ignore[method-assign]

    def syntax(self) -> str:
        return f"[options] {self.arguments}".strip()

    def short_desc(self) -> str:
        return self.summary

    def long_desc(self) -> str:
        return f"{self.summary} Example: {as_called(self.example)}"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        try:
            self._refuse_surplus(args)
            if self.requires_project:
                self._check_sources()
            self._start_logging()
            self.exitcode = self.execute(args, opts) or 0
        except AsrCrawlerError as error:
            self.exitcode = complain(self.title, error)
        except KeyboardInterrupt:
            self.exitcode = INTERRUPTED
        except BrokenPipeError:  # the reader of our output went away, as `head` does
            let_go_of_stdout()
            self.exitcode = 0

    def _refuse(self, message: str) -> NoReturn:
        """End the process with one line that says what argparse finds wrong."""
        sys.exit(complain(self.title, UsageError(message)))

    def _refuse_surplus(self, args: list[str]) -> None:
        for argument in args:
            if argument.startswith("-") and argument != "-":
                raise UsageError(f"{argument!r} is not an option of this command; see {program()} {self.title} -h")
        if self.most_arguments is not None and len(args) > self.most_arguments:
            raise UsageError(f"{args[self.most_arguments]!r} is one argument too many; see {program()} {self.title} -h")

    def _check_sources(self) -> None:
        from asrcrawler.config import check_sources

        assert self.settings is not None
        warn(self.title, check_sources(self.settings))

    def _start_logging(self) -> None:
        assert self.settings is not None
        level = self.settings["LOG_LEVEL"] if self.settings.getbool("LOG_ENABLED") else logging.WARNING
        logging.basicConfig(level=level, format="%(levelname)s: %(message)s", stream=sys.stderr)
