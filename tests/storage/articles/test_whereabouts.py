from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.storage.articles import whereabouts
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import OTHER_SITE, SITE, an_article

if TYPE_CHECKING:
    from asrcrawler.storage import Database


def test_which_sites_have_what_is_asked_for(database: Database) -> None:
    both = [SITE, OTHER_SITE]
    assert whereabouts.with_articles(database, both) == []
    write_visits(
        database,
        [
            an_article(5, tags=["نفت"]),
            an_article(5, site=OTHER_SITE, tags=["کتاب"], category=["هنر"]),
            an_article(6, site=OTHER_SITE, published_at=None, published_jalali=None),
        ],
    )
    assert whereabouts.with_articles(database, [*both, "third.ir"]) == both
    assert whereabouts.with_code(database, both, 5) == both
    assert whereabouts.with_code(database, both, 6) == [OTHER_SITE]
    assert whereabouts.with_code(database, [SITE], 6) == whereabouts.with_code(database, [], 6) == []
    assert whereabouts.with_label(database, both, "tag", "كتاب") == [OTHER_SITE]  # an Arabic kaf, as typed
    assert whereabouts.with_label(database, both, "category", "کتاب") == []
    assert whereabouts.without_date(database, both) == [OTHER_SITE]
