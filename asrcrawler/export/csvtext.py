"""Write CSV as RFC 4180 defines it: UTF-8, a header, CRLF, quotes where needed; null is an empty cell.

A list is written as JSON in one cell, because a tag may contain any character that could separate tags.

With ``bom``, for spreadsheets, two things differ. A byte order mark tells them that the file is UTF-8. A text that they
would take for a formula gets an apostrophe in front: a headline that begins with ``=`` must not be run in somebody's
spreadsheet. Without ``bom`` no character is added.
"""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from asrcrawler.export.jsonl import as_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from asrcrawler.export import Options

FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What spreadsheets take for the beginning of a formula; the list is that of OWASP."""


def write(articles: Iterable[dict[str, Any]], file: IO[bytes], options: Options) -> None:
    """Write all of ``articles`` as CSV with a header. Raises whatever ``file`` raises."""
    write_rows(articles, file, options.fields, bom=options.bom)


def write_rows(found: Iterable[Mapping[str, Any]], file: IO[bytes], names: Sequence[str], *, bom: bool) -> None:
    """Write what each of ``found`` has under ``names``, which are the header. Raises whatever ``file`` raises."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig" if bom else "utf-8", newline="")
    try:
        rows = csv.writer(text, lineterminator="\r\n")
        rows.writerow(names)
        for one in found:
            cells = (_cell(one[name]) for name in names)
            rows.writerow(_harmless(cell) for cell in cells) if bom else rows.writerow(cells)
        text.flush()
    finally:
        text.detach()  # otherwise the wrapper would close the file when it is collected


def _cell(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat(timespec="seconds")
        case list():
            return as_json(value)
        case _:
            return value


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_BEGINS) else cell
