"""Tell what a search found: as lines for people, as data for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asrcrawler.cli.reports.figures import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asrcrawler.storage.search import Hit, Piece, Results

BOLD, PLAIN = "\x1b[1m", "\x1b[0m"
UNTITLED = "(no headline)"


def report(results: Results, *, best_first: bool, bold: bool) -> list[str]:
    """List the hits; with ``bold``, the words looked for are printed bold."""
    if not results.total:
        return ["nothing found"]
    order = "best first" if best_first else "newest first"
    articles = "article" if results.total == 1 else "articles"
    shown = f"{number(len(results.hits))} of " if len(results.hits) < results.total else ""
    lines = [f"{shown}{number(results.total)} {articles}, {order}"]
    for hit in results.hits:
        lines += ["", *_lines(hit, bold)]
    return lines


def as_json(results: Results) -> dict[str, Any]:
    """Give ``{total, hits}`` for JSON.

    ``title_hits`` and ``snippet_hits`` are [start, end) in characters of title and snippet.
    """
    return {"total": results.total, "hits": [_as_json(hit) for hit in results.hits]}


def _lines(hit: Hit, bold: bool) -> Iterator[str]:
    yield _text(hit.title, bold) or UNTITLED
    about = (hit.published_jalali, str(hit.code), " › ".join(hit.category))
    yield "  " + " · ".join(part for part in about if part)
    if hit.snippet:
        yield "  " + _text(hit.snippet, bold)
    yield "  " + hit.url


def _text(pieces: Iterable[Piece], bold: bool) -> str:
    return "".join(f"{BOLD}{piece.text}{PLAIN}" if bold and piece.hit else piece.text for piece in pieces)


def _as_json(hit: Hit) -> dict[str, Any]:
    return {
        "site": hit.site,
        "code": hit.code,
        "url": hit.url,
        "kind": hit.kind,
        "title": _text(hit.title, bold=False) or None,
        "title_hits": _places(hit.title),
        "kicker": hit.kicker,
        "lead": hit.lead,
        "snippet": _text(hit.snippet, bold=False) or None,
        "snippet_hits": _places(hit.snippet),
        "category": hit.category,
        "tags": hit.tags,
        "published_at": hit.published_at.isoformat(timespec="seconds") if hit.published_at else None,
        "published_jalali": hit.published_jalali,
        "score": round(hit.score, 6),
    }


def _places(pieces: Iterable[Piece]) -> list[list[int]]:
    places, at = [], 0
    for piece in pieces:
        if piece.hit:
            places.append([at, at + len(piece.text)])
        at += len(piece.text)
    return places
