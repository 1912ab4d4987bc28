"""A lease goes on where it stopped: behind the codes that were visited since it was made."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from asrcrawler.clock import utcnow
from asrcrawler.storage.models import ledger
from asrcrawler.storage.queue import leases

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    import pytest

    from asrcrawler.storage import Database

SITE = "example.ir"


def visit(database: Database, codes: Iterable[int], at: datetime, site: str = SITE) -> None:
    row = {"site": site, "outcome": "missing", "first_visit_at": at, "visited_at": at}
    rows = [row | {"code": code} for code in codes]
    with database.write(site) as connection:
        connection.execute(ledger.insert(), rows)


def left(database: Database, id_: int = 1) -> tuple[int, int] | None:
    lease = leases.go_on(database, id_)
    return None if lease is None else (lease.next_code, lease.left)


def test_a_span_is_a_lease(database: Database) -> None:
    leases.make(database, SITE, [(1, 900_000), (5, 5)])
    found = [(lease.id, lease.first, lease.last, lease.next_code, lease.left) for lease in leases.unfinished(database)]
    assert found == [(1, 1, 900_000, 1, 900_000), (2, 5, 5, 5, 1)]


def test_it_goes_on_behind_what_was_visited_since_it_was_made(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "PORTION", 3)
    before = utcnow() - timedelta(seconds=1)
    visit(database, [1], before)
    leases.make(database, SITE, [(1, 10)])
    assert left(database) == (1, 10)
    with database.write() as connection:
        connection.execute(ledger.delete())
    visit(database, [1, 2, 3, 4, 5, 6, 8, 10], utcnow())
    visit(database, [7, 9], utcnow(), site="another.ir")
    assert left(database) == (7, 4)
    visit(database, [7], utcnow())
    assert left(database) == (9, 2)
    visit(database, [9], utcnow())
    assert left(database) is None
    assert left(database) is None
    assert leases.unfinished(database) == []


def test_what_went_wrong_is_kept_until_it_goes_well(database: Database) -> None:
    leases.make(database, SITE, [(1, 10)])
    later = utcnow() + timedelta(minutes=10)
    leases.note(database, 1, problem="unreachable, exit status 75", not_before=later)
    (lease,) = leases.unfinished(database)
    assert (lease.problem, lease.not_before) == ("unreachable, exit status 75", later)
    leases.note(database, 1)
    (lease,) = leases.unfinished(database)
    assert (lease.problem, lease.not_before) == (None, None)


def test_a_lease_that_is_not_there_has_nothing_left(database: Database) -> None:
    assert left(database, 99) is None
