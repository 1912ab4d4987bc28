"""Write JSON Lines: one article on each line, UTF-8, fields in the exported order."""

from __future__ import annotations

import json
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asrcrawler.export import Options


def write(articles: Iterable[dict[str, Any]], file: IO[bytes], _: Options) -> None:
    """Write all of ``articles``, each on a line of its own. Raises whatever ``file`` raises."""
    for article in articles:
        file.write(as_json(article).encode() + b"\n")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    raise TypeError(f"no JSON for {value!r}")


as_json = json.JSONEncoder(ensure_ascii=False, default=_plain).encode
"""Write a value as JSON on one line, with moments in ISO 8601."""
