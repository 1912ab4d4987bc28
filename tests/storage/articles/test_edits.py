"""The edits of all articles, the latest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asrcrawler.items import Change
from asrcrawler.storage.articles.edits import TEXTUAL, ListedEdit, edits
from asrcrawler.storage.figures.changes import count_by_site, count_edits
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import DAY, HOUR, NOON, OTHER_SITE, SITE, an_article

if TYPE_CHECKING:
    from asrcrawler.storage import Database

EVERY = tuple(Change)
TEXTS: list[dict[str, Any]] = [
    {"body": "یک"},
    {"body": "دو"},  # body
    {"body": "دو."},  # cosmetic
    {"body": "سه", "title": "عنوان نو"},  # headline
]


def fill(database: Database) -> None:
    for site, code in ((SITE, 7), (OTHER_SITE, 7), (SITE, 8)):
        for number, text in enumerate(TEXTS if code == 7 else TEXTS[:2]):
            write_visits(database, [an_article(code, at=NOON + number * DAY, site=site, **text)])


def named(found: list[ListedEdit]) -> list[tuple[str, int, int, str]]:
    return [(edit.site, edit.code, edit.number, edit.change) for edit in found]


def test_the_latest_edit_comes_first_and_a_comma_only_on_demand(database: Database) -> None:
    fill(database)
    assert named(edits(database)) == [
        (OTHER_SITE, 7, 3, "headline"), (SITE, 7, 3, "headline"), (SITE, 8, 1, "body"), (OTHER_SITE, 7, 1, "body"),
        (SITE, 7, 1, "body"),
    ]  # fmt: skip
    assert named(edits(database, sites=SITE, changes=EVERY)) == [
        (SITE, 7, 3, "headline"), (SITE, 7, 2, "cosmetic"), (SITE, 8, 1, "body"), (SITE, 7, 1, "body"),
    ]  # fmt: skip
    assert named(edits(database, changes=[Change.COSMETIC])) == [
        (OTHER_SITE, 7, 2, "cosmetic"),
        (SITE, 7, 2, "cosmetic"),
    ]
    assert edits(database, changes=[Change.LEAD]) == edits(database, sites="no.ir") == []
    assert set(TEXTUAL) == set(Change) - {Change.COSMETIC}


def test_an_edit_has_the_text_before_and_the_text_after(database: Database) -> None:
    fill(database)
    last, cosmetic, first = edits(database, sites=OTHER_SITE, changes=EVERY)
    assert (first.before["body"], first.after["body"], cosmetic.after["body"], last.after["body"]) == (
        "یک", "دو", "دو.", "سه",
    )  # fmt: skip
    assert (last.before["title"], last.after["title"], last.title, last.revision) == (
        "عنوان خبر 7", "عنوان نو", "عنوان نو", 4,
    )  # fmt: skip
    assert (first.seen_at, first.replaced_at, first.kind, first.gone_at) == (NOON, NOON + DAY, "article", None)


def test_slices_follow_each_other_without_a_gap(database: Database) -> None:
    fill(database)
    for site in (None, SITE):
        whole, found, behind = edits(database, sites=site, changes=EVERY), [], None
        while portion := edits(database, sites=site, changes=EVERY, behind=behind, limit=2):
            found += portion
            behind = portion[-1].place
        assert named(found) == named(whole)


def test_edits_are_counted_by_class_between_edges(database: Database) -> None:
    fill(database)
    edges = [NOON, NOON + DAY + HOUR, NOON + 2 * DAY, NOON + 3 * DAY]
    assert count_edits(database, edges) == [{Change.BODY: 3}, {}, {Change.COSMETIC: 2}]
    assert count_edits(database, [NOON, NOON + 9 * DAY], sites=SITE) == [
        {Change.BODY: 2, Change.COSMETIC: 1, Change.HEADLINE: 1}
    ]
    assert count_edits(database, [NOON]) == []
    assert count_by_site(database, Change.BODY, NOON + DAY) == {SITE: 2, OTHER_SITE: 1}
    assert count_by_site(database, Change.BODY, NOON + 2 * DAY) == {}
