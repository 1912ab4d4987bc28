"""Convert what a page says to what the columns of the tables take."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from asrcrawler.items import EDITED, TYPES, Article, Type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from asrcrawler.items import Media, Redirect

HIGHEST_INTEGER = 2**31 - 1  # of PostgreSQL's INTEGER
DIGEST_SIZE = 16  # bytes
LONGEST_HEADER = 500  # characters; a longer validator is not sent back


def storable(text: str | None) -> str | None:
    """Remove from ``text`` what no database takes (NUL, lone surrogates); give None when nothing is left."""
    if not text:
        return None
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode(errors="ignore").decode()
    return text.replace("\0", "") or None


def values_of(item: Article) -> dict[str, Any]:
    """Give what the page says as columns of ``article``."""
    values = {name: fit(getattr(item, name)) for name, fit in _FITTED}
    values["text_digest"] = item.text_digest
    return values


def _shown(given: Sequence[Media]) -> list[dict[str, str | None]]:
    return [{"url": storable(media.url), "caption": storable(media.caption)} for media in given]


def reading_digest(values: Mapping[str, Any]) -> bytes:
    """Fingerprint the text and the pictures of an article, given or stored as columns of ``article``."""
    said = {name: values[name] for name in ("kind", *EDITED, "images", "videos")} | {
        "tags": sorted(set(values["tags"]))
    }
    return blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=DIGEST_SIZE).digest()


def _names(given: list[str]) -> list[str]:
    return [name for name in map(storable, given) if name]


def _count(given: int | None) -> int | None:
    return given if given is not None and 0 <= given <= HIGHEST_INTEGER else None


def _as_it_is(given: Any) -> Any:
    return given


_COLUMN: dict[Type, Callable[[Any], Any]] = {
    Type.SITE: _as_it_is,
    Type.CODE: _as_it_is,
    Type.ADDRESS: storable,
    Type.KIND: str,
    Type.LINE: storable,
    Type.TEXT: storable,
    Type.PATH: _names,
    Type.SET: _names,
    Type.MEDIA: _shown,
    Type.MOMENT: _as_it_is,
    Type.JALALI: storable,
    Type.COUNT: _count,
}
"""How a value of each type is made fit for its column."""
_FITTED = [(name, _COLUMN[type_]) for name, type_ in TYPES.items()]


def headers_of(given: Mapping[str, str]) -> dict[str, str]:
    storables = ((storable(name), storable(value)) for name, value in given.items())
    return {name: value or "" for name, value in storables if name}


def redirect_of(step: Redirect) -> dict[str, Any]:
    url, location = storable(step.url) or "", storable(step.location) or ""
    return {"at": step.at.isoformat(), "status": step.status, "url": url, "location": location}


def header_of(value: str | None) -> str | None:
    return storable(value) if value and len(value) <= LONGEST_HEADER else None
