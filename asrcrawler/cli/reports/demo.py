"""Write what ``scrapy demo`` shows of an archive: an edit, and an article that the site no longer has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.cli.output import Style, styled
from asrcrawler.cli.reports.figures import moment
from asrcrawler.text.display import cells, wrap

if TYPE_CHECKING:
    from asrcrawler.storage.articles.edits import ListedEdit
    from asrcrawler.storage.articles.gone import Missed

WIDTH = 78
RULE = "─" * WIDTH
LONGEST = 300  # characters of a lead


def edit_lines(outlet: str, edit: ListedEdit) -> list[str]:
    """Write an edit of a headline: when it was seen, and the headline before and after it."""
    return [
        styled(f"{outlet} {edit.code}: another headline, seen {moment(edit.replaced_at)}", Style.BOLD),
        *_wrapped(edit.before["title"], "before  ▌ "),
        *_wrapped(edit.after["title"], "after   ▌ "),
    ]


def gone_lines(outlet: str, one: Missed) -> list[str]:
    """Write an article that is gone: since when, when that was certain, and what is kept of it."""
    proved = f", and again {moment(one.confirmed_at)}" if one.confirmed_at else ""
    lines = [
        styled(f"{outlet} {one.code}: taken down; missing {moment(one.gone_at)}{proved}", Style.BOLD),
        *_wrapped(one.title, "▌ "),
    ]
    if lead := one.lead or "":
        lines += _wrapped(lead if len(lead) <= LONGEST else f"{lead[:LONGEST]}…")
    return lines


def _wrapped(text: str | None, before: str = "") -> list[str]:
    """Wrap a text; ``before`` stands before its first line, and as many blanks before the others."""
    width = cells(before)
    lines = wrap(text or "", WIDTH - width)
    return [(" " * width if place else before) + line for place, line in enumerate(lines)]
