"""Work out what of the dates of an article its page shows, as exactly as the page does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.replica.datestamps import stamp
from asrcrawler.replica.timeline import TEHRAN
from asrcrawler.replica.variations import DateForm, DatePlace, MetaForm, Toolbar

if TYPE_CHECKING:
    from datetime import datetime

    from asrcrawler.replica.look import Look

_NOT_READ = frozenset({DateForm.MISSING, DateForm.TWELVE_HOURS})


def shown_publication(shown_at: datetime, look: Look) -> tuple[datetime | None, str | None]:
    """Give moment and Jalali form as exactly as the page does; an hour that comes twice is read as the first."""
    shown = shown_at.astimezone(TEHRAN)
    if look.date_form is DateForm.IMPOSSIBLE:
        return None, None
    if look.date_form is DateForm.DAY_ONLY:
        return shown.replace(hour=0, minute=0, second=0, microsecond=0, fold=0), stamp(shown, with_time=False)
    has_no_place = look.date_place is DatePlace.FAMILY and look.toolbar is Toolbar.EMPTY_LABEL
    from_head = look.date_form in _NOT_READ or has_no_place
    if from_head and look.meta_form is MetaForm.ISO:
        return shown.replace(microsecond=0), stamp(shown)
    return shown.replace(second=0, microsecond=0, fold=0), stamp(shown)


def shown_change(look: Look, modified: datetime | None) -> datetime | None:
    """Give the moment of the last change as the head of the page has it; None where it gives none."""
    if modified is None or look.meta_form is MetaForm.MISSING or look.date_form is DateForm.IMPOSSIBLE:
        return None
    local = modified.astimezone(TEHRAN)
    return local if look.meta_form is MetaForm.ISO else local.replace(second=0, fold=0)
