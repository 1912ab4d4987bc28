"""Find the outlets that a command is about: those it is given, or those that being left out means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.exceptions import UsageError
from asrcrawler.outlets import names_of, new_outlet
from asrcrawler.settings_file import NAME, SettingsFile
from asrcrawler.storage.outlets import all_outlets

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from asrcrawler.outlets import Outlet
    from asrcrawler.storage import Database

OVERRIDES = ("ASR_BASE_URL", "ASR_FIRST_CODE", "ASR_BACKFILL_PER_RUN")
"""Settings that go before the facts of an outlet in a single crawl."""
SEVERAL = 2
FIRST = "asr"  # the outlet of an archive that has none yet


def outlets_of(database: Database, names: Sequence[str] = ()) -> list[Outlet]:
    """Give the outlets that are named; none named: all that are followed.

    Raises :exc:`UsageError` for a name that the archive never followed.
    """
    return chosen(all_outlets(database), names)


def chosen(there: Sequence[Outlet], names: Sequence[str] = ()) -> list[Outlet]:
    """Choose those of the outlets of an archive that are named; none named: all that are followed.

    An archive that has none yet is taken for that of :data:`FIRST`. Raises :exc:`UsageError`.
    """
    there = there or [new_outlet(FIRST)]
    for name in names:
        if name not in {outlet.name for outlet in there}:
            raise UsageError(f"there is no outlet {name!r}; there is: {names_of(there)}")
    return [outlet for outlet in there if (outlet.name in names if names else outlet.followed)]


def sites_of(database: Database, names: Sequence[str]) -> list[str] | None:
    """Give the sites of the outlets that are named; none named: None, for all that the database has.

    Raises :exc:`UsageError` for a name that the archive never followed.
    """
    return [outlet.site for outlet in outlets_of(database, names)] if names else None


def outlet_of(database: Database, name: str | None, sites: Collection[str] = ()) -> Outlet:
    """Give the outlet that is named, or the only one followed, or the only one of ``sites``.

    ``sites`` are those that have what the command is about: a code. Raises :exc:`UsageError`.
    """
    if name is not None:
        return outlets_of(database, [name])[0]
    followed = outlets_of(database)
    there = all_outlets(database)
    found = followed if len(followed) == 1 else [outlet for outlet in there if outlet.site in sites]
    if len(found) == 1:
        return found[0]
    raise UsageError(f"give the name of an outlet; there is: {names_of(found or there)}")


def refuse_overrides(outlets: Iterable[Outlet]) -> None:
    """Refuse a settings file with facts of an outlet where several are followed: they would count for each of them.

    Raises :exc:`UsageError`.
    """
    if len({outlet.name for outlet in outlets if outlet.followed}) < SEVERAL:
        return
    if stated := [name for name in OVERRIDES if name in SettingsFile.read().values]:
        raise UsageError(
            f"{NAME} states {', '.join(stated)}, which would count for every outlet; scrapy outlet set says it of one"
        )
