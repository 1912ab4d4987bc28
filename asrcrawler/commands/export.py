"""Run ``scrapy export``: write articles as JSON Lines, CSV or Parquet, or captures as WARC."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from asrcrawler.cli.command import AsrCommand
from asrcrawler.cli.options import add_selection, selection_of
from asrcrawler.cli.output import STDOUT, binary_destination, destination
from asrcrawler.exceptions import UsageError
from asrcrawler.export import FORMATS, GZIP, Format, Options, format_of, packed

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from asrcrawler.storage import Database
    from asrcrawler.storage.articles.rescue import Losses
    from asrcrawler.storage.articles.selection import Selection

T = TypeVar("T")


class Command(AsrCommand):
    """A command that streams articles to a file or to stdout; a million need no more memory than ten."""

    summary = "Write the stored articles as JSON Lines, CSV or Parquet, or captures as WARC."
    example = "scrapy export --since 1401/11/01 --until 1401/11/30 -o bahman.jsonl"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("-o", "--output", metavar="FILE", default="-", help="write here, not to stdout (-)")
        parser.add_argument(
            "--format", metavar="FORMAT", help=f"one of: {', '.join(FORMATS)}; if not given, what FILE ends with"
        )
        add_selection(parser)
        parser.add_argument("--revisions", action="store_true", help="with the earlier texts of edited articles")
        parser.add_argument("--bom", action="store_true", help="CSV that spreadsheets open right, without formulas")
        parser.add_argument("--schema", action="store_true", help="write the JSON Schema of an article, and no article")

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        from asrcrawler.cli.outlets import sites_of
        from asrcrawler.export.contract import export_schema
        from asrcrawler.storage import open_for_reading
        from asrcrawler.storage.articles.export import export_articles
        from asrcrawler.storage.articles.rescue import Losses
        from asrcrawler.storage.engine.limits import UNLIMITED

        chosen, options = _format(opts), Options(revisions=opts.revisions, bom=opts.bom)
        if opts.schema:
            with destination(opts.output) as write:
                write(json.dumps(export_schema(revisions=opts.revisions), ensure_ascii=False, indent=2) + "\n")
            return 0
        _refuse_unfit(chosen, opts)
        selection, losses = selection_of(opts), Losses()
        with open_for_reading(self.config.database_url, longest=UNLIMITED) as database:
            selection = replace(selection, sites=database.again(lambda: sites_of(database, opts.outlet)))
            if chosen.of_captures:
                self._tell_count(_write_captures(database, selection, opts.output, losses), "capture")
            else:
                articles = _Counted(export_articles(database, selection, revisions=opts.revisions, losses=losses))
                with binary_destination(opts.output) as file, packed(file, opts.output) as out:
                    chosen.write(articles, out, options)
                self._tell_count(articles.count, "article")
        return int(bool(losses.codes))

    def _tell_count(self, count: int, of: str) -> None:
        """Say on stderr how many were written, once all of them are where they belong."""
        from asrcrawler.cli.reports.figures import number

        sys.stderr.write(f"scrapy {self.title}: {number(count)} {of}{'' if count == 1 else 's'} written\n")


@dataclass(slots=True)
class _Counted(Generic[T]):
    """An iterable that counts its items as they pass."""

    items: Iterable[T]
    count: int = 0

    def __iter__(self) -> Iterator[T]:
        for item in self.items:
            self.count += 1
            yield item


def _write_captures(database: Database, selection: Selection, name: str, losses: Losses) -> int:
    """Write the captures and give their number."""
    from asrcrawler.export import warc
    from asrcrawler.storage.articles.captures import captures

    found = _Counted(captures(database, selection, losses))
    with binary_destination(name) as file:
        warc.write(found, file, gzip=name.lower().endswith(GZIP))
    return found.count


def _format(opts: argparse.Namespace) -> Format:
    if opts.format is None:
        return FORMATS["jsonl"] if opts.schema else format_of(opts.output)
    if opts.format not in FORMATS:
        raise UsageError(f"--format {opts.format!r} is not known; there is: {', '.join(FORMATS)}")
    return FORMATS[opts.format]


def _refuse_unfit(chosen: Format, opts: argparse.Namespace) -> None:
    if opts.revisions and chosen.of_captures:
        raise UsageError(
            f"--revisions goes with formats of articles, not with {chosen.name}, which holds every capture"
        )
    if opts.bom and chosen.name != "csv":
        raise UsageError(f"--bom goes with --format csv, not with {chosen.name}")
    if not chosen.is_text and opts.output == STDOUT:
        raise UsageError(f"--format {chosen.name} needs a file: -o articles.{chosen.name}")
    if not chosen.is_text and not chosen.of_captures and opts.output.lower().endswith(GZIP):
        raise UsageError(f"-o {opts.output!r}: {chosen.name} is compressed already; leave out {GZIP}")
