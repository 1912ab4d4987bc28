"""Run ``scrapy reparse``: read the captures again with today's parser."""

from __future__ import annotations

import sys
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from asrcrawler.cli.command import AsrCommand
from asrcrawler.cli.options import codes_of, days_of
from asrcrawler.cli.output import tell
from asrcrawler.endings import REPARSE_INTERRUPTED, REPARSED
from asrcrawler.exceptions import AnotherRunError, StorageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from asrcrawler.cli.reports.reparse import Tally
    from asrcrawler.storage import Database
    from asrcrawler.storage.reparse.rereading import Wanted
    from asrcrawler.work.reparse import Reading


class Command(AsrCommand):
    """A command that updates stored articles with what today's parser reads in their captures, and fetches nothing."""

    summary = "Read the captures again with today's parser, without the site."
    example = "scrapy reparse --codes 32000-33000 --dry-run --list"
    arguments = "[outlet]"
    most_arguments = 1

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--codes", metavar="CODES", help="only these codes: 32911, 32000-33000, or a list of both")
        parser.add_argument(
            "--since", metavar="DAY", help="only captures fetched on this day or later; 1401/11/04 or 2023-01-24"
        )
        parser.add_argument("--unreadable", action="store_true", help="only captures that could not be read so far")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and write nothing")
        parser.add_argument("--list", action="store_true", help="list every change: code, field, before, after")

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        from asrcrawler.cli.outlets import outlet_of
        from asrcrawler.cli.reports.reparse import Tally, summary
        from asrcrawler.items import Kind
        from asrcrawler.storage import Database
        from asrcrawler.storage.engine.limits import UNLIMITED

        tally = Tally()
        with closing(Database(self.config.database_url, longest=UNLIMITED)) as database:
            database.open_existing()
            outlet = outlet_of(database, args[0] if args else None, _sites_of_codes(database, opts))
            wanted = _wanted(outlet.site, opts)
            try:
                _read_again(database, wanted, outlet.base_url, opts, tally)
            finally:
                tell(summary(wanted.site, tally, [*Kind, "-"], dry_run=opts.dry_run))


def _sites_of_codes(database: Database, opts: argparse.Namespace) -> list[str]:
    """Give the sites with captures of the codes that are asked for, where these are one code or one range."""
    from asrcrawler.storage.outlets import sites_with

    spans = codes_of("--codes", opts.codes) or ()
    return sites_with(database, *spans, captured=True) if len(spans) == 1 else []


def _wanted(site: str, opts: argparse.Namespace) -> Wanted:
    from asrcrawler.storage.reparse.rereading import Wanted
    from asrcrawler.text.calendar import midnight

    days = days_of("--since", opts.since)
    return Wanted(
        site=site,
        codes=codes_of("--codes", opts.codes),
        since=midnight(days.first) if days else None,
        unreadable=opts.unreadable,
    )


def _read_again(database: Database, wanted: Wanted, base_url: str, opts: argparse.Namespace, tally: Tally) -> None:
    from tqdm import tqdm

    from asrcrawler.cli.reports.reparse import listed
    from asrcrawler.storage.reparse.rereading import count, histories
    from asrcrawler.storage.visits.dictionaries import dictionaries
    from asrcrawler.work.reparse import Reader, read_again

    total = count(database, wanted)
    reader = Reader(wanted.site, base_url, dictionaries(database, wanted.site))
    with (
        _alone(database, wanted.site, vars(opts), dry_run=opts.dry_run) as run_id,
        closing(read_again(reader, histories(database, wanted), total)) as portions,
        tqdm(total=total, unit=" codes", dynamic_ncols=True, disable=not sys.stderr.isatty()) as bar,
    ):
        for portion in portions:
            differences = _write(database, wanted.site, portion, tally, run_id)
            if opts.list and differences:
                bar.clear()
                tell(listed(differences))
            bar.update(len(portion))


def _write(database: Database, site: str, portion: list[Reading], tally: Tally, run_id: int | None) -> list[Any]:
    """Write one portion in one transaction; without a run, only say what would be written.

    Damaged and missing captures change nothing.
    """
    from asrcrawler.storage.reparse.rewriting import write_readings
    from asrcrawler.work.reparse import whole

    sound = [whole(reading) for reading in portion]
    done = write_readings(database, site, sound, run_id=run_id, dry_run=run_id is None)
    lost = sum(len(reading.history.captures) for reading in portion) - sum(len(reading.items) for reading in sound)
    done.counts["damaged"] = lost + sum(reading.history.lost for reading in portion)
    tally.add(len(portion), done)
    return done.differences


@contextmanager
def _alone(database: Database, site: str, options: dict[str, Any], *, dry_run: bool) -> Iterator[int | None]:
    """Hold the site's run, so that no crawl writes meanwhile; give its id, or None where nothing is written.

    The run has no exit status, so that a watchdog does not count it as a crawl.
    """
    from asrcrawler.storage.visits import runs

    if dry_run:
        yield None
        return
    told = {name: options[name] for name in ("codes", "since", "unreadable")}
    try:
        run_id = runs.begin_run(database, site, {"command": "reparse", **told})
    except AnotherRunError as error:
        raise StorageError(f"{error.which}; try again when it has ended") from None
    reason = REPARSE_INTERRUPTED
    try:
        yield run_id
        reason = REPARSED
    finally:
        runs.end_run(database, run_id, runs.RunFigures(), reason=reason, exit_status=None)
