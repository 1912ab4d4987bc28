"""Write the codes that ``scrapy status --outcome`` lists, a line each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from asrcrawler.cli.reports.figures import moment
from asrcrawler.cli.reports.status import iso

if TYPE_CHECKING:
    from asrcrawler.storage.figures.codes import Visited

DIGITS = 12  # of a SHA-256 that are shown


def line(found: Visited) -> str:
    """Write ``32911  1404-12-10 13:30  200  no title  capture 9f2c7b1e4a6d``; what is not known is a dash."""
    at = moment(found.visited_at) if found.visited_at else "-"
    status = "-" if found.http_status is None else str(found.http_status)
    capture = f"  capture {found.capture.hex()[:DIGITS]}" if found.capture else ""
    return f"{found.code:>9}  {at:<16}  {status:>3}  {found.reason or '-'}{capture}"


def as_json(found: Visited) -> str:
    """Write the same as a JSON object on one line; moments in UTC, ISO 8601."""
    facts = found._asdict() | {
        "visited_at": iso(found.visited_at),
        "next_visit_at": iso(found.next_visit_at),
        "capture": found.capture.hex() if found.capture else None,
    }
    return json.dumps(facts, ensure_ascii=False)
