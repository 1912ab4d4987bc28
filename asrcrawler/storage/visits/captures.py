"""Keep captures: each content once, packed; the visits refer to it.

The capture of an article is kept for ever. Of refused and unreadable pages the newest are kept, for diagnosis, and of
the others the digest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, func, select, update

from asrcrawler.exceptions import DamagedCaptureError
from asrcrawler.items import Outcome
from asrcrawler.storage.engine.rows import insert_rows
from asrcrawler.storage.models import page, visit
from asrcrawler.storage.visits.dictionaries import dictionary
from asrcrawler.text.packing import unpack

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, RowMapping

    from asrcrawler.items import PackedCapture
    from asrcrawler.storage.engine.database import Database

KEPT_FOR_DIAGNOSIS = 1_000  # captures of one site and outcome other than stored; a template change shows in ten
LARGEST_FOR_DIAGNOSIS = 256 * 1024  # bytes, packed; an article is kept whatever its size
STORED = str(Outcome.STORED)

_HELD = select(page.c.id, page.c.digest, page.c.outcome, page.c.content.is_(None).label("empty")).where(
    page.c.site == bindparam("site"), page.c.digest.in_(bindparam("digests", expanding=True))
)
_PROMOTE = update(page).where(page.c.id == bindparam("own_id")).values(outcome=bindparam("new_outcome"))
_REFILL = (
    update(page)
    .where(page.c.id == bindparam("own_id"))
    .values(outcome=bindparam("new_outcome"), content=bindparam("packed"), dictionary_id=bindparam("packed_with"))
)


class FoundCapture(NamedTuple):
    """A capture that a visit found, and what became of the visit."""

    packed: PackedCapture
    outcome: str


class KeptCapture(NamedTuple):
    """A visit that found a capture, and what is left of that capture."""

    visit_id: int
    at: datetime
    url: str
    outcome: str
    http_status: int | None
    headers: dict[str, str]
    digest: bytes
    size: int
    packed_size: int | None
    """Bytes it takes in the database; None where its content was dropped."""


def keep(connection: Connection, site: str, found: Iterable[FoundCapture]) -> dict[bytes, int]:
    """Keep what visits found, each content once; give the ids of the captures by digest."""
    wanted: dict[bytes, FoundCapture] = {}
    for one in found:
        before = wanted.get(one.packed.digest)
        if before is None or before.outcome != STORED:
            wanted[one.packed.digest] = one
    if not wanted:
        return {}
    rows = connection.execute(_HELD, {"site": site, "digests": list(wanted)}).all()
    _renew(connection, [(row, wanted[row.digest]) for row in rows])
    fresh = [wanted[digest] for digest in wanted.keys() - {row.digest for row in rows}]
    ids = {row.digest: row.id for row in rows}
    if fresh:
        order = {digest: place for place, digest in enumerate(wanted)}
        fresh.sort(key=lambda one: order[one.packed.digest])
        insert_rows(connection, page, [_as_row(site, one) for one in fresh])
        digests = [one.packed.digest for one in fresh]
        new = connection.execute(_HELD, {"site": site, "digests": digests})
        ids.update({row.digest: row.id for row in new})
    for outcome in sorted({one.outcome for one in wanted.values()} - {STORED}):
        _drop_oldest(connection, site, outcome)
    return ids


def kept_of(database: Database, site: str, code: int) -> list[KeptCapture]:
    """List the captures of a code, the first one first."""
    columns = (
        visit.c.id, visit.c.at, visit.c.url, visit.c.outcome, visit.c.http_status, visit.c.headers, page.c.digest,
        page.c.size, func.length(page.c.content),
    )  # fmt: skip
    with database.read() as connection:
        rows = connection.execute(
            select(*columns)
            .join(page, page.c.id == visit.c.page_id)
            .where(visit.c.site == site, visit.c.code == code)
            .order_by(visit.c.id)
        )
        return [KeptCapture(*row) for row in rows]


def body_of(database: Database, site: str, digest: bytes) -> bytes:
    """Read the bytes of a capture. Raises :exc:`DamagedCaptureError` where they are missing or not those that came."""
    with database.read() as connection:
        row = connection.execute(select(page).where(page.c.site == site, page.c.digest == digest)).mappings().first()
        return unpacked(connection, row)


def unpacked(connection: Connection, row: RowMapping | None) -> bytes:
    """Unpack the body of a row of ``page``. Raises :exc:`DamagedCaptureError`."""
    if row is None or row["content"] is None:
        raise DamagedCaptureError("is no longer in the database")
    known = None
    if row["dictionary_id"] is not None:
        known = dictionary(connection, row["dictionary_id"])
        if known is None:
            raise DamagedCaptureError(
                f"was packed with dictionary {row['dictionary_id']}, which is not in the database"
            )
    return unpack(row["content"], size=row["size"], digest=row["digest"], dictionary=known)


def _renew(connection: Connection, known: Sequence[tuple[Any, FoundCapture]]) -> None:
    """Refill captures whose content was dropped and came again; promote those that now read as an article."""
    promoted, refilled = [], []
    for row, one in known:
        if row.empty and _is_kept(one):
            packed = one.packed
            refilled.append(
                {
                    "own_id": row.id,
                    "new_outcome": one.outcome,
                    "packed": packed.content,
                    "packed_with": packed.dictionary,
                }
            )
        elif row.outcome not in {STORED, one.outcome}:
            promoted.append({"own_id": row.id, "new_outcome": one.outcome})
    if promoted:
        connection.execute(_PROMOTE, promoted)
    if refilled:
        connection.execute(_REFILL, refilled)


def _as_row(site: str, one: FoundCapture) -> dict[str, Any]:
    kept = _is_kept(one)
    return {
        "site": site,
        "digest": one.packed.digest,
        "size": one.packed.size,
        "outcome": one.outcome,
        "dictionary_id": one.packed.dictionary if kept else None,
        "content": one.packed.content if kept else None,
    }


def _is_kept(one: FoundCapture) -> bool:
    return one.outcome == STORED or len(one.packed.content) <= LARGEST_FOR_DIAGNOSIS


def _drop_oldest(connection: Connection, site: str, outcome: str) -> None:
    """Drop the content of all but the newest captures of an outcome that is no article; their digests stay."""
    these = (
        page.c.site == site,
        page.c.outcome == outcome,
        page.c.content.is_not(None),
    )
    last = connection.scalar(
        select(page.c.id).where(*these).order_by(page.c.id.desc()).offset(KEPT_FOR_DIAGNOSIS).limit(1)
    )
    if last is not None:
        connection.execute(update(page).where(*these, page.c.id <= last).values(content=None, dictionary_id=None))
