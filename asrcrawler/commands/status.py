"""Run ``scrapy status``: report how complete the archive is."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from asrcrawler.cli.command import AsrCommand
from asrcrawler.cli.options import code_of, number
from asrcrawler.cli.output import Style, styled, tell
from asrcrawler.exceptions import UsageError
from asrcrawler.items import Outcome
from asrcrawler.samaneh.urls import HIGHEST_CODE

if TYPE_CHECKING:
    import argparse

    from asrcrawler.outlets import Outlet
    from asrcrawler.storage import Database

RUNS_SHOWN = 5
MAX_AGE_HOURS = 24
MOST_HOURS = 10**6
CODES_AT_ONCE = 500  # that are read and written together
OUTCOMES = tuple(str(outcome) for outcome in Outcome)


class Command(AsrCommand):
    """A command that shows coverage, outcomes, what is due and the last runs, or the history of one code."""

    summary = "Show how the archive stands: coverage, outcomes, what is due, the last runs."
    example = "scrapy status --code 32911"
    arguments = "[outlet]"
    most_arguments = 1

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--code",
            metavar="N",
            type=code_of,
            help="every visit of this code, why it is or is not due, its captures",
        )
        parser.add_argument(
            "--check", action="store_true", help="say what is wrong and end with 1, or end with 0: for a watchdog"
        )
        parser.add_argument(
            "--max-age",
            metavar="HOURS",
            type=number(MOST_HOURS, "number of hours"),
            default=MAX_AGE_HOURS,
            help=f"with --check: hours that the last good run may be old (default: {MAX_AGE_HOURS})",
        )
        parser.add_argument(
            "--outcome",
            metavar="OUTCOME",
            choices=OUTCOMES,
            help="list the codes whose last visit had this outcome, the highest first, with reason, last visit and"
            f" capture: {', '.join(OUTCOMES)}",
        )
        parser.add_argument("--json", action="store_true", help="the same as JSON, for machines; times in UTC")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        from asrcrawler.cli.outlets import outlet_of, outlets_of
        from asrcrawler.storage import open_for_reading

        with open_for_reading(self.config.database_url) as database:
            outlets = database.again(lambda: outlets_of(database, args))
            if opts.check:
                return self._check(database, outlets, timedelta(hours=opts.max_age))
            if opts.outcome:
                outlet = outlet_of(database, args[0] if args else None)
                self._list(database, outlet.site, opts.outcome, as_json=opts.json)
                return 0
            lines, data = database.again(lambda: self._told(database, outlets, opts, args[0] if args else None))
        if opts.json:
            lines = [json.dumps(data, ensure_ascii=False, indent=2)]
        tell(lines)
        return 0

    def _told(
        self, database: Database, outlets: list[Outlet], opts: argparse.Namespace, name: str | None
    ) -> tuple[list[str], dict[str, Any]]:
        """Tell the history of a code, or how one outlet stands, or several."""
        from asrcrawler.cli.outlets import outlet_of
        from asrcrawler.storage.outlets import sites_with

        if opts.code is not None:
            outlet = outlet_of(database, name, sites_with(database, (opts.code, opts.code)))
            return _history(database, outlet.site, opts.code)
        if len(outlets) > 1:
            lines, data = self._table(database, outlets, timedelta(hours=opts.max_age))
        else:
            outlets = [outlet_of(database, name)]
            lines, data = self._standing(database, outlets[0])
        told, queue = _queue(database, outlets)
        return lines + told, data | queue

    def _check(self, database: Database, outlets: list[Outlet], max_age: timedelta) -> int:
        """Say what is wrong with the outlets that are run, and give the exit status."""
        are_several = len(outlets) > 1
        judged = [outlet for outlet in outlets if outlet.enabled] if are_several else outlets
        if not judged:
            raise UsageError("no outlet is followed and enabled; scrapy outlet list says which there are")
        found = [
            f"{outlet.name if are_several else outlet.site}: {problem}"
            for outlet in judged
            for problem in database.again(partial(self._problems, database, outlet, max_age))
        ]
        of = f"{len(judged)} outlets" if are_several else judged[0].site
        tell([styled(line, Style.BAD) for line in found] or [styled(f"{of}: all is well", Style.GOOD)])
        return int(bool(found))

    def _table(self, database: Database, outlets: list[Outlet], max_age: timedelta) -> tuple[list[str], dict[str, Any]]:
        from asrcrawler.cli.reports.status_table import Standing, report
        from asrcrawler.clock import utcnow
        from asrcrawler.storage.figures.counted import counts
        from asrcrawler.storage.figures.sources import sources
        from asrcrawler.storage.figures.status import figures
        from asrcrawler.storage.visits.runs import last_good_run, last_runs

        now = utcnow()
        counted = counts(database, [outlet.site for outlet in outlets], now)
        standings = [
            Standing(
                outlet=outlet,
                first_code=self._first_code(outlet),
                figures=figures(database, outlet.site, now, counted=counted[outlet.site]),
                sources=sources(database, outlet.site),
                runs=last_runs(database, outlet.site, RUNS_SHOWN),
                last_good=last_good_run(database, outlet.site),
                problems=self._problems(database, outlet, max_age) if outlet.enabled else [],
            )
            for outlet in outlets
        ]
        data = {"database": database.name, "outlets": [standing.as_json(now) for standing in standings]}
        return report(standings, database=database.name, now=now), data

    def _list(self, database: Database, site: str, outcome: str, *, as_json: bool) -> None:
        """Write the codes with an outcome, some at a time: there may be many."""
        from asrcrawler.cli.reports import status_outcome as reports
        from asrcrawler.storage.figures.codes import codes

        below = HIGHEST_CODE + 1
        while True:
            found = database.again(partial(codes, database, site, outcome, below=below, limit=CODES_AT_ONCE))
            if found:
                tell([reports.as_json(one) if as_json else reports.line(one) for one in found])
            if len(found) < CODES_AT_ONCE:
                return
            below = found[-1].code

    def _problems(self, database: Database, outlet: Outlet, max_age: timedelta) -> list[str]:
        from asrcrawler.cli.reports.status_check import told
        from asrcrawler.clock import utcnow
        from asrcrawler.storage.figures.verdicts import evidence, problems

        now, first = utcnow(), self._first_code(outlet)
        found = evidence(database, outlet.site, first_code=first, sweeps=outlet.backfill > 0, now=now)
        return [told(problem, now) for problem in problems(found, longest=max_age, now=now)]

    def _first_code(self, outlet: Outlet) -> int:
        """Give the code at which the archive begins; of one that does not know, what the setting says."""
        return outlet.first_code or self.config.first_code or 1

    def _standing(self, database: Database, outlet: Outlet) -> tuple[list[str], dict[str, Any]]:
        from asrcrawler.cli.reports import status as reports
        from asrcrawler.clock import utcnow
        from asrcrawler.storage.figures.sources import sources
        from asrcrawler.storage.figures.status import figures
        from asrcrawler.storage.visits.runs import last_runs

        now, site, first = utcnow(), outlet.site, self._first_code(outlet)
        counted, places = figures(database, site, now), sources(database, site)
        runs = last_runs(database, site, RUNS_SHOWN)
        lines = reports.report(site, counted, places, runs, database=database.name, first_code=first, now=now)
        data = reports.as_json(site, counted, places, runs, first_code=first, now=now)
        return lines, {"database": database.name, "outlet": outlet.name, **data}


def _queue(database: Database, outlets: list[Outlet]) -> tuple[list[str], dict[str, Any]]:
    """Tell what workers do for these outlets, where there is a queue."""
    from asrcrawler.cli.reports import queue as reports
    from asrcrawler.clock import utcnow
    from asrcrawler.storage.queue.standing import standing

    sites = {outlet.name: outlet.site for outlet in outlets}
    if (found := standing(database, sites)) is None:
        return [], {}
    now, found = utcnow(), found.about(sites)
    return ["", *reports.short_report(found, now=now)], {"queue": reports.as_json(found, outlets, now=now)}


def _history(database: Database, site: str, code: int) -> tuple[list[str], dict[str, Any]]:
    from asrcrawler.cli.reports import status_code as history
    from asrcrawler.clock import utcnow
    from asrcrawler.storage.articles.gone import of_code
    from asrcrawler.storage.figures.status import code_history
    from asrcrawler.storage.visits.captures import kept_of
    from asrcrawler.storage.visits.ledger import newest_known

    row, visits = code_history(database, site, code)
    newest, now, kept = newest_known(database, site), utcnow(), kept_of(database, site, code)
    times = of_code(database, site, code)
    lines = history.history(site, code, row, visits, times, newest=newest, now=now) + history.captures(kept)
    data = history.as_json(site, code, row, visits, times, newest=newest, now=now)
    return lines, data | {"pages": history.captures_as_json(kept)}
