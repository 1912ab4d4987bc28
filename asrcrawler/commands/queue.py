"""Run ``scrapy queue``: share the work of an archive on PostgreSQL among several machines."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from asrcrawler.cli.actions import Action, ActionsCommand
from asrcrawler.cli.output import tell
from asrcrawler.exceptions import OutletError
from asrcrawler.spans import Codes

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from asrcrawler.cli.command import AsrCommand
    from asrcrawler.storage import Database


@contextmanager
def _archive(command: AsrCommand) -> Iterator[Database]:
    """Open the archive, which has to be on PostgreSQL. Raises :exc:`~asrcrawler.exceptions.UsageError`."""
    from asrcrawler.storage import Database
    from asrcrawler.storage.engine.limits import UNLIMITED
    from asrcrawler.storage.queue.schema import refuse_sqlite

    with closing(Database(command.config.database_url, longest=UNLIMITED)) as database:
        refuse_sqlite(database)
        yield database


def _init(command: AsrCommand, _: argparse.Namespace) -> None:
    from asrcrawler.storage.queue.schema import init

    with _archive(command) as database:
        database.prepare()
        tell([f"The queue of {database.name} is {init(database)}; scrapy work takes its work from there."])


def _status_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="the same as JSON, for machines; times in UTC")


def _status(command: AsrCommand, opts: argparse.Namespace) -> None:
    from asrcrawler.cli.reports import queue as reports
    from asrcrawler.clock import utcnow
    from asrcrawler.exceptions import QueueError
    from asrcrawler.storage.outlets import all_outlets
    from asrcrawler.storage.queue.standing import standing

    with _archive(command) as database:
        database.open_existing()
        outlets = all_outlets(database)
        found = standing(database, {outlet.name: outlet.site for outlet in outlets})
        if found is None:
            raise QueueError(f"database {database.name} has no queue yet; scrapy queue init makes it")
    now = utcnow()
    tell(
        [json.dumps(reports.as_json(found, outlets, now=now), ensure_ascii=False, indent=2)]
        if opts.json
        else reports.report(found, outlets, now=now)
    )


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="an outlet that is followed")
    parser.add_argument("--codes", metavar="CODES", type=_codes, required=True, help="as for -a codes=: 1-900000")


def _add(command: AsrCommand, opts: argparse.Namespace) -> None:
    from asrcrawler.cli.reports.figures import number
    from asrcrawler.storage.outlets import all_outlets
    from asrcrawler.storage.queue import leases, schema

    codes: Codes = opts.codes
    with _archive(command) as database:
        database.open_existing()
        schema.check(database)
        followed = {outlet.name: outlet for outlet in all_outlets(database) if outlet.followed}
        if opts.name not in followed:
            known = f"; there is: {', '.join(sorted(followed))}" if followed else ""
            raise OutletError(f"no outlet {opts.name!r} is followed{known}")
        leases.make(database, followed[opts.name].site, codes.spans)
    tell([f"{number(len(codes))} codes of {opts.name} wait for a worker; scrapy queue status shows how far they are."])


def _codes(text: str) -> Codes:
    try:
        return Codes.parse(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} {error}") from None


class Command(ActionsCommand):
    """A command with an action for each thing to be done with the queue."""

    summary = "Share the work of an archive on PostgreSQL among several machines."
    example = "scrapy queue init"
    actions = (
        Action(
            name="init",
            summary="Make the queue beside the archive, or bring it to this version; then run scrapy work anywhere.",
            example="scrapy queue init",
            execute=_init,
        ),
        Action(
            name="status",
            summary="Show the workers, what waits, what runs where and since when, what failed and why.",
            example="scrapy queue status --json",
            add_options=_status_options,
            execute=_status,
        ),
        Action(
            name="add",
            summary="Let workers visit these codes, ten minutes at a time, between scheduled runs.",
            example="scrapy queue add asr --codes 1-900000",
            add_options=_add_options,
            execute=_add,
        ),
    )
