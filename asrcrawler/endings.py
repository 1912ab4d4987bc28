"""Name the reasons for which a crawl ends, and derive its exit status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.items import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

OK, FAILED, UNAVAILABLE = 0, 1, 75
"""Exit statuses of a crawl; 75 is ``EX_TEMPFAIL``: the site could not be reached or refused us."""

FINISHED = "finished"
ANOTHER_RUN = "another run at work"
DATABASE_FAILED = "database failed"
START_ERROR = "start_error"
REFUSED = "refused"
ASKED_TO_WAIT = "asked to wait"
RESTING = "resting after a refusal"
UNREACHABLE = "unreachable"
NOTHING_NAMED = "the site names no articles"
"""Reasons for closing a crawl; Scrapy has its own as well (``shutdown``, ``closespider_timeout`` …)."""

NOT_WELCOME = frozenset({REFUSED, ASKED_TO_WAIT})
_UNAVAILABLE = NOT_WELCOME | {RESTING, UNREACHABLE}
_FAILED = frozenset({DATABASE_FAILED, START_ERROR, NOTHING_NAMED})

UNREADABLE_PAGES = 5
UNREADABLE_SHARE = 0.1  # of all answered pages; where a run visits unlisted codes, most of these are missing
"""A run with at least so many unreadable pages, more of them than articles read, and at least this share of the
answers, has met a new template and not just the few odd pages that any archive has."""


def exit_status(reason: str, outcomes: Mapping[str, int], unbooked: int, *, listed: bool = False) -> int:
    """Derive the exit status of a crawl that was closed for ``reason``.

    ``outcomes`` counts the booked visits by outcome, ``unbooked`` the codes taken up that never reached the ledger.
    ``listed`` says whether the site gave us any list of its articles in this run: then it was reached, and one code
    that always fails, being the only one due, raises no alarm.

    >>> exit_status(FINISHED, {"stored": 40, "failed": 1}, unbooked=0)
    0
    >>> exit_status(UNREACHABLE, {"failed": 10}, unbooked=3)
    75
    >>> exit_status(FINISHED, {"stored": 40}, unbooked=2)
    1
    """
    if reason == ANOTHER_RUN:
        return OK
    if reason in _FAILED:
        return FAILED
    if reason in _UNAVAILABLE or _no_answer(outcomes, listed=listed):
        return UNAVAILABLE
    if is_new_template(outcomes) or (reason == FINISHED and unbooked > 0):
        return FAILED
    return OK


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
