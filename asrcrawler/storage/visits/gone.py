"""Work out from the visits which stored articles are gone, and write it down.

The visits are the evidence: what is written here can be made again of them at any time. It is made again for the codes
of a batch, and at the end of a run for all that is not proved yet, because only then the looks of the run count
(:func:`asrcrawler.gone.is_outage`).
"""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import bindparam, delete, select, update

from asrcrawler.gone import Disappearance, Look, Presence, disappearances, gone_since, is_outage
from asrcrawler.items import Outcome
from asrcrawler.storage.engine.among import among, of_codes
from asrcrawler.storage.engine.rows import insert_rows
from asrcrawler.storage.models import article, gone, run, visit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from sqlalchemy import Connection

    from asrcrawler.storage.engine.database import Database

Disappearances: TypeAlias = "dict[int, list[Disappearance]]"
"""Code → the times during which the site did not show its article, the first one first."""

CHUNK = 500  # codes whose visits are read at once

UNPROVED = (str(Presence.DOUBTFUL), str(Presence.WAITING))
OPEN = (*UNPROVED, str(Presence.GONE))
"""States of an article whose last look that said anything answered missing."""

_STEPS = [gone.c[name] for name in Disappearance._fields]
_TELLING = (str(Outcome.STORED), str(Outcome.MISSING))
_WRITTEN = select(gone.c.code, *_STEPS).where(*of_codes(gone)).order_by(gone.c.code, gone.c.number)
_MISSED = select(visit.c.code).where(*of_codes(visit), visit.c.outcome == str(Outcome.MISSING))
_LOOKS = (
    select(visit.c.code, visit.c.at, visit.c.outcome, visit.c.run_id)
    .where(*of_codes(visit), visit.c.outcome.in_(_TELLING))
    .order_by(visit.c.code, visit.c.id)
)
_MARKED = select(article.c.id, article.c.code, article.c.gone_at).where(
    *of_codes(article), article.c.gone_at.is_not(None) | among(article.c.code, "found")
)


def count_looks(connection: Connection, run_id: int | None, looks: int, missing: int) -> None:
    """Add to the looks at stored articles of a run, and to those of them that answered missing."""
    if run_id is not None and looks:
        added = {"looks": run.c.looks + looks, "missing_looks": run.c.missing_looks + missing}
        connection.execute(update(run).where(run.c.id == run_id).values(added))


def judge_looks(connection: Connection, site: str) -> None:
    """Let the looks count of the runs on a site that have ended; call it in the transaction that ends one."""
    unproved = select(gone.c.code).where(gone.c.site == site, gone.c.state.in_(UNPROVED))
    settle(connection, site, list(connection.scalars(unproved)))


def settle(connection: Connection, site: str, codes: Iterable[int]) -> None:
    """Work out anew when the articles of ``codes`` were gone, and write what differs."""
    for chunk in chunks(sorted(codes)):
        known, found = stored(connection, site, chunk), worked_out(connection, site, chunk)
        _replace(connection, site, known, found)
        _mark(connection, site, chunk, found)


def stored(connection: Connection, site: str, codes: Collection[int]) -> Disappearances:
    """Read what is written about ``codes``; those without anything are left out."""
    found = defaultdict(list)
    for code, *steps in connection.execute(_WRITTEN, {"site": site, "codes": codes}):
        found[code].append(_disappearance(steps))
    return dict(found)


def worked_out(connection: Connection, site: str, codes: Collection[int]) -> Disappearances:
    """Work out from the visits of ``codes`` what is to be written; those without anything are left out."""
    missed = set(connection.scalars(_MISSED, {"site": site, "codes": codes}))
    if not missed:  # nearly always: of most articles no look ever answered missing
        return {}
    rows = connection.execute(_LOOKS, {"site": site, "codes": missed}).all()
    judged = _judged(connection, {row.run_id for row in rows if row.run_id is not None})
    looks, at_work = defaultdict(list), {}
    for code, at, outcome, run_id in rows:
        looks[code].append(Look(at, Outcome(outcome), run_id is None or judged.get(run_id, False)))
        if run_id is not None and run_id not in judged and outcome == Outcome.MISSING:
            at_work[code] = at
    found = {code: disappearances(own) for code, own in looks.items()}
    for code, at in at_work.items():
        if not found[code] or found[code][-1].state is Presence.BACK:  # seen again since, and to be judged all the same
            found[code].append(Disappearance(Presence.DOUBTFUL, at))
    return {code: times for code, times in found.items() if times}


def run_looks(database: Database, run_id: int) -> tuple[int, int]:
    """Give the looks of a run at stored articles, and how many of them answered missing."""
    with database.read() as connection:
        row = connection.execute(select(run.c.looks, run.c.missing_looks).where(run.c.id == run_id)).first()
    return (row.looks, row.missing_looks) if row else (0, 0)


def _judged(connection: Connection, runs: Collection[int]) -> dict[int, bool]:
    """Tell of those of ``runs`` that have ended whether their looks count: they met no outage."""
    columns = run.c.id, run.c.looks, run.c.missing_looks
    ended = connection.execute(select(*columns).where(among(run.c.id, runs), run.c.ended_at.is_not(None)))
    return {row.id: not is_outage(row.looks, row.missing_looks) for row in ended}


def _replace(connection: Connection, site: str, known: Disappearances, found: Disappearances) -> None:
    changed = {code for code in {*known, *found} if known.get(code) != found.get(code)}
    if outdated := changed & known.keys():
        connection.execute(delete(gone).where(gone.c.site == site, among(gone.c.code, outdated)))
    insert_rows(
        connection,
        gone,
        [
            {"site": site, "code": code, "number": number, "at": time.at, **time._asdict(), "state": str(time.state)}
            for code in sorted(changed)
            for number, time in enumerate(found.get(code, ()), 1)
        ],
    )


def _mark(connection: Connection, site: str, codes: Collection[int], found: Disappearances) -> None:
    """Bring ``gone_at`` of the articles of ``codes`` in line."""
    marked = connection.execute(_MARKED, {"site": site, "codes": codes, "found": found}).all()
    since = {code: gone_since(times) for code, times in found.items()}
    changes = [{"own_id": row.id, "since": since.get(row.code)} for row in marked if row.gone_at != since.get(row.code)]
    if changes:
        connection.execute(_MARK, changes)


_MARK = (
    update(article).where(article.c.id == bindparam("own_id")).values(gone_at=bindparam("since", type_=gone.c.at.type))
)


def _disappearance(steps: Sequence[Any]) -> Disappearance:
    return Disappearance(Presence(steps[0]), *steps[1:])


def chunks(codes: Iterable[int]) -> Iterator[list[int]]:
    """Give ``codes`` in lists of :data:`CHUNK`."""
    rest = iter(codes)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
