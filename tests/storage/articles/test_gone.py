"""The lists of what the site no longer has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.gone import Presence
from asrcrawler.storage.articles.gone import Place, missed, of_code
from asrcrawler.storage.figures.changes import count_gone
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import DAY, HOUR, NOON, OTHER_SITE, SITE, an_absence, an_article

if TYPE_CHECKING:
    from asrcrawler.storage import Database


def fill(database: Database) -> None:
    """Codes 1-4 of two sites: one waits, two are gone, one is back."""
    for site, apart in ((SITE, 0 * HOUR), (OTHER_SITE, HOUR)):
        story: list[object] = [an_article(code, site=site) for code in range(1, 6)]
        for code, days in ((1, [1]), (2, [1, 2]), (3, [1, 3]), (4, [1, 2])):
            story += [an_absence(code, at=NOON + day * DAY + code * HOUR + apart, site=site) for day in days]
        story.append(an_article(4, at=NOON + 4 * DAY + apart, site=site))
        for item in story:
            write_visits(database, [item])  # type: ignore[list-item]


def test_each_list_has_the_latest_step_first(database: Database) -> None:
    fill(database)
    lists = {state: [(one.site, one.code) for one in missed(database, state)] for state in Presence}
    assert lists == {
        Presence.DOUBTFUL: [],
        Presence.WAITING: [(OTHER_SITE, 1), (SITE, 1)],
        Presence.GONE: [(OTHER_SITE, 3), (SITE, 3), (OTHER_SITE, 2), (SITE, 2)],
        Presence.BACK: [(OTHER_SITE, 4), (SITE, 4)],
    }
    assert count_gone(database) == {Presence.WAITING: 2, Presence.GONE: 4, Presence.BACK: 2}
    assert count_gone(database, sites=SITE) == {Presence.WAITING: 1, Presence.GONE: 2, Presence.BACK: 1}
    assert count_gone(database, sites="no.ir") == {}
    assert count_gone(database, since=NOON + 3 * DAY) == {Presence.GONE: 2, Presence.BACK: 2}


def test_an_entry_tells_when_and_what(database: Database) -> None:
    fill(database)
    [back] = missed(database, Presence.BACK, sites=SITE)
    assert (back.gone_at, back.confirmed_at, back.back_at, back.at) == (
        NOON + DAY + 4 * HOUR, NOON + 2 * DAY + 4 * HOUR, NOON + 4 * DAY, NOON + 4 * DAY,
    )  # fmt: skip
    assert (back.title, back.category, back.last_seen_at, back.state, back.number) == (
        "عنوان خبر 4", ["سیاسی", "مجلس"], NOON + 4 * DAY, Presence.BACK, 1,
    )  # fmt: skip
    [time] = of_code(database, SITE, 4)
    assert (time.gone_at, time.confirmed_at, time.back_at) == (back.gone_at, back.confirmed_at, back.back_at)
    assert of_code(database, SITE, 5) == []


def test_slices_follow_each_other_without_a_gap(database: Database) -> None:
    fill(database)
    for site in (None, SITE):
        whole = missed(database, Presence.GONE, sites=site)
        found, behind = [], None
        while portion := missed(database, Presence.GONE, sites=site, behind=behind, limit=1):
            found += portion
            behind = portion[-1].place
        assert found == whole
    assert whole[0].place == Place(NOON + 3 * DAY + 3 * HOUR, 3, SITE)
