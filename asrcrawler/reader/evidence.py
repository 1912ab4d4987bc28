"""Prepare the captures of an article for its page, and write how the article is cited."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asrcrawler.reader.words import clock, day_in_words, has_time, short_moment, shown
from asrcrawler.text.calendar import TEHRAN, day_of
from asrcrawler.text.persian import to_persian_digits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from asrcrawler.storage.articles.versions import Edit
    from asrcrawler.storage.visits.captures import KeptCapture

_IN_BRACES = re.compile(r"[\\{}]")
"""What has a meaning of its own within the braces of BibTeX."""


@dataclass(frozen=True, slots=True)
class Capture:
    """The bytes that one or several visits of an article found."""

    digest: str
    """SHA-256 in hexadecimal digits."""
    at: datetime
    """The first visit that found them."""
    last_at: datetime
    visits: int
    status: int | None
    size: int
    version: int | None
    """Number of the text that was read from them; None where they were no article."""
    is_kept: bool
    """Whether the bytes are still there, and not their digest alone."""


def captures(kept: Sequence[KeptCapture], edits: Sequence[Edit]) -> list[Capture]:
    """Put the visits that found the same bytes together, the latest capture first."""
    known = sorted(edits, key=lambda edit: edit.number)
    found: dict[bytes, Capture] = {}
    for one in kept:
        before = found.get(one.digest)
        is_article = one.outcome == "stored"
        found[one.digest] = Capture(
            digest=one.digest.hex(),
            at=before.at if before else one.at,
            last_at=one.at,
            visits=before.visits + 1 if before else 1,
            status=one.http_status,
            size=one.size,
            version=_version_at(before.at if before else one.at, known) if is_article else None,
            is_kept=one.packed_size is not None,
        )
    return sorted(found.values(), key=lambda capture: capture.at, reverse=True)


def of_version(found: Sequence[Capture], version: int) -> Capture | None:
    """Find the first capture of a text."""
    return next((capture for capture in reversed(found) if capture.version == version), None)


def citation(article: Mapping[str, Any], site: str, url: str, found: Sequence[Capture]) -> dict[str, str]:
    """Write a citation: ``text`` in Persian without its address, ``url``, ``digest`` and ``bibtex``."""
    published, title = article["published_at"], shown(article["title"])
    parts = [site, f"«{title}»" if title else ""]
    if published is not None:
        parts.append(day_in_words(day_of(published), weekday=False))
        parts.append(f"ساعت {clock(published)}" if has_time(article["published_jalali"]) else "")
    parts.append(f"کد خبر {to_persian_digits(str(article['code']))}")
    text = "، ".join(part for part in parts if part)
    present = of_version(found, article["revision"])
    return {
        "text": f"{text}. بایگانی‌شده در {short_moment(article['first_seen_at'])}.",
        "url": url,
        "digest": present.digest if present else "",
        "bibtex": _bibtex(article, site, url),
    }


def _bibtex(article: Mapping[str, Any], site: str, url: str) -> str:
    published, seen = article["published_at"], article["first_seen_at"]
    fields = {
        "title": shown(article["title"]),
        "author": shown(article["author"]),
        "organization": site,
        "date": published.astimezone(TEHRAN).date().isoformat() if published else "",
        "urldate": seen.astimezone(TEHRAN).date().isoformat(),
        "url": url,
    }
    lines = [f"  {name} = {{{_IN_BRACES.sub('', value)}}}," for name, value in fields.items() if value]
    key = re.sub(r"[^a-z0-9]", "", site.removeprefix("www.").partition(".")[0])
    return "\n".join([f"@online{{{key}{article['code']},", *lines, "}"])


def _version_at(at: datetime, edits: Sequence[Edit]) -> int | None:
    """Give the number of the text that stood at a moment; None for one before the ``edits``, which are ascending."""
    replaced = sum(edit.replaced_at <= at for edit in edits)
    if not edits:
        return 1
    if replaced == 0 and at < edits[0].seen_at:
        return None
    return edits[0].number + replaced
