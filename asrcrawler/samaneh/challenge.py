"""Recognise challenge pages, which a content network shows instead of the site. They are refusals; no script is run."""

from __future__ import annotations

import re

CHALLENGE = "challenge page"
"""The reason of such a refusal."""
LARGEST = 30_000  # bytes; a challenge is small, a page or feed of this CMS is larger
_MARKS = re.compile(
    rb"__arcsjs|arvancloud|cf[-_]chl|cf-browser-verification|Just a moment\.\.\.|ddos-guard|_Incapsula_|sucuri_",
    re.IGNORECASE,
)
_COOKIE = re.compile(r"(?:^|,)\s*__arcsjs", re.IGNORECASE)


def is_challenge(body: bytes, cookies: str = "") -> bool:
    """Tell whether ``body`` is a challenge page; ArvanCloud's is small, has status 200 or 307 and sets ``__arcsjs``.

    ``cookies`` is the ``Set-Cookie`` header that came with it.
    """
    return len(body) < LARGEST and (_MARKS.search(body) is not None or _COOKIE.search(cookies) is not None)
