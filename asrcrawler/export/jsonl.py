"""JSON Lines: an article a line, UTF-8, in the order of the contract."""

from __future__ import annotations

import json
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asrcrawler.export import Options


def write(articles: Iterable[dict[str, Any]], file: IO[bytes], _: Options) -> None:
    for article in articles:
        file.write(as_json(article).encode() + b"\n")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    raise TypeError(f"no JSON for {value!r}")


as_json = json.JSONEncoder(ensure_ascii=False, default=_plain).encode
"""A value as JSON on one line; moments in ISO 8601."""
