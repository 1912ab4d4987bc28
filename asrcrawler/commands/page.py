"""Run ``scrapy page``: write a capture exactly as the site sent it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.cli.command import AsrCommand
from asrcrawler.cli.options import code_given, whole_number
from asrcrawler.cli.output import binary_destination
from asrcrawler.exceptions import DamagedCaptureError, UsageError
from asrcrawler.text.numbers import HIGHEST

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from asrcrawler.storage import Database
    from asrcrawler.storage.visits.captures import KeptCapture


class Command(AsrCommand):
    """A command that writes the capture of a news code to stdout or to a file."""

    summary = "Write the capture of a news code, the page as it came, to stdout or to a file."
    example = "scrapy page -o 32911.html 32911"
    arguments = "[outlet] CODE"
    most_arguments = 2

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("-o", "--output", metavar="FILE", default="-", help="write here, not to stdout (-)")
        parser.add_argument(
            "--visit",
            metavar="N",
            type=whole_number(1, HIGHEST),
            help="the Nth capture that scrapy status --code lists; the last one unless told",
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        from asrcrawler.storage import open_for_reading

        if not args:
            raise UsageError("give a news code such as 32911")
        name, code = args[0] if len(args) > 1 else None, code_given(args[-1])
        with open_for_reading(self.config.database_url) as database:
            body = database.again(lambda: _body(database, name, code, opts.visit))
        with binary_destination(opts.output) as file:
            file.write(body)


def _body(database: Database, name: str | None, code: int, number: int | None) -> bytes:
    from asrcrawler.cli.outlets import outlet_of
    from asrcrawler.storage.outlets import sites_with
    from asrcrawler.storage.visits.captures import body_of, kept_of

    site = outlet_of(database, name, sites_with(database, (code, code), captured=True)).site
    capture = _chosen(kept_of(database, site, code), code, number)
    try:
        return body_of(database, site, capture.digest)
    except DamagedCaptureError as error:
        raise DamagedCaptureError(f"the capture of code {code} {error}") from None


def _chosen(kept: Sequence[KeptCapture], code: int, number: int | None) -> KeptCapture:
    if not kept:
        raise UsageError(f"there is no capture of code {code}")
    if number is None:
        return kept[-1]
    if number > len(kept):
        raise UsageError(f"--visit {number} is not a number from 1 to {len(kept)}")
    return kept[number - 1]
