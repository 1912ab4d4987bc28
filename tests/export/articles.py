"""Articles as the archive hands them out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from asrcrawler.export.contract import EXPORT_FIELDS, REVISIONS
from asrcrawler.text.calendar import TEHRAN

if TYPE_CHECKING:
    from collections.abc import Iterator

SEEN = datetime(2023, 1, 25, 6, 0, tzinfo=UTC)
PUBLISHED = datetime(2018, 7, 21, 0, 20, tzinfo=TEHRAN)  # the day before in UTC, and in summer time

KNOWN: dict[str, Any] = {
    "outlet": "asr",
    "site": "asrpress.ir",
    "url": "http://asrpress.ir/fa/news/7",
    "short_url": "http://asrpress.ir/000007",
    "kind": "article",
    "title": "پل تازه",
    "body": 'بند نخست می‌گوید «پل» ساخته شد.\n\nبند دوم، با ویرگول, و "نقل".',
    "category": ["جامعه", "شهری"],
    "tags": ["پل", "رود، و کوه"],
    "images": [{"url": "http://asrpress.ir/1.jpg", "caption": None}],
    "videos": [{"url": "http://asrpress.ir/1.mp4", "caption": "پل در فیلم"}],
    "published_at": PUBLISHED,
    "published_jalali": "1397-04-30 00:20",
    "comment_count": 0,
    "revision": 1,
    "first_seen_at": SEEN,
    "last_seen_at": SEEN,
    "changed_at": SEEN,
    "last_visit_at": SEEN,
}

EARLIER: dict[str, Any] = {
    "revision": 1,
    "change": "headline",
    "seen_at": SEEN,
    "replaced_at": SEEN,
    "kicker": None,
    "title": "پل",
    "lead": None,
    "body": "متن پیشین",
    "category": [],
    "tags": ["پل"],
}


def an_exported(code: int = 7, **fields: Any) -> dict[str, Any]:
    """An article with every field of the contract; what is not known is None."""
    given = {"code": code} | KNOWN | fields
    return {name: given.get(name) for name in EXPORT_FIELDS} | (
        {REVISIONS: given[REVISIONS]} if REVISIONS in given else {}
    )


def many(count: int) -> Iterator[dict[str, Any]]:
    """``count`` articles with codes from 1."""
    return (an_exported(code) for code in range(1, count + 1))
