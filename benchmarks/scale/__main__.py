"""Measure lists, searches and figures in archives of growing size.

``python -m benchmarks.scale`` fills an archive of each of ``--sizes`` in bulk (``building.py``), on SQLite and on a
PostgreSQL of its own, and asks each kind of question several times in one warm process. The answers on SQLite are
measured in CPU time; of PostgreSQL, whose server is another process, in time. ``--write`` puts the table of each
database into ``benchmarks/README.md``.
"""

from __future__ import annotations

import argparse
import random
from datetime import UTC, date, datetime, timedelta
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

from asrcrawler.reader.health import standing
from asrcrawler.storage.articles import reading
from asrcrawler.storage.articles.reading import Position
from asrcrawler.storage.articles.selection import Selection
from asrcrawler.storage.search import Order, search
from benchmarks import readme
from benchmarks.databases import KINDS, empty_database
from benchmarks.scale.building import LAST_DAY, PER_DAY, SITE, build, code_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from asrcrawler.storage import Database

    Asked = Callable[[], Any]

TURNS = 5  # of each kind, each with another place, word or day
ON_A_PAGE = 30
WORDS = ("دولت", "مجلس", "تیم", "بودجه", "شهر")
COMMON = ("که", "این", "از", "به", "است")
PHRASES = ("«در این»", "«به گزارش»", "«کرد و»", "«از سوی»", "«را در»")
CATEGORIES = ("سیاسی", "اقتصادی", "ورزشی", "اجتماعی", "فرهنگی")


def kinds(database: Database, articles: int) -> dict[str, list[Asked]]:
    """Make the questions of each kind, the same in every run."""
    chance = random.Random(3)
    days = articles // PER_DAY

    def day() -> date:
        return LAST_DAY.date() - timedelta(days=chance.randrange(1, max(days, 2)))

    def selection(length: int | None = None, **more: Any) -> Selection:
        since = day() if length else None
        until = since + timedelta(days=length) if since and length else None
        return Selection(site=SITE, since=since, until=until, **more)

    def found(words: str, asked: Selection, order: Order = Order.BEST) -> Asked:
        return lambda: search(database, words, asked, order=order)

    def listed(position: Position) -> Asked:
        return lambda: reading.published(database, SITE, None, LAST_DAY, position)

    def given(asked: Selection) -> Asked:
        return lambda: reading.selected(database, asked, Position(limit=100))

    def somewhere() -> int:
        return code_of(chance.randrange(articles))

    made: dict[str, Callable[[str, str, str, str], Asked]] = {
        "front page": lambda *_: listed(Position(limit=ON_A_PAGE)),
        "front page, far down": lambda *_: listed(Position(before=somewhere(), limit=ON_A_PAGE)),
        "category": lambda _, __, ___, name: (
            lambda: reading.labelled(database, SITE, "category", name, Position(before=somewhere(), limit=ON_A_PAGE))
        ),
        "API: a month": lambda *_: given(selection(30)),
        "API: a month of a category": lambda _, __, ___, name: given(selection(30, category=name)),
        "API: all before a day": lambda *_: given(Selection(site=SITE, until=day())),
        "one word": lambda word, *_: found(word, selection()),
        "a word of most articles": lambda _, common, *__: found(common, selection()),
        "a common phrase": lambda _, __, phrase, ___: found(phrase, selection()),
        "beginning of two letters": lambda *_: found("می*", selection()),
        "a word in the headline": lambda word, *_: found(f"عنوان:{word}", selection()),
        "a word, newest first": lambda word, *_: found(word, selection(), Order.NEWEST),
        "a word in a month": lambda word, *_: found(word, selection(30)),
        "a word in a category": lambda word, _, __, name: found(word, selection(category=name)),
        "a word in a category and a month": lambda word, _, __, name: found(word, selection(30, category=name)),
        "all of a category": lambda _, __, ___, name: found("", selection(category=name)),
        "all without a word": lambda word, *_: found(f"-{word}", selection()),
        "health page": lambda *_: lambda: standing(database, SITE, 1, datetime.now(UTC)),
    }
    turns = list(zip(WORDS, COMMON, PHRASES, CATEGORIES, strict=True))
    return {kind: [make(*turn) for turn in turns[:TURNS]] for kind, make in made.items()}


def asked(database: Database, articles: int) -> dict[str, list[float]]:
    """Ask each question twice; give the milliseconds of the second time, by kind."""
    clock = process_time if database.is_sqlite else perf_counter
    taken: dict[str, list[float]] = {}
    for kind, questions in kinds(database, articles).items():
        for question in questions:
            question()
            begun = clock()
            question()
            taken.setdefault(kind, []).append((clock() - begun) * 1_000)
    return taken


def table(name: str, found: dict[int, dict[str, list[float]]]) -> str:
    """Put the figures of all sizes beside each other."""
    heads = [f"{size:,}: median, worst" for size in found]
    lines = [f"| {name}, ms | " + " | ".join(heads) + " |", "|---|" + "---:|" * len(heads)]
    for kind in next(iter(found.values())):
        cells = [f"{median(figures[kind]):.1f}, {max(figures[kind]):.1f}" for figures in found.values()]
        lines.append(f"| {kind} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000], help="articles in the archives")
    parser.add_argument("--only", choices=KINDS, help="one database (default: both)")
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/README.md")
    given = parser.parse_args(arguments)
    for kind in [given.only] if given.only else KINDS:
        found = {}
        for size in given.sizes:
            with empty_database(kind) as (database, _):
                begun = perf_counter()
                build(database, size)
                print(f"{KINDS[kind]}: {size:,} articles made in {perf_counter() - begun:.0f} s")
                found[size] = asked(database, size)
        text = table(KINDS[kind], found)
        print(text)
        if given.write:
            readme.put(f"scale-{kind}", text)


if __name__ == "__main__":
    main()
