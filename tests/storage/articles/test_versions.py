from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.storage.articles import versions
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import HOUR, NOON, OTHER_SITE, SITE, an_article

if TYPE_CHECKING:
    from asrcrawler.storage import Database


def test_every_text_of_an_article_can_be_read_with_the_moment_it_was_seen(database: Database) -> None:
    for number, body in enumerate(("یک", "دو", "سه")):
        write_visits(database, [an_article(7, at=NOON + number * HOUR, body=body)])
    write_visits(database, [an_article(7, site=OTHER_SITE)])
    assert versions.edits(database, SITE, 7, 10) == [
        versions.Edit(2, "body", NOON + HOUR, NOON + 2 * HOUR),
        versions.Edit(1, "body", NOON, NOON + HOUR),
    ]
    assert [edit.number for edit in versions.edits(database, SITE, 7, 1)] == [2]
    found = versions.texts(database, SITE, 7, (1, 2, 3, 4))
    assert {number: (text["body"], text["seen_at"]) for number, text in found.items()} == {
        1: ("یک", NOON),
        2: ("دو", NOON + HOUR),
        3: ("سه", NOON + 2 * HOUR),
    }
    assert found[3]["title"] == "عنوان خبر 7"
    assert list(versions.texts(database, SITE, 7, (1,))) == [1]
    assert versions.texts(database, SITE, 8, (1,)) == {}
