"""What a search answers is what a plain look at every article gives, on both databases and over several outlets."""

from __future__ import annotations

import random
from datetime import date, timedelta
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from asrcrawler.storage.articles.selection import Selection
from asrcrawler.storage.search import Order, questions, search
from asrcrawler.storage.search.documents import Field, document
from asrcrawler.storage.search.numbering import Numbering, unit_of
from asrcrawler.storage.search.query import parse
from asrcrawler.storage.visits.writing import write_visits
from asrcrawler.text.calendar import day_of
from tests.storage.samples import DAY, NOON, OTHER_SITE, SITE, an_article

if TYPE_CHECKING:
    from asrcrawler.items import Article
    from asrcrawler.storage import Database
    from asrcrawler.storage.search.documents import Document
    from asrcrawler.storage.search.query import Query, Term

SITES = (SITE, OTHER_SITE, "third.ir")
WORDS = ("در", "این", "نفت", "نفتکش", "گاز", "گازها", "پل", "تونل", "می‌شود", "رود", "باران")
CATEGORIES, TAGS = ("سیاسی", "جامعه ایران", "ورزش"), ("نفت", "نفت و گاز", "پل")
QUERIES = 40


def some_articles() -> list[Article]:
    """Articles of three years and none, two of them at a time in the same half an hour."""
    chance = random.Random(5)
    made: list[Article] = []
    for number in range(150):
        published = NOON - timedelta(days=chance.randrange(1_000), minutes=chance.randrange(3))
        made.append(
            an_article(
                number // 3 + 1,
                site=SITES[number % 3],
                published_at=None if number % 11 == 0 else made[-1].published_at if number % 5 == 0 else published,
                title=" ".join(chance.choices(WORDS, k=3)),
                kicker=chance.choice([None, *WORDS]),
                lead=" ".join(chance.choices(WORDS, k=4)),
                body=" ".join(chance.choices(WORDS, k=chance.randrange(4, 12))),
                category=chance.sample(CATEGORIES, k=1),
                tags=chance.sample(TAGS, k=chance.randrange(3)),
            )
        )
    return made


ARTICLES = some_articles()
DOCUMENTS: list[Document] = [document({str(name): getattr(one, name) for name in one.__slots__}) for one in ARTICLES]


@pytest.fixture(scope="module")
def archive(shared_database: Database) -> Database:
    for site in SITES:
        write_visits(shared_database, [one for one in ARTICLES if one.site == site])
    return shared_database


def a_query(chance: random.Random) -> str:
    def term() -> str:
        word, other = chance.choices(WORDS, k=2)
        field = chance.choice(["", "", "", "عنوان:", "متن:", "برچسب:", "لید:"])
        return field + chance.choice([word, word, f"«{word} {other}»", f"«{word} {other}»*", f"{word[:2]}*"])

    return " ".join(chance.choice(["", "", "-"]) + term() for _ in range(chance.randrange(4)))


def a_selection(chance: random.Random) -> Selection:
    since = date(2024, 5, 1) - timedelta(days=chance.randrange(1_000)) if chance.random() < 0.3 else None
    return Selection(
        sites=chance.choice([None, None, SITES[:1], SITES[1:], SITES]),
        codes=chance.choice([None, None, None, [(1, 20)], [(3, 3), (30, 45)]]),
        since=since,
        until=since + timedelta(days=400) if since and chance.random() < 0.5 else None,
        category=chance.choice([None, None, None, *CATEGORIES]),
        tag=chance.choice([None, None, None, *TAGS]),
    )


def has(found: Document, term: Term) -> bool:
    """Whether a term stands in a document."""
    runs = [f" {run} " for field in ([term.field] if term.field else Field) for run in found[field]]
    return any(f" {' '.join(term.words)}{'' if term.prefix else ' '}" in run for run in runs)


def is_found(found: Document, query: Query) -> bool:
    return all(any(has(found, term) for term in clause) for clause in query.clauses) and not any(
        has(found, term) for term in query.excluded
    )


