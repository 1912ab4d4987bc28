"""What the last days of an outlet have brought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asrcrawler.storage.figures.recent import recent
from asrcrawler.storage.visits.writing import write_visits
from asrcrawler.text.calendar import TEHRAN
from tests.storage.samples import DAY, HOUR, NOON, OTHER_SITE, SITE, an_absence, an_article, digest

if TYPE_CHECKING:
    from asrcrawler.storage import Database


def test_what_the_last_days_have_brought(database: Database) -> None:
    now = NOON + 10 * DAY
    edges = [NOON + back * DAY - 12 * HOUR for back in range(11)] + [now]
    published = {1: 20 * DAY, 2: 8 * DAY, 3: 3 * DAY, 4: HOUR, 5: HOUR, 6: -HOUR}
    for code, ago in published.items():
        tags, category = (["نفت"], ["سیاسی", "مجلس"]) if code % 2 else (["نفت", "گاز"], ["اقتصاد"])
        given: dict[str, Any] = {"published_at": (now - ago).astimezone(TEHRAN), "tags": tags, "category": category}
        given |= {"text_digest": digest("متن"), "body": "متن"} if code in {2, 3} else {}
        write_visits(database, [an_article(code, at=NOON, **given)])
        if code == 4:
            write_visits(database, [an_article(code, at=NOON + DAY, **given, body="تازه")])
    for later in (2, 4):
        write_visits(database, [an_absence(5, at=NOON + later * DAY)])
    found = recent(database, SITE, edges)
    assert found.days == [0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 2]
    assert (found.copies, found.edits, found.gone) == (1, 1, 1)
    assert found.sections == {"سیاسی": 1, "اقتصاد": 1}
    assert found.tags == {"نفت": 3, "گاز": 1}
    assert recent(database, OTHER_SITE, edges).days == [0] * 11
