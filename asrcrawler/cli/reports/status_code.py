"""Tell all that is known of one code, and why it is or is not due, for ``scrapy status --code``."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from asrcrawler.cli.reports.figures import duration, moment, size
from asrcrawler.cli.reports.status import iso
from asrcrawler.gone import Presence, gone_since
from asrcrawler.items import Outcome
from asrcrawler.policy import LONGEST_NEXT_VISIT, NEAR_TOP, SETTLED_AGE, is_due

if TYPE_CHECKING:
    from datetime import datetime

    from asrcrawler.gone import Disappearance
    from asrcrawler.storage.visits.captures import KeptCapture

WIDTH = 78
DIGEST_SHOWN = 12  # hexadecimal digits; enough to tell the captures of one code apart

Row = Mapping[Any, Any]


def history(
    site: str,
    code: int,
    row: Row | None,
    visits: Sequence[Row],
    times: Sequence[Disappearance] = (),
    *,
    newest: int,
    now: datetime,
) -> list[str]:
    """Write a code's ledger row and its visits (the first one first), explained.

    ``times`` are those during which the site did not show its article.
    """
    state = "unknown" if row is None else row["outcome"] or "listed, not visited"
    lines = [f"Code {code} of {site}: {state}"]
    if row is not None and row["listed_at"] is not None:
        lines.append(f"  named by the site since {moment(row['listed_at'])}")
    if row is not None and row["visited_at"] is not None:
        lines.append(f"  last visit {moment(row['visited_at'])}")
    lines += [f"  {_disappearance(time)}" for time in times]
    lines += textwrap.wrap(
        why(row, newest=newest, now=now, is_held=_is_open(times)), WIDTH, initial_indent="  ", subsequent_indent="  "
    )
    if visits:
        lines += ["", "Visits (times in Tehran)", *(_visit(visit) for visit in visits)]
    return lines


def as_json(
    site: str,
    code: int,
    row: Row | None,
    visits: Sequence[Row],
    times: Sequence[Disappearance] = (),
    *,
    newest: int,
    now: datetime,
) -> dict[str, Any]:
    """Give the same for JSON: moments in UTC, ISO 8601."""
    names = ("at", "outcome", "reason", "http_status", "size", "change", "run_id")
    return {
        "site": site,
        "code": code,
        "outcome": row["outcome"] if row else None,
        "reason": row["reason"] if row else None,
        "listed_at": iso(row["listed_at"]) if row else None,
        "last_visit_at": iso(row["visited_at"]) if row else None,
        "next_visit_at": iso(row["next_visit_at"]) if row else None,
        "gone_at": iso(gone_since(times)),
        "gone": [
            {"state": str(time.state)}
            | {name: iso(getattr(time, name)) for name in ("gone_at", "confirmed_at", "back_at")}
            for time in times
        ],
        "why": why(row, newest=newest, now=now, is_held=_is_open(times)),
        "visits": [{name: visit[name] for name in names} | {"at": iso(visit["at"])} for visit in visits],
    }


def captures(kept: Sequence[KeptCapture]) -> list[str]:
    """List the captures of a code, numbered as ``scrapy page --visit`` counts them."""
    if not kept:
        return []
    return [
        "",
        "Captures (the SHA-256 of each begins with …)",
        *(_capture(number, capture) for number, capture in enumerate(kept, 1)),
    ]


def captures_as_json(kept: Sequence[KeptCapture]) -> list[dict[str, Any]]:
    """Give the same for JSON."""
    return [
        {
            "number": number,
            "at": iso(capture.at),
            "url": capture.url,
            "sha256": capture.digest.hex(),
            "size": capture.size,
            "packed_size": capture.packed_size,
            "headers": capture.headers,
        }
        for number, capture in enumerate(kept, 1)
    ]


def why(row: Row | None, *, newest: int, now: datetime, is_held: bool = False) -> str:
    """Say why a code is or is not due at ``now``, in one sentence; ``row`` is its ledger row.

    ``is_held``: it is missing, and an article of it is stored.
    """
    if row is None:
        return "not visited: the site has not named it, and no run has come by it yet"
    if row["outcome"] is None:
        return "due: the site names it and it was never visited"
    cause = _cause(row, newest, is_held=is_held)
    at = row["next_visit_at"]
    if at is None:
        return f"settled, no further visit: {cause}"
    apart = duration((at - now).total_seconds())
    if at > now and is_due(at, LONGEST_NEXT_VISIT, now):
        return f"due: {moment(at)} is further ahead than any visit is put off, so a clock was wrong; {cause}"
    if at <= now:
        return f"due for {apart}: {cause}"
    return f"not due before {moment(at)}, in {apart}: {cause}"


def _cause(row: Row, newest: int, *, is_held: bool) -> str:
    streak, settled = row["streak"], row["next_visit_at"] is None
    in_a_row = f"{streak} times in a row" if streak > 1 else "once"
    match Outcome(row["outcome"]):
        case Outcome.STORED if settled:
            return (
                f"the article was at least {SETTLED_AGE.days} days old at its last visit; now and then it gets a look"
            )
        case Outcome.STORED:
            return f"a stored article is looked at for edits until it is {SETTLED_AGE.days} days old, ever more rarely"
        case Outcome.MISSING if is_held and settled:
            return f"missing {in_a_row}; an article that is gone for so long is looked at with the old ones"
        case Outcome.MISSING if is_held:
            return f"missing {in_a_row}, and an article of it is stored; later looks tell whether it is gone"
        case Outcome.MISSING if settled:
            return f"missing {in_a_row}, and more than {NEAR_TOP} codes below the newest one"
        case Outcome.MISSING if newest - row["code"] <= NEAR_TOP:
            return f"missing {in_a_row}, near the newest code, where a draft may yet be published"
        case Outcome.MISSING:
            return f"missing {in_a_row}, deep in the archive; one more look makes sure"
        case Outcome.FAILED:
            return f"failed {in_a_row}; each failure makes the wait longer"
        case Outcome.REFUSED:
            return f"refused {in_a_row}; that says more of the site than of the code"
        case Outcome.UNREADABLE:
            return f"unreadable {in_a_row}; another day, or a newer parser, may read it"


def _is_open(times: Sequence[Disappearance]) -> bool:
    return bool(times) and times[-1].state is not Presence.BACK


def _disappearance(time: Disappearance) -> str:
    since = moment(time.gone_at)
    if time.back_at is not None:
        return f"was gone from {since} and was back on {moment(time.back_at)}"
    if time.confirmed_at is not None:
        return f"gone since {since}, proved on {moment(time.confirmed_at)}"
    if time.state is Presence.WAITING:
        return f"missing since {since}; another look a day later tells whether it is gone"
    return f"missing since {since}; that does not count until its run has ended, or if it met an outage"


def _visit(visit: Row) -> str:
    parts = [
        moment(visit["at"]),
        f"{visit['outcome']:<10}",
        str(visit["http_status"] or "-").rjust(3),
        size(visit["size"]).rjust(8),
        ", ".join(filter(None, (visit["change"], visit["reason"]))) or "unchanged",
    ]
    return "  " + "  ".join(parts)


def _capture(number: int, capture: KeptCapture) -> str:
    packed = "let go" if capture.packed_size is None else f"{size(capture.packed_size)} packed"
    parts = [
        f"{number:>3}",
        moment(capture.at),
        capture.digest.hex()[:DIGEST_SHOWN],
        size(capture.size).rjust(8),
        packed,
    ]
    return "  ".join(parts)
