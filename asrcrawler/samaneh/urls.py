"""The CMS's addresses: articles, short links, home. Pure, and at ease with any string a page may hold."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

HIGHEST_CODE = 10**9
"""No outlet of this CMS has come near it; a larger number is not a code."""

SHORT_LINK_LENGTH = 6
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_VALUES = {digit: value for value, digit in enumerate(_BASE62)}

_ARTICLE = re.compile(r"/(?:fa|en|ar)/news/([0-9]{1,10})(?:/.*)?", re.DOTALL)
_SHORT = re.compile(r"/([0-9A-Za-z]{6})")
_HOME = re.compile(r"(?:/(?:fa|en|ar)?/?)?(?:index\.(?:html?|php))?")
_SAFE = "%/:=&?~#+!$,;'@()*[]"  # kept as they are in an address that a page gives


def article_path(code: int) -> str:
    """``/fa/news/32911``"""
    return f"/fa/news/{code}"


def short_path(code: int) -> str:
    """``/0008Yp`` for 32911: base62 of the code, padded to six (checked on 278 codes of two outlets).

    Raises :exc:`ValueError` for a code that does not exist.
    """
    if not 0 < code <= HIGHEST_CODE:
        raise ValueError(f"not a news code: {code}")
    digits = ""
    while code:
        code, value = divmod(code, len(_BASE62))
        digits = _BASE62[value] + digits
    return "/" + digits.rjust(SHORT_LINK_LENGTH, "0")


def code_of_short_path(path: str) -> int | None:
    """The code behind a short link's path; None if it is not one."""
    match = _SHORT.fullmatch(path)
    if match is None:
        return None
    code = 0
    for digit in match[1]:
        code = code * len(_BASE62) + _VALUES[digit]
    return code if 0 < code <= HIGHEST_CODE else None


def code_of_url(url: str) -> int | None:
    """The code that an article's address or a short link stands for, whatever its slug; None for any other address."""
    path = _path(url)
    if path is None:
        return None
    match = _ARTICLE.fullmatch(path)
    if match is None:
        return code_of_short_path(path)
    code = int(match[1])
    return code if 0 < code <= HIGHEST_CODE else None


def is_home(url: str) -> bool:
    """Whether ``url`` is the front page of the site or of one of its languages."""
    path = _path(url)
    return path is not None and _HOME.fullmatch(path) is not None


def same_site(url: str, base_url: str) -> bool:
    """Whether both are on one host, ``www.`` and the scheme aside (ports count)."""
    here, there = _site(url), _site(base_url)
    return here is not None and here == there


def absolute(href: str, base: str) -> str | None:
    """``href`` as a full http(s) address, blanks and Persian letters percent-encoded; None for anything else."""
    try:
        parts = urlsplit(urljoin(base, " ".join(href.split())))
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host:
        return None
    encoded = (quote(part, safe=_SAFE, errors="replace") for part in (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme, parts.netloc, *encoded))


def _path(url: str) -> str | None:
    try:
        return urlsplit(url.strip()).path
    except ValueError:
        return None


def _site(url: str) -> tuple[str, int | None] | None:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host:
        return None
    return host.removeprefix("www."), None if port in {80, 443} else port
