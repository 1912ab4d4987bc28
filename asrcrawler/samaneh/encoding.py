"""Bytes of a page → text. The CMS writes UTF-8 whatever a header or a meta element claims."""

from __future__ import annotations

import codecs
import re

_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_HEAD = 4096  # bytes in which a charset declaration has to stand
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
OLD_PERSIAN = "windows-1256"  # what Persian pages were written in before UTF-8


def decode(body: bytes, declared: str | None = None) -> tuple[str, str | None]:
    """The text of ``body`` without NUL, and a note when it was not plain UTF-8.

    UTF-8 is tried first: text in another encoding is practically never valid UTF-8, while declarations are often
    wrong. Then come the charset of the HTTP header (``declared``), the page's own and windows-1256.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body.decode(encoding, "replace").replace("\0", ""), None
    body = body.replace(b"\0", b"")
    try:
        return body.decode("utf-8"), None
    except UnicodeDecodeError as error:
        if error.end >= len(body) - 4:  # cut in the middle of a character
            return body.decode("utf-8", "ignore"), "cut in the middle of a character"
    for name in (declared, _own_charset(body), OLD_PERSIAN):
        text = _decoded(body, name)
        if text is not None:
            return text, f"not UTF-8, read as {name}"
    return body.decode("utf-8", "replace"), "not UTF-8 and no other encoding either"


def _own_charset(body: bytes) -> str | None:
    match = _META_CHARSET.search(body[:_HEAD])
    return match[1].decode("ascii", "ignore") if match else None


def _decoded(body: bytes, name: str | None) -> str | None:
    try:
        known = name is not None and codecs.lookup(name).name != "utf-8"
        return body.decode(name) if known and name else None
    except (LookupError, ValueError):
        return None
