"""Run ``scrapy search``: full-text search of the archive."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from asrcrawler.cli.command import AsrCommand, HelpFormatter
from asrcrawler.cli.options import add_selection, selection_of, whole_number
from asrcrawler.cli.output import shows_styles, tell
from asrcrawler.exceptions import UsageError

if TYPE_CHECKING:
    import argparse

SHOWN = 10  # hits, unless --limit says otherwise
MOST_SHOWN = 10_000  # hits that are held in memory at once

QUERIES = """\
all of the words      بهای نفت
one after the other   «بهای نفت» or '"بهای نفت"'
words that begin so   پیش*
without this word     -گاز
one of the two        'نفت | گاز' or نفت OR گاز
in one field          title:نفت or عنوان:نفت
                      title (عنوان, تیتر), kicker (روتیتر), lead (لید, خلاصه),
                      body (متن), tag (برچسب), category (دسته, سرویس)
Spellings of a word find each other. In the shell, put ", | and * in '…'.

scrapy search بهای نفت -گاز
scrapy search '«بهای نفت» | بنزین' --newest
scrapy search 'عنوان:پیش*' --since 1401/11/01
"""


class Command(AsrCommand):
    """A command that finds articles by their words; spellings that mean the same word find each other."""

    summary = "Search the stored articles for words, best first."
    example = "scrapy search --since 1401/11/01 بهای نفت"
    arguments = "[WORDS]"
    most_arguments = None

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        parser.formatter_class = HelpFormatter
        parser.add_argument_group("the words", QUERIES)  # before Scrapy's options
        super().add_options(parser)
        add_selection(parser)
        parser.add_argument(
            "--limit",
            metavar="N",
            type=whole_number(1, MOST_SHOWN),
            default=SHOWN,
            help=f"show at most N articles (default: {SHOWN})",
        )
        parser.add_argument("--newest", action="store_true", help="newest first, not best first")
        parser.add_argument("--json", action="store_true", help="the same as JSON, for machines")

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        from asrcrawler.cli.outlets import sites_of
        from asrcrawler.cli.reports import search as reports
        from asrcrawler.storage import open_for_reading
        from asrcrawler.storage.articles.selection import Selection
        from asrcrawler.storage.search import BEST, NEWEST, search

        words, selection = " ".join(args), selection_of(opts)
        if words:
            _refuse_wordless(words)
        elif selection == Selection() and not opts.outlet:
            raise UsageError("give words to look for, or say which articles: --since, --tag, --outlet …")
        order = NEWEST if opts.newest else BEST
        with open_for_reading(self.config.database_url) as database:
            selection = replace(selection, sites=database.again(lambda: sites_of(database, opts.outlet)))
            results = database.again(lambda: search(database, words, selection, order=order, limit=opts.limit))
        if opts.json:
            tell([json.dumps(reports.as_json(results), ensure_ascii=False, indent=2)])
        else:
            best_first, columns = bool(words) and not opts.newest, shutil.get_terminal_size().columns
            tell(reports.report(results, best_first=best_first, bold=shows_styles(sys.stdout), columns=columns))

    def _refuse_surplus(self, args: list[str]) -> None:
        """Accept ``-word``, which excludes a word; in plain Latin letters it is taken for a mistyped option."""
        super()._refuse_surplus([word for word in args if word.isascii() and " " not in word])


def _refuse_wordless(words: str) -> None:
    from asrcrawler.storage.search.query import Query, parse

    if parse(words) == Query():
        raise UsageError(f"{words!r} has no word to look for")
