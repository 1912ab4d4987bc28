"""Decode the bytes of a page to UTF-8. The CMS writes UTF-8 whatever a header or a meta element claims."""

from __future__ import annotations

import codecs
import re

_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_MARKUP = 1024  # bytes by which UTF-16 is told without a mark: nearly every other one of a page's head is NUL
_LEAST_NULS = 0.4  # of the bytes at even places, or at odd ones
_HEAD = 4096  # bytes in which a charset declaration has to stand
_BOMS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NEVER = ("utf", "idna", "punycode", "unicode", "raw", "undefined")
"""How the codecs begin that are no reading of a page that is not UTF-8."""
OLD_PERSIAN = "windows-1256"  # what Persian pages were written in before UTF-8
MOST_BROKEN = 0.1  # of the letters beyond ASCII; another encoding breaks nearly all of them, a cut text a few


def as_utf8(body: bytes, declared: str | None = None) -> tuple[bytes, str | None]:
    """Turn ``body`` into valid UTF-8 without NUL, with a note when it was not that.

    UTF-8 is tried first: text in another encoding is practically never valid UTF-8, while declarations are often
    wrong. A few broken characters, which the CMS leaves where it cuts a text by bytes, are left out. Then come the
    charset of the HTTP header (``declared``), the page's own and windows-1256.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return _encoded(body.decode(encoding, "ignore")), None
    if (unmarked := _utf16(body)) is not None:
        return _encoded(body.decode(unmarked, "ignore")), f"{unmarked.upper()} without a mark"
    body = body.removeprefix(codecs.BOM_UTF8)
    if b"\0" in body:
        body = body.replace(b"\0", b"")
    try:
        body.decode()
    except UnicodeDecodeError:
        return _mended(body, declared)
    return body, None


def _utf16(body: bytes) -> str | None:
    """Tell the byte order of a page in UTF-16 that does not say so: its markup is ASCII, every other byte of it NUL."""
    head = body[:_MARKUP]
    if head.count(b"\0") < len(head) * _LEAST_NULS / 2:
        return None
    even, odd = head[::2].count(b"\0"), head[1::2].count(b"\0")
    least = _LEAST_NULS * len(head) / 2
    if odd >= least and not even:
        return "utf-16-le"
    return "utf-16-be" if even >= least and not odd else None


def _mended(body: bytes, declared: str | None) -> tuple[bytes, str]:
    text = body.decode("utf-8", "replace")
    broken, whole = text.count("\ufffd"), sum(not char.isascii() for char in text)
    if broken <= whole * MOST_BROKEN:
        return _encoded(text.replace("\ufffd", "")), "not quite UTF-8, broken characters left out"
    for name in (declared, _own_charset(body), OLD_PERSIAN):
        read = _decoded(body, name)
        if read is not None:
            return _encoded(read), f"not UTF-8, read as {name}"
    return _encoded(text.replace("\ufffd", "")), "not UTF-8 and no other encoding either"


def _own_charset(body: bytes) -> str | None:
    match = _META_CHARSET.search(body[:_HEAD])
    return match[1].decode("ascii", "ignore") if match else None


def _decoded(body: bytes, name: str | None) -> str | None:
    try:
        known = name is not None and not codecs.lookup(name).name.startswith(_NEVER)
        return body.decode(name) if known and name else None
    except (LookupError, ValueError):
        return None


def _encoded(text: str) -> bytes:
    return text.replace("\0", "").encode("utf-8", "ignore")
