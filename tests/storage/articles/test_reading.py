from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asrcrawler.outlets import new_outlet
from asrcrawler.storage import outlets
from asrcrawler.storage.articles import reading
from asrcrawler.storage.articles.reading import Position
from asrcrawler.storage.articles.selection import Selection
from asrcrawler.storage.figures.periods import count_published
from asrcrawler.storage.figures.today import count_by_site
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import DAY, HOUR, NOON, OTHER_SITE, SITE, an_article

if TYPE_CHECKING:
    from asrcrawler.storage import Database
    from asrcrawler.storage.articles.reading import Slice


def codes(part: Slice) -> list[int]:
    return [item.code for item in part.items]


@pytest.fixture
def archive(database: Database) -> Database:
    """Twelve articles an hour apart, two of them at one moment; one undated, one of tomorrow, one of another site."""
    moments = {code: NOON - code * HOUR for code in range(1, 13)} | {7: NOON - 6 * HOUR}
    write_visits(
        database,
        [
            *(an_article(code, published_at=at, tags=[("هنر", "کتاب")[code % 2]]) for code, at in moments.items()),
            an_article(20, published_at=None, published_jalali=None, category=["ورزش"], tags=[]),
            an_article(21, published_at=NOON + DAY, tags=[]),
            an_article(5, site=OTHER_SITE),
        ],
    )
    return database


def test_the_newest_first_up_to_a_moment(archive: Database) -> None:
    part = reading.published(archive, SITE, None, NOON, Position(limit=8))
    assert codes(part) == [1, 2, 3, 4, 5, 7, 6, 8]
    assert (part.newer, part.older) == (False, True)


def test_slices_go_on_where_the_one_before_ended_also_within_one_moment(archive: Database) -> None:
    part = reading.published(archive, SITE, None, NOON, Position(before=7, limit=3))
    assert (codes(part), part.newer, part.older) == ([6, 8, 9], True, True)
    back = reading.published(archive, SITE, None, NOON, Position(after=6, limit=3))
    assert (codes(back), back.newer, back.older) == ([4, 5, 7], True, True)
    last = reading.published(archive, SITE, None, NOON, Position(before=9, limit=3))
    assert (codes(last), last.older) == ([10, 11, 12], False)
    first = reading.published(archive, SITE, None, NOON, Position(after=4, limit=3))
    assert (codes(first), first.newer) == ([1, 2, 3], False)


def test_a_list_of_several_sites_shows_every_article_once(archive: Database) -> None:
    write_visits(archive, [an_article(code, site=OTHER_SITE, published_at=NOON - code * HOUR) for code in range(1, 13)])
    both = (OTHER_SITE, SITE)
    seen: list[tuple[str, int]] = []
    position = Position(limit=5)
    while (part := reading.published(archive, both, None, NOON, position)).items:
        seen += [(item.site, item.code) for item in part.items]
        position = Position(before=part.items[-1].code, site=part.items[-1].site, limit=5)
    assert len(seen) == len(set(seen)) == 24
    assert seen[:4] == [(OTHER_SITE, 1), (SITE, 1), (OTHER_SITE, 2), (SITE, 2)]
    back = reading.published(archive, both, None, NOON, Position(after=2, site=SITE, limit=9))
    assert [(item.site, item.code) for item in back.items] == seen[:3]
    assert reading.published_around(archive, both, NOON, NOON) == (NOON - HOUR, NOON + DAY)
    assert count_published(archive, both, [NOON - 2 * HOUR, NOON]) == [4]
    assert count_by_site(archive, NOON - 2 * HOUR, NOON) == {SITE: 2, OTHER_SITE: 2}


def test_a_stretch_of_time(archive: Database) -> None:
    part = reading.published(archive, SITE, NOON - 4 * HOUR, NOON - HOUR, Position())
    assert codes(part) == [2, 3, 4]
    assert codes(reading.published(archive, SITE, NOON, None, Position())) == [21]


