"""Read and write the outlets that an archive follows."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from asrcrawler.exceptions import OutletError
from asrcrawler.outlets import Outlet, names_of, refuse_clash
from asrcrawler.storage.models import ledger, visit
from asrcrawler.storage.models import outlet as table

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from asrcrawler.spans import Span
    from asrcrawler.storage.engine.database import Database

LOCK = "outlet"
"""What is locked while outlets are written; no site is called so."""

_COLUMNS = {
    field.name: table.c["politeness_group" if field.name == "group" else field.name] for field in fields(Outlet)
}
_SELECT = select(*(column.label(name) for name, column in _COLUMNS.items())).order_by(table.c.name)


def all_outlets(database: Database) -> list[Outlet]:
    """Give every outlet that the archive follows or followed, by name."""
    with database.read() as connection:
        return _read(connection)


def names_by_site(connection: Connection) -> dict[str, str]:
    """Give the name of each outlet that the archive follows or followed, by its site."""
    return {row.site: row.name for row in connection.execute(select(table.c.site, table.c.name))}


def sites_with(database: Database, span: Span, *, captured: bool = False) -> list[str]:
    """Give the sites of the outlets that know a code of ``span``; if ``captured``, that have a capture of one."""
    of, more = (visit, [visit.c.page_id.is_not(None)]) if captured else (ledger, [])
    one = select(of.c.code).where(of.c.site == table.c.site, of.c.code.between(*span), *more)
    with database.read() as connection:
        return list(connection.scalars(select(table.c.site).where(one.correlate(table).exists())))


def add(database: Database, outlet: Outlet) -> Outlet:
    """Follow an outlet, anew or once more, and give it as it is now: where its archive begins, if that is known.

    Raises :exc:`OutletError` where it is followed already, or clashes.
    """
    outlet.refuse_unusable()
    with database.write(LOCK) as connection:
        there = _read(connection)
        if any(other.name == outlet.name and other.followed for other in there):
            raise OutletError(f"{outlet.name} is followed already; scrapy outlet set {outlet.name} changes it")
        refuse_clash(outlet, there)
        for other in there:
            if other.name == outlet.name and other.site != outlet.site:
                raise OutletError(f"{outlet.name} was the name of {other.site}, whose articles stay under it")
            if other.site == outlet.site and outlet.first_code is None:
                outlet = replace(outlet, first_code=other.first_code)
        connection.execute(delete(table).where((table.c.name == outlet.name) | (table.c.site == outlet.site)))
        connection.execute(insert(table).values(_row(outlet)))
    return outlet


def change(database: Database, name: str, **facts: Any) -> Outlet:
    """Change facts of a followed outlet and give it as it is now. Raises :exc:`OutletError`.

    Its site cannot change once the archive has visits of it, whose articles stay under the site.
    """
    with database.write(LOCK) as connection:
        there = _read(connection)
        current = _followed(there, name)
        outlet = replace(current, **facts)
        outlet.refuse_unusable()
        refuse_clash(outlet, there)
        if outlet.site != current.site:
            _refuse_other_site(connection, current, outlet, there)
        connection.execute(update(table).where(table.c.name == name).values(_row(outlet)))
    return outlet


def remove(database: Database, name: str) -> Outlet:
    """Follow an outlet no more; what is stored of it stays. Raises :exc:`OutletError`."""
    return change(database, name, followed=False)


def begin(database: Database, outlet: Outlet, *, base_url: str | None = None, first_code: int | None = None) -> Outlet:
    """Give the record of the outlet of a crawl; follow it where the archive has none of it, and ``outlet`` is followed.

    ``base_url`` is where this crawl fetches it instead; ``first_code``, where its archive begins, if nobody knows yet.
    Raises :exc:`OutletError` where it was removed, or where the address is another outlet's.
    """
    there = all_outlets(database)
    stored = next((other for other in there if other.name == outlet.name), None)
    current = stored or outlet
    if not current.followed:
        why = "was removed" if stored else "is not followed"
        raise OutletError(f"{outlet.name} {why}; scrapy outlet add {outlet.name} follows it")
    refuse_clash(replace(current, base_url=base_url or current.base_url), there)
    if current.first_code is None:
        current = replace(current, first_code=first_code or 1)
    if stored is None:
        try:
            current = add(database, current)
        except OutletError:
            meanwhile = [other for other in all_outlets(database) if other.name == current.name and other.followed]
            if not meanwhile:
                raise
            [current] = meanwhile  # another first crawl of it was quicker
    elif current != stored:
        change(database, current.name, first_code=current.first_code)
    return current


def _followed(there: list[Outlet], name: str) -> Outlet:
    followed = [outlet for outlet in there if outlet.followed]
    for outlet in followed:
        if outlet.name == name:
            return outlet
    known = f"; there is: {names_of(followed)}" if followed else ""
    raise OutletError(f"no outlet {name!r} is followed{known}")


def _refuse_other_site(connection: Connection, current: Outlet, outlet: Outlet, there: list[Outlet]) -> None:
    """Refuse another site where articles would lose their outlet, or the site has another name."""
    if connection.scalar(select(ledger.c.code).where(ledger.c.site == current.site).limit(1)) is not None:
        raise OutletError(f"the archive has visits of {current.site}, which stay; add {outlet.site} under another name")
    for other in there:
        if other.site == outlet.site:
            raise OutletError(f"{outlet.site} is known as {other.name}; scrapy outlet add {other.name} follows it")


def _read(connection: Connection) -> list[Outlet]:
    return [Outlet(**row) for row in connection.execute(_SELECT).mappings()]


def _row(outlet: Outlet) -> dict[Any, Any]:
    return {column: getattr(outlet, name) for name, column in _COLUMNS.items()}
