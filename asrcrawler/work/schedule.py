"""Decide when an outlet is due. Pure: the moment is an argument, so that simulations can move it.

Every outlet has its own place in its interval, by its name, and keeps it: 300 outlets with a run every ten minutes
start one every two seconds, also after the worker was started anew.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zlib import crc32

from asrcrawler.policy import LONGEST_REST, is_due

if TYPE_CHECKING:
    from asrcrawler.outlets import Outlet

BEGIN = datetime(2000, 1, 1, tzinfo=UTC)
"""The moment from which intervals are counted."""
LEAST = 0.5  # of the interval, from one start to the next; the most is thrice as much
LONGEST_EARLY, EARLY = timedelta(minutes=5), 0.25  # and of the interval: how much before its time cron may take one


def due_at(
    outlet: Outlet, last_start: datetime | None, rest_until: datetime | None, now: datetime, *, by_cron: bool = False
) -> datetime:
    """Give the moment from which an outlet is due: the next one of its own, and not before ``rest_until``, when it
    refused its last run; ``by_cron``, by a worker that does not stay: an interval after its last start, or a little
    less, as who comes a second too early would else leave it to the next worker.

    One that never ran is due now. A ``last_start`` that lies ahead is a wrong clock's, and proves nothing; a rest
    longer than the policy's is over.
    """
    if last_start is None or last_start > now:
        due = now
    else:
        due = _an_interval_after(outlet, last_start) if by_cron else _next_of_its_own(outlet, last_start)
    if rest_until is not None and not is_due(rest_until, LONGEST_REST, now):
        due = max(due, rest_until)
    return due


def _next_of_its_own(outlet: Outlet, last_start: datetime) -> datetime:
    interval = _interval(outlet)
    place = BEGIN + interval * (crc32(outlet.name.encode()) / 2**32)
    earliest = last_start + LEAST * interval
    return place + interval * -((place - earliest) // interval)


def _an_interval_after(outlet: Outlet, last_start: datetime) -> datetime:
    interval = _interval(outlet)
    return last_start + interval - min(LONGEST_EARLY, EARLY * interval)


def _interval(outlet: Outlet) -> timedelta:
    return timedelta(minutes=outlet.every)
