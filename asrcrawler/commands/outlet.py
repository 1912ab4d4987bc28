"""Run ``scrapy outlet``: say which outlets the archive follows, and check how one is read."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asrcrawler.cli.actions import Action, ActionsCommand
from asrcrawler.cli.options import code_given, code_of, whole_number
from asrcrawler.cli.outlets import refuse_overrides
from asrcrawler.cli.output import tell
from asrcrawler.endings import UNAVAILABLE
from asrcrawler.exceptions import UsageError
from asrcrawler.items import Article, Outcome
from asrcrawler.outlets import EVERY, LONGEST_DELAY, LONGEST_EVERY, catalogue, new_outlet
from asrcrawler.samaneh.urls import HIGHEST_CODE
from asrcrawler.text.numbers import decimal_number

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from asrcrawler.cli.command import AsrCommand
    from asrcrawler.outlets import Outlet
    from asrcrawler.storage import Database


@contextmanager
def _archive(command: AsrCommand, *, make: bool = False) -> Iterator[Database]:
    """Open the database of the settings to write to it; ``make`` one where there is none."""
    from asrcrawler.storage import Database
    from asrcrawler.storage.engine.limits import UNLIMITED

    with closing(Database(command.config.database_url, longest=UNLIMITED)) as database:
        (database.prepare if make else database.open_existing)()
        yield database


def _list_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--known", action="store_true", help="those of the CMS that can be followed by name")


def _list(command: AsrCommand, opts: argparse.Namespace) -> None:
    from asrcrawler.cli.reports.outlet import known_table, table
    from asrcrawler.storage import open_for_reading
    from asrcrawler.storage.outlets import all_outlets

    if opts.known:
        tell(known_table(catalogue().values()))
        return
    with open_for_reading(command.config.database_url) as database:
        tell(table(all_outlets(database)))


def _fact_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--site", type=_text, help="host that its own links lead to, where URL is a mirror of it")
    parser.add_argument("--title", type=_text, help="what readers call it; empty: its site")
    parser.add_argument(
        "--every",
        metavar="MINUTES",
        type=whole_number(1, LONGEST_EVERY),
        help=f"minutes from one run to the next (unless told: {EVERY})",
    )
    parser.add_argument(
        "--delay", metavar="SECONDS", type=_delay, help="between two requests; empty: as DOWNLOAD_DELAY says"
    )
    parser.add_argument("--first-code", metavar="CODE", type=code_of, help="news code at which its archive begins")
    parser.add_argument(
        "--backfill", metavar="N", type=whole_number(0, HIGHEST_CODE), help="codes of the older archive in one run"
    )
    parser.add_argument(
        "--group", metavar="WORD", type=_text, help="the same for outlets on one server; empty: host and port"
    )


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="what commands and addresses call it, such as tabnak")
    parser.add_argument("url", metavar="URL", nargs="?", help="its address; of a known outlet: a mirror")
    _fact_options(parser)


def _add(command: AsrCommand, opts: argparse.Namespace) -> None:
    from asrcrawler.storage import outlets

    outlet = new_outlet(opts.name, opts.url, **_facts(opts))
    with _archive(command, make=True) as database:
        refuse_overrides([outlet, *outlets.all_outlets(database)])
        outlets.add(database, outlet)
    tell(
        [f"{outlet.name} is followed: {outlet.site}, fetched at {outlet.base_url}; scrapy crawl {outlet.name} runs it"]
    )


def _set_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="an outlet that is followed")
    parser.add_argument("url", metavar="URL", nargs="?", help="where it is fetched from now on")
    _fact_options(parser)
    switch = parser.add_mutually_exclusive_group()
    switch.add_argument("--enable", dest="enabled", action="store_const", const=True, help="let it be run again")
    switch.add_argument(
        "--disable", dest="enabled", action="store_const", const=False, help="follow it; only scrapy crawl NAME runs it"
    )


def _set(command: AsrCommand, opts: argparse.Namespace) -> None:
    from asrcrawler.cli.reports.outlet import table
    from asrcrawler.http.addresses import origin
    from asrcrawler.storage.outlets import change

    facts = _facts(opts)
    if opts.url is not None:
        facts["base_url"] = origin(opts.url) or opts.url
    if opts.enabled is not None:
        facts["enabled"] = opts.enabled
    if not facts:
        raise UsageError("say what is to change: an address, --every, --disable …")
    with _archive(command) as database:
        tell(table([change(database, opts.name, **facts)]))


def _name_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="an outlet that is followed")


def _remove(command: AsrCommand, opts: argparse.Namespace) -> None:
    from asrcrawler.storage.outlets import remove

    with _archive(command) as database:
        outlet = remove(database, opts.name)
    tell([f"{outlet.name} is followed no more; what is stored of {outlet.site} stays, and can be read and exported"])


def _check_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="an outlet that is followed, or a known one")
    parser.add_argument("code", metavar="CODE", nargs="?", help="news code; unless given, the newest that it names")
    parser.add_argument("--file", metavar="PAGE.html", help="read this saved page; nothing is fetched")
    parser.add_argument("--json", action="store_true", help="the same as JSON, for machines")


def _check(command: AsrCommand, opts: argparse.Namespace) -> int:
    from asrcrawler.cli.reports.outlet import Reading, lines
    from asrcrawler.spiders.loader import OutletLoader
    from asrcrawler.work.check import fetched, saved

    outlet = replace(_outlet_named(command, opts.name), followed=True)  # it may be looked at before it is followed
    code = None if opts.code is None else code_given(opts.code)
    if opts.file is None:
        assert command.settings is not None
        item = fetched(OutletLoader(command.settings).of(outlet), code, command.settings)
    else:
        try:
            body = Path(opts.file).read_bytes()
        except OSError as error:
            raise UsageError(f"--file {opts.file!r}: {error.strerror}") from None
        item = saved(outlet, code, body)
    reading = Reading(outlet, item)
    tell([json.dumps(reading.as_json(), ensure_ascii=False, indent=2)] if opts.json else lines(reading))
    if isinstance(item, Article):
        return 0
    return UNAVAILABLE if item.outcome in {Outcome.REFUSED, Outcome.FAILED} else 1


def _outlet_named(command: AsrCommand, name: str) -> Outlet:
    """Give the record of an outlet: of the archive, if there is one and it has it, else of the catalogue."""
    from asrcrawler.spiders.loader import stored_outlets

    assert command.settings is not None
    found = stored_outlets(command.settings).get(name) or catalogue().get(name)
    if found is None:
        raise UsageError(f"there is no outlet {name!r}, followed or known; scrapy outlet list --known")
    return found


def _facts(opts: argparse.Namespace) -> dict[str, Any]:
    """Collect the facts that were given; an empty one is the default again."""
    given = {
        name: getattr(opts, name) for name in ("site", "title", "every", "delay", "first_code", "backfill", "group")
    }
    return {name: value or (value if value == 0 else None) for name, value in given.items() if value is not None}


def _text(text: str) -> str:
    return " ".join(text.split())


def _delay(text: str) -> float | str:
    if not text.strip():
        return ""
    try:
        value = decimal_number(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= LONGEST_DELAY:
        raise ArgumentTypeError(f"{text!r} is not a number of seconds from 0 to {LONGEST_DELAY}")
    return value


class Command(ActionsCommand):
    """A command with an action for each thing to be done with outlets."""

    summary = "Follow outlets of the CMS: list them, add, change and remove one, check how its pages are read."
    example = "scrapy outlet add tabnak"
    actions = (
        Action(
            name="list",
            summary="List the outlets that this archive follows, or those that are known.",
            example="scrapy outlet list --known",
            add_options=_list_options,
            execute=_list,
        ),
        Action(
            name="add",
            summary="Follow an outlet: a known one by its name, any other one by a name and its address.",
            example="scrapy outlet add tabnak --every 15",
            add_options=_add_options,
            execute=_add,
        ),
        Action(
            name="set",
            summary="Change how an outlet is followed.",
            example="scrapy outlet set tabnak --delay 3",
            add_options=_set_options,
            execute=_set,
        ),
        Action(
            name="remove",
            summary="Follow an outlet no more; what is stored of it stays.",
            example="scrapy outlet remove tabnak",
            add_options=_name_options,
            execute=_remove,
        ),
        Action(
            name="check",
            summary="Read one article of an outlet, or a saved page, and show where each field was found.",
            example="scrapy outlet check tabnak --file page.html",
            add_options=_check_options,
            execute=_check,
        ),
    )
