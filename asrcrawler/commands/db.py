"""Run ``scrapy db``: upgrade, copy, check, back up and tidy the database."""

from __future__ import annotations

import sys
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from asrcrawler.cli.actions import Action, ActionsCommand
from asrcrawler.cli.output import Style, replacing, styled, tell
from asrcrawler.config import given_database_url
from asrcrawler.exceptions import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from asrcrawler.cli.command import AsrCommand
    from asrcrawler.storage import Database

MEGABYTE = 1_000_000


@contextmanager
def _archive(command: AsrCommand) -> Iterator[Database]:
    """Open the existing database of the settings, to write to it."""
    from asrcrawler.storage import Database
    from asrcrawler.storage.engine.limits import UNLIMITED

    with closing(Database(command.config.database_url, longest=UNLIMITED)) as database:
        database.open_existing()
        yield database


@contextmanager
def _read_only(url: str, *, any_encoding: bool = False) -> Iterator[Database]:
    """Open an existing database, only to read it."""
    from asrcrawler.storage import open_for_reading
    from asrcrawler.storage.engine.limits import UNLIMITED

    with open_for_reading(url, longest=UNLIMITED, any_encoding=any_encoding) as database:
        yield database


def _upgrade(command: AsrCommand, _: argparse.Namespace) -> None:
    from asrcrawler.storage import Database
    from asrcrawler.storage.engine.limits import UNLIMITED
    from asrcrawler.storage.migrations.revisions import HEAD
    from asrcrawler.storage.search import refilling

    with closing(Database(command.config.database_url, longest=UNLIMITED)) as database:
        before = database.schema_version() if database.path is None or database.path.exists() else None
        database.prepare()
        if before == HEAD:
            done = f"has schema {HEAD} already"
        else:
            done = f"upgraded from schema {before} to {HEAD}" if before else f"made, with schema {HEAD}"
        tell([f"{database.name}: {done}"])
        with _progress_bar(" articles") as progress:
            indexed = refilling.complete(database, partial(progress, "index of words"))
        if indexed:
            tell([f"{database.name}: {indexed:,} articles indexed anew"])


def _copy_options(parser: argparse.ArgumentParser) -> None:
    what = "a database URL, or the path of a SQLite file"
    parser.add_argument("source", metavar="FROM", help=f"the archive to copy: {what}")
    parser.add_argument("target", metavar="TO", help=f"where to: {what}; made if need be; empty, or an earlier copy")


def _copy(_: AsrCommand, opts: argparse.Namespace) -> None:
    from asrcrawler.storage import Database
    from asrcrawler.storage.engine.limits import UNLIMITED
    from asrcrawler.storage.upkeep.copying import copy_archive

    source_url, target_url = given_database_url(opts.source), given_database_url(opts.target)
    with closing(Database(target_url, longest=UNLIMITED)) as target:
        with closing(Database(source_url)) as source:
            if source_url == target_url or _same_file(source.path, target.path):
                raise UsageError(f"FROM and TO are the same database, {source.name}")
        with _read_only(source_url, any_encoding=True) as source:
            target.prepare()
            with _progress_bar(" rows") as progress:
                copied = source.again(lambda: copy_archive(source, target, progress))
        tell(
            [
                f"{target.name} holds what {source.name} holds",
                f"  {'table':<10} {'rows':>10} {'written':>10} {'removed':>10}",
                *(f"  {name:<10} {rows:>10,} {written:>10,} {removed:>10,}" for name, rows, written, removed in copied),
            ]
        )


def _same_file(one: Path | None, other: Path | None) -> bool:
    return one is not None and other is not None and one.exists() and other.exists() and one.samefile(other)


@contextmanager
def _progress_bar(unit: str) -> Iterator[Callable[[str, int, int], object]]:
    """Show a bar on a terminal, and nothing anywhere else."""
    from tqdm import tqdm

    with tqdm(unit=unit, unit_scale=True, dynamic_ncols=True, disable=not sys.stderr.isatty(), leave=False) as bar:

        def progress(table: str, more: int, total: int) -> None:
            bar.total = total
            bar.update(more)
            bar.set_description_str(table)  # draws at once: a small table is done before the bar would draw itself

        yield progress


def _check_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--repair", action="store_true", help="put right what can be worked out, and book codes for another visit"
    )


def _check(command: AsrCommand, opts: argparse.Namespace) -> int:
    from asrcrawler.storage.checks import findings, repair

    with _archive(command) if opts.repair else _read_only(command.config.database_url) as database:
        found = database.again(lambda: list(findings(database)))
        if not found:
            tell([styled(f"{database.name}: all is well", Style.GOOD)])
            return 0
        tell(styled(str(finding), Style.BAD) for finding in found)
        if opts.repair:
            repaired = repair(database)
            tell([f"repaired: {repaired} of {max(repaired, len(found))}"])  # more comes to light by an index made anew
            left = list(findings(database))
            tell(f"left: {finding}" for finding in left) if left else None
            return int(bool(left))
        tell([f"{len(found)} findings; --repair puts right what can be"])
        return 1


def _tidy(command: AsrCommand, _: argparse.Namespace) -> None:
    from asrcrawler.storage.upkeep.care import size, tidy

    with _archive(command) as database:
        before = size(database)
        tidy(database)
        after = size(database)
        tell([f"{database.name}: {before / MEGABYTE:,.1f} MB before, {after / MEGABYTE:,.1f} MB now"])


def _backup_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="where to; an older copy there stays until the new one is whole")


def _backup(command: AsrCommand, opts: argparse.Namespace) -> None:
    from asrcrawler.storage.upkeep.care import back_up

    path = Path(opts.file)
    with _read_only(command.config.database_url) as database:
        if database.path is None:
            raise UsageError(
                f"{database.name} is a PostgreSQL database; its own tool copies it:"
                " pg_dump --format=custom --file=FILE DATABASE"
            )
        if _same_file(path, database.path):
            raise UsageError(f"{opts.file!r} is the database itself")
        with replacing(path) as beside:
            back_up(database, beside)
        tell([f"{path}: {path.stat().st_size / MEGABYTE:,.1f} MB, as {database.name} was a moment ago"])


class Command(ActionsCommand):
    """A command that looks after the database."""

    summary = "Care for the database: upgrade it, copy it, check it, back it up, tidy it."
    example = "scrapy db check"
    actions = (
        Action(
            name="upgrade",
            summary="Bring the database to this version: its schema, and the index of words.",
            example="scrapy db upgrade",
            execute=_upgrade,
        ),
        Action(
            name="copy",
            summary="Copy a whole archive into another database; done again, it brings the copy up to date.",
            example="scrapy db copy data/asr.db postgresql+psycopg://user:password@localhost/asr",
            execute=_copy,
            add_options=_copy_options,
        ),
        Action(
            name="check",
            summary="Look for what is wrong with the archive; each fault is a line, and any makes the exit status 1.",
            example="scrapy db check --repair",
            execute=_check,
            add_options=_check_options,
        ),
        Action(
            name="backup",
            summary="Write a copy of the SQLite database to one file, also while a crawl is at work.",
            example="scrapy db backup /backup/asr.db",
            execute=_backup,
            add_options=_backup_options,
        ),
        Action(
            name="tidy",
            summary="Give free room back to the disk and renew the statistics that queries are planned by.",
            example="scrapy db tidy",
            execute=_tidy,
        ),
    )
