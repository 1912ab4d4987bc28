from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.storage.articles.selection import Selection
from asrcrawler.storage.search.nearest import Proposal, nearest, spellings
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import OTHER_SITE, SITE, an_article

if TYPE_CHECKING:
    from asrcrawler.storage import Database

HERE = Selection(site=SITE)


def test_a_word_that_nobody_wrote_has_a_neighbour(database: Database) -> None:
    write_visits(
        database,
        [
            an_article(1, title="سد گلرود پر شد", lead=None, tags=[]),
            an_article(2, title="جشن گلرود", lead=None, tags=[]),
            an_article(3, title="بهای نفت", lead=None, tags=[]),
            an_article(4, title="بنزین", site=OTHER_SITE),
            an_article(5, title="آبشار", lead=None),
        ],
    )
    expected = {
        "گلورد": Proposal("گلرود", 2),  # two letters swapped
        "سد گلرد": Proposal("سد گلرود", 1),  # one forgotten
        "گلروود": Proposal("گلرود", 2),  # one doubled
        "گلرور": Proposal("گلرود", 2),  # one taken for another
        "ابشارر": Proposal("آبشار", 1),  # spelt as the archive spells it
        "سد": None,  # occurs
        "گلرود نفت": None,  # both occur, but not together
        "گلورد نفت": None,
        "گلورد بنزژن": None,
        "«گلورد»": None,
        "": None,
        "گل": None,
    }
    assert {typed: nearest(database, typed, HERE) for typed in expected} == expected


def test_spellings_are_few_and_all_different() -> None:
    found = list(spellings("پیمانکارها"))
    assert len(found) == len(set(found)) < 200
    assert "پیمانکارها" not in found