def is_selected(one: Article, asked: Selection) -> bool:
    day = day_of(one.published_at) if one.published_at else None
    return (
        (asked.sites is None or one.site in asked.sites)
        and (asked.codes is None or any(first <= one.code <= last for first, last in asked.codes))
        and (asked.since is None or (day is not None and day >= asked.since))
        and (asked.until is None or (day is not None and day <= asked.until))
        and (asked.category is None or asked.category in one.category)
        and (asked.tag is None or asked.tag in one.tags)
    )


def by_date(one: Article) -> tuple[Any, ...]:
    at = one.published_at
    return at is None, -at.timestamp() if at else 0, -one.code, one.site


@pytest.mark.parametrize("bound", [None, 2])
def test_answers_are_those_of_a_look_at_every_article(
    archive: Database, monkeypatch: pytest.MonkeyPatch, bound: int | None
) -> None:
    """With ``bound``, each step goes through few volumes, and lists of codes are too long to be lists."""
    if bound:
        monkeypatch.setattr(questions, "MOST_VOLUMES", bound)
        monkeypatch.setattr(questions, "MANY", bound)
    chance = random.Random(bound or 1)
    hits = 0
    for _ in range(QUERIES):
        words, selection = a_query(chance), a_selection(chance)
        query = parse(words)
        wanted = [one for one, found in zip(ARTICLES, DOCUMENTS, strict=True)
                  if is_selected(one, selection) and is_found(found, query)]  # fmt: skip
        wanted.sort(key=by_date)
        newest = search(archive, words, selection, order=Order.NEWEST, limit=200)
        assert [(hit.site, hit.code) for hit in newest.hits] == [(one.site, one.code) for one in wanted], words
        assert newest[1:] == (len(wanted), True, False, None, False)
        best = search(archive, words, selection, limit=200)
        assert {(hit.site, hit.code) for hit in best.hits} == {(one.site, one.code) for one in wanted}
        assert [hit.score for hit in best.hits] == sorted((hit.score for hit in best.hits), reverse=True)
        pages = [search(archive, words, selection, order=Order.NEWEST, offset=at, limit=7) for at in (0, 7)]
        assert [hit for page in pages for hit in page.hits] == newest.hits[:14]
        hits += len(wanted)
    assert hits > 5 * QUERIES


def test_a_search_that_takes_too_long_says_how_far_back_it_goes_and_goes_on_from_there(
    archive: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a clock that moves on by a second with each look at it."""
    whole = search(archive, "نفت", order=Order.NEWEST, limit=200)
    monkeypatch.setattr(questions, "LEAST", 10)
    seen, selection = [], Selection()
    while True:
        clock = partial(next, count(0.0))
        found = search(archive, "نفت", selection, order=Order.NEWEST, limit=200, clock=clock)
        seen += [hit for hit in found.hits if hit not in seen]
        back = found.searched_back_to
        if back is None:
            break
        assert (found.total_is_exact, found.goes_on) == (False, False)
        assert all(hit.published_at is not None and hit.published_at >= back for hit in found.hits)
        assert seen == [hit for hit in whole.hits if hit.published_at is not None and hit.published_at >= back]
        assert selection.until is None or selection.until > day_of(back)
        selection = Selection(until=day_of(back))
    assert selection.until is not None
    assert seen == [hit for hit in whole.hits if hit.published_at is not None]  # a search until a day has no others


def test_thousands_of_the_same_half_an_hour_have_numbers_of_their_own_soon() -> None:
    numbering, taken = Numbering(slots=12, span=12), set[int]()
    tried = 0
    for code in range(10_000):
        number, turn = numbering.of(NOON, 1, code), 0
        while numbering.another(number, turn) in taken:
            turn += 1
        taken.add(numbering.another(number, turn))
        tried += turn
    assert len(taken) == 10_000
    assert tried < 10 * 10_000
    assert {numbering.unit(number) - unit_of(NOON, 1) for number in taken} == {0, 1, 2}


def test_an_article_whose_date_alone_changes_is_found_at_its_new_place(database: Database) -> None:
    write_visits(database, [an_article(code, published_at=NOON - code * DAY) for code in (1, 2, 3)])
    write_visits(database, [an_article(3, published_at=NOON, at=NOON + DAY)])
    assert [hit.code for hit in search(database, "نفت", order=Order.NEWEST).hits] == [3, 1, 2]
    assert [hit.code for hit in search(database, "نفت", Selection(since=NOON.date())).hits] == [3]
