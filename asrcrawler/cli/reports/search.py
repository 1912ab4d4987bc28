"""Tell what a search found: as lines for people, as data for machines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from asrcrawler.cli.output import PLAIN, Style
from asrcrawler.cli.reports.figures import number
from asrcrawler.text.display import wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asrcrawler.storage.search import Hit, Piece, Results

UNTITLED = "(no headline)"
INDENT = "  "
NARROWEST = 20  # cells; a narrower terminal has to break the lines itself

_WORD = re.compile(r"\S+")
_AS_STORED = ("outlet", "site", "code", "url", "kind", "kicker", "lead", "published_jalali", "category", "tags",
              "score")  # fmt: skip


def report(results: Results, *, best_first: bool, bold: bool, columns: int) -> list[str]:
    """Show the hits one below the other, in lines of ``columns`` cells; ``bold`` makes what was looked for stand out.

    Links are left whole, so that a terminal can open them. Where the hits are of several outlets, each is named.
    """
    if not results.total:
        return ["nothing found", *_further(results)]
    order = "best first" if best_first else "newest first"
    articles = "article" if results.total == 1 else "articles"
    shown = f"{number(len(results.hits))} of " if results.goes_on else ""
    more = "" if results.total_is_exact or results.searched_back_to else "more than "
    lines = [f"{shown}{more}{number(results.total)} {articles}, {order}", *_further(results)]
    is_of_several = len({hit.site for hit in results.hits}) > 1
    for hit in results.hits:
        name = (hit.outlet or hit.site) if is_of_several else None
        lines += ["", *_lines(hit, name, bold, max(columns, NARROWEST))]
    return lines


def as_json(results: Results) -> dict[str, Any]:
    """Give ``{total, total_is_exact, searched_back_to, hits}``; where the total is not exact, there may be more."""
    return {
        "total": results.total,
        "total_is_exact": results.total_is_exact,
        "searched_back_to": results.searched_back_to and results.searched_back_to.isoformat(timespec="seconds"),
        "hits": [hit_as_json(hit) for hit in results.hits],
    }


def hit_as_json(hit: Hit) -> dict[str, Any]:
    """Give a hit as commands and API tell it: title and snippet in pieces, each with whether it was looked for."""
    return {name: getattr(hit, name) for name in _AS_STORED} | {
        "published_at": hit.published_at.isoformat(timespec="seconds") if hit.published_at else None,
        "gone_at": hit.gone_at.isoformat(timespec="seconds") if hit.gone_at else None,
        "title": [piece._asdict() for piece in hit.title],
        "snippet": [piece._asdict() for piece in hit.snippet],
    }


def _further(results: Results) -> Iterator[str]:
    """Say how far back was searched, where that was not all."""
    if back := results.searched_back_to:
        way_on = f"--until {back:%Y-%m-%d} goes on from there"
        if results.awaits_index:
            way_on = "the index of words is being made, which scrapy db upgrade completes"
        yield f"searched back to {back:%Y-%m-%d %H:%M}; {way_on}"


def _lines(hit: Hit, name: str | None, bold: bool, columns: int) -> Iterator[str]:
    yield from wrap(_text(hit.title, bold), columns) or [UNTITLED]
    about = (name, hit.published_jalali, str(hit.code), " › ".join(hit.category))
    for text in (" · ".join(part for part in about if part), _text(hit.snippet, bold)):
        yield from (INDENT + line for line in wrap(text, columns - len(INDENT)))
    yield INDENT + hit.url


def _text(pieces: Iterable[Piece], bold: bool) -> str:
    """Join the pieces, each word that was looked for bold by itself: a line may end between two."""
    looked_for = rf"{Style.BOLD}\g<0>{PLAIN}" if bold else r"\g<0>"
    return "".join(_WORD.sub(looked_for, piece.text) if piece.hit else piece.text for piece in pieces)
