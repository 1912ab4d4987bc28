from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from asrcrawler.storage import models
from asrcrawler.storage.visits import similar
from asrcrawler.storage.visits.writing import write_visits
from asrcrawler.text import similarity
from tests.storage.samples import HOUR, NOON, OTHER_SITE, an_article, column, rows

if TYPE_CHECKING:
    from asrcrawler.items import Article
    from asrcrawler.storage import Database

PARAGRAPHS = [
    "شهردار از گشایش کتابخانه‌ای تازه در محله قدیمی شهر خبر داد و گفت کار ساختن آن سه سال زمان برده است.",
    "این کتابخانه دو تالار مطالعه، بخشی ویژه کودکان و جایی برای نشست‌های ادبی دارد که هر هفته برپا می‌شوند.",
    "کتاب‌ها را ناشران و خوانندگان هدیه داده‌اند و فهرست آن‌ها از هفته آینده در دسترس همگان خواهد بود.",
    "آموزگاران مدرسه‌های نزدیک نیز می‌توانند کلاس‌های خود را در همین ساختمان برگزار کنند.",
]
TEXT = "\n\n".join(PARAGRAPHS)
LONGER = TEXT + "\n\nساعت کار کتابخانه در روزهای تعطیل هنوز اعلام نشده است."
EDITED = TEXT.replace("خبر داد", "آگاهی داد")
OTHER = " ".join(
    f"واژه{number}" for number in "یک دو سه چهار پنج شش هفت هشت نه ده یازده دوازده سیزده چهارده".split() * 2
)


def signed(code: int, body: str | None = TEXT, **fields: Any) -> Article:
    article = an_article(code, body=body, **fields)
    return replace(article, signature=similarity.signature(body))


def links(database: Database) -> dict[int, int | None]:
    return column(database, models.article, "similar_to")


@pytest.mark.parametrize("order", [*permutations((3, 5, 9))])
def test_the_lowest_code_is_linked_to_whatever_the_order_of_visits(database: Database, order: tuple[int, ...]) -> None:
    bodies = {3: TEXT, 5: LONGER, 9: EDITED}
    for code in order:
        write_visits(database, [signed(code, bodies[code])])
    assert links(database) == {3: None, 5: 3, 9: 3}


@pytest.mark.parametrize("seed", range(5))
def test_rewritings_and_batches_in_any_order_end_in_the_links_of_their_last_texts(
    database: Database, seed: int
) -> None:
    rnd = Random(seed)
    bodies = [TEXT, LONGER, EDITED, OTHER, OTHER + " پایان خبر"]
    last = {code: rnd.choice(bodies) for code in range(1, 13)}
    visits = [(code, rnd.choice(bodies)) for code in rnd.sample(range(1, 13), 8)]
    for some in (visits, rnd.sample(list(last.items()), 12)):
        cut = rnd.randrange(len(some))
        for batch in (some[:cut], some[cut:]):
            write_visits(database, [signed(code, body) for code, body in batch])
    found = links(database)
    for code, body in last.items():
        family = bodies[:3] if body in bodies[:3] else bodies[3:]
        near = [lower for lower in range(1, code) if last[lower] in family and last[lower] != body]
        assert found[code] == min(near, default=None)


def test_one_batch_gives_the_same_links(database: Database) -> None:
    write_visits(database, [signed(9, EDITED), signed(3), signed(5, LONGER), signed(1, OTHER)])
    assert links(database) == {1: None, 3: None, 5: 3, 9: 3}


def test_an_exact_duplicate_is_no_near_one(database: Database) -> None:
    write_visits(database, [signed(3), signed(5), signed(9, EDITED)])
    assert links(database) == {3: None, 5: None, 9: 3}
    assert column(database, models.article, "duplicate_of") == {3: None, 5: 3, 9: None}


def test_an_edit_that_leaves_the_signature_alone_makes_a_near_duplicate_of_an_exact_one(database: Database) -> None:
    write_visits(database, [signed(3), signed(5)])
    write_visits(database, [signed(5, at=NOON + HOUR, text_digest=b"another headline")])
    assert links(database) == {3: None, 5: 3}


def test_an_article_that_is_rewritten_leaves_its_near_duplicates_to_the_next(database: Database) -> None:
    write_visits(database, [signed(3), signed(5, LONGER), signed(9, EDITED)])
    write_visits(database, [signed(3, OTHER, at=NOON + HOUR)])
    assert links(database) == {3: None, 5: None, 9: 5}
    assert {row["code"] for row in rows(database, models.band) if row["code"] == 3} == {3}
    assert len(rows(database, models.band)) == 3 * similarity.BANDS


def test_a_rewritten_article_can_become_a_near_duplicate(database: Database) -> None:
    write_visits(database, [signed(3), signed(5, OTHER)])
    write_visits(database, [signed(5, LONGER, at=NOON + HOUR)])
    assert links(database) == {3: None, 5: 3}


def test_seen_again_unchanged_nothing_is_written(database: Database) -> None:
    write_visits(database, [signed(3), signed(5, LONGER)])
    before = rows(database, models.band), rows(database, models.signature), links(database)
    write_visits(database, [signed(3, at=NOON + HOUR), signed(5, LONGER, at=NOON + HOUR)])
    assert (rows(database, models.band), rows(database, models.signature), links(database)) == before


def test_an_archive_from_before_signatures_gets_them_at_the_next_visit(database: Database) -> None:
    write_visits(database, [an_article(3, body=TEXT), signed(5, LONGER)])
    assert links(database) == {3: None, 5: None}
    write_visits(database, [signed(3, at=NOON + HOUR)])
    assert links(database) == {3: None, 5: 3}


def test_each_site_has_its_own(database: Database) -> None:
    write_visits(database, [signed(3), signed(5, LONGER, site=OTHER_SITE)])
    assert links(database) == {3: None, 5: None}


def test_signatures_of_another_algorithm_are_replaced_and_never_compared(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_visits(database, [signed(3), signed(5, OTHER)])
    monkeypatch.setattr(similar, "ALGORITHM", similarity.ALGORITHM + 1)
    write_visits(database, [signed(9, EDITED)])
    assert links(database)[9] is None
    write_visits(database, [signed(3, at=NOON + HOUR)])
    assert links(database)[9] == 3
    assert {row["code"]: row["algorithm"] for row in rows(database, models.signature)} == {3: 2, 5: 1, 9: 2}


def test_a_bucket_holds_its_lowest_codes_and_no_more(database: Database) -> None:
    codes = range(100, 100 + similar.BUCKET + 5)
    for code in reversed(codes):
        write_visits(database, [signed(code, text_digest=code.to_bytes(16, "big"))])
    entered = rows(database, models.band)
    assert len(entered) == similarity.BANDS * similar.BUCKET
    assert {row["code"] for row in entered} == set(codes[: similar.BUCKET])
    found = links(database)
    assert found.pop(codes[0]) is None
    assert all(link is not None and link < code for code, link in found.items())
    assert {found[code] for code in codes[1 : similar.BUCKET]} == {codes[0]}


def test_articles_without_text_have_no_signature(database: Database) -> None:
    write_visits(database, [signed(3, None), signed(5, "کوتاه")])
    assert rows(database, models.signature) == rows(database, models.band) == []