@pytest.mark.parametrize("position", [Position(before=99), Position(after=20)])
def test_a_position_that_is_nowhere_is_an_empty_slice(archive: Database, position: Position) -> None:
    assert reading.published(archive, SITE, None, NOON, position).items == []


def test_a_label_is_listed_by_code(archive: Database) -> None:
    part = reading.labelled(archive, SITE, "tag", "كتاب", Position(limit=4))  # an Arabic kaf, as typed
    assert (codes(part), part.older) == ([11, 9, 7, 5], True)
    assert codes(reading.labelled(archive, SITE, "tag", "کتاب", Position(before=5))) == [3, 1]
    assert codes(reading.labelled(archive, SITE, "tag", "کتاب", Position(after=5, limit=2))) == [9, 7]
    assert codes(reading.labelled(archive, SITE, "category", "ورزش", Position())) == [20]
    assert codes(reading.labelled(archive, SITE, "tag", "ورزش", Position())) == []


def test_copies_are_left_out_on_demand(database: Database) -> None:
    write_visits(database, [an_article(code, body="یک متن") for code in (3, 4)])
    for unique, expected in ((False, [4, 3]), (True, [3])):
        assert codes(reading.published(database, SITE, None, NOON, Position(), unique=unique)) == expected


def test_what_has_no_date_or_a_date_to_come(archive: Database) -> None:
    assert codes(reading.undated(archive, SITE, Position())) == [20]
    assert reading.has_undated(archive, SITE)
    assert not reading.has_undated(archive, OTHER_SITE)
    assert reading.count_future(archive, SITE, NOON) == 1


def test_counting_days_and_finding_their_neighbours(archive: Database) -> None:
    edges = [NOON - 6 * HOUR, NOON - 3 * HOUR, NOON, NOON + 2 * DAY]
    assert count_published(archive, SITE, edges) == [4, 3, 1]
    assert reading.published_around(archive, SITE, NOON - 3 * HOUR, NOON) == (NOON - 4 * HOUR, NOON + DAY)
    assert reading.published_around(archive, SITE, NOON - DAY, NOON + 2 * DAY) == (None, None)


def test_the_newest_for_a_feed(archive: Database) -> None:
    newest = reading.newest(archive, SITE, NOON, 2)
    assert [(item.code, item.url, item.changed_at) for item in newest] == [
        (1, f"http://{SITE}/fa/news/1", NOON),
        (2, f"http://{SITE}/fa/news/2", NOON),
    ]


def test_selected_articles_the_highest_code_first(archive: Database) -> None:
    own = Selection(site=SITE, tag="هنر")
    outlets.add(archive, new_outlet("asr"))
    assert {found["outlet"] for found in reading.selected(archive, own, Position())} == {"asr"}
    assert [found["code"] for found in reading.selected(archive, own, Position(limit=2))] == [12, 10]
    assert [found["code"] for found in reading.selected(archive, own, Position(before=10))] == [8, 6, 4, 2]


def test_relatives_of_every_sort(database: Database) -> None:
    write_visits(database, [an_article(code, body="یک متن") for code in (3, 4, 5)])
    of_original, of_copy = (reading.relatives(database, SITE, code) for code in (3, 5))
    assert (of_original.original, [item.code for item in of_original.copies]) == (None, [4, 5])
    assert of_copy.original is not None
    assert (of_copy.original.code, [item.code for item in of_copy.copies]) == (3, [4])
    assert of_copy.similar == []
    assert reading.relatives(database, SITE, 99) == reading.Relatives(
        original=None, copies=[], similar_to=None, similar=[], resemblances={}
    )


def test_one_article_with_its_earlier_texts(database: Database) -> None:
    for number, body in enumerate(("یک", "دو")):
        write_visits(database, [an_article(7, at=NOON + number * HOUR, body=body)])
    found = reading.one(database, SITE, 7, revisions=True)
    assert found is not None
    assert (found["body"], [text["body"] for text in found["revisions"]]) == ("دو", ["یک"])
    assert reading.one(database, OTHER_SITE, 7) is None
