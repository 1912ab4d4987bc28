"""Name the reasons for which a crawl ends, and derive its exit status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.exceptions import TokenLostError
from asrcrawler.items import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asrcrawler.exceptions import StorageError

OK, FAILED, USAGE, UNAVAILABLE = 0, 1, 2, 75
"""Exit statuses of a crawl; 75 is ``EX_TEMPFAIL``: the site could not be reached or refused us, the run was ended by a
signal with codes in hand, or it was closed by another one. A later run may do better."""

FINISHED = "finished"
SHUTDOWN = "shutdown"
ANOTHER_RUN = "another run at work"
DATABASE_HELD = "database held by another program"
DATABASE_FAILED = "database failed"
NOT_FOLLOWED = "not an outlet to crawl"
START_ERROR = "start_error"
REFUSED = "refused"
ASKED_TO_WAIT = "asked to wait"
RESTING = "resting after a refusal"
UNREACHABLE = "unreachable"
NOTHING_NAMED = "the site names no articles"
CLOSED_BY_ANOTHER = "token_lost"
SILENT = "its worker fell silent"
REPARSED, REPARSE_INTERRUPTED = "reparse finished", "reparse interrupted"
"""Reasons for which a run is closed; the first two are Scrapy's own, of which there are more
(``closespider_timeout`` …). The last two are no crawl's; the one before is that of a job whose run told none."""

STEPPED_ASIDE = frozenset({ANOTHER_RUN, DATABASE_HELD})
"""Of a crawl that began nothing, so that another one could go on; there is no run of it, and no word to a watchdog."""
NOT_WELCOME = frozenset({REFUSED, ASKED_TO_WAIT})
_UNAVAILABLE = NOT_WELCOME | {RESTING, UNREACHABLE, CLOSED_BY_ANOTHER}
_FAILED = frozenset({DATABASE_FAILED, START_ERROR, NOTHING_NAMED})

UNREADABLE_PAGES = 5
UNREADABLE_SHARE = 0.1  # of all answered pages; where a run visits unlisted codes, most of these are missing
"""A run with at least so many unreadable pages, more of them than articles read, and at least this share of the
answers, has met a new template and not just the few odd pages that any archive has."""


def exit_status(reason: str, outcomes: Mapping[str, int], unbooked: int, *, listed: bool = False) -> int:
    """Derive the exit status of a crawl that was closed for ``reason``.

    ``outcomes`` are the booked visits by outcome, ``unbooked`` the codes taken up that never reached the ledger. Who
    ends a run by a signal before it has booked anything has not seen it do well either.
    ``listed`` is whether the site told in this run which articles it has: then it was reached, and a code that always
    fails, the only one due, is no reason for an alarm.
    """
    if reason in STEPPED_ASIDE:
        return OK
    if reason == NOT_FOLLOWED:
        return USAGE
    if reason in _FAILED:
        return FAILED
    if reason in _UNAVAILABLE or _no_answer(outcomes, listed=listed):
        return UNAVAILABLE
    if reason == SHUTDOWN and (unbooked > 0 or not outcomes):
        return UNAVAILABLE
    if is_new_template(outcomes) or (reason == FINISHED and unbooked > 0):
        return FAILED
    return OK


def reason_of(error: StorageError) -> str:
    """Name the reason for which a crawl ends that cannot write."""
    return CLOSED_BY_ANOTHER if isinstance(error, TokenLostError) else DATABASE_FAILED


def is_new_template(outcomes: Mapping[str, int]) -> bool:
    """Tell whether so many pages are unreadable that the site must have a new template.

    >>> is_new_template({"unreadable": 5, "stored": 2, "missing": 20})
    True
    >>> is_new_template({"unreadable": 5, "stored": 900})
    False
    """
    unreadable, stored = outcomes.get(Outcome.UNREADABLE, 0), outcomes.get(Outcome.STORED, 0)
    answered = unreadable + stored + outcomes.get(Outcome.MISSING, 0)
    return unreadable >= max(UNREADABLE_PAGES, stored + 1, UNREADABLE_SHARE * answered)


def _no_answer(outcomes: Mapping[str, int], *, listed: bool) -> bool:
    refused, failed = outcomes.get(Outcome.REFUSED, 0), outcomes.get(Outcome.FAILED, 0)
    silent = refused + failed
    return silent > 0 and silent == sum(outcomes.values()) and (refused > 0 or not listed)
