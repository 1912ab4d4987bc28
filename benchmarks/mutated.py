"""``python -m benchmarks.mutated [--pages 10000]``: what becomes of broken pages, and how long the worst of them takes.

Pages of the replica are torn, doubled, cut off, filled with garbage and turned about, the same for the same seed. Each
has to end as an article or as an absence with a reason, within a second of CPU time; else the program ends with 1. The
digest at the end is of all that was read: a change to the parser that is only to make it faster leaves it as it was.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from collections import Counter
from datetime import UTC, datetime
from time import process_time
from typing import TYPE_CHECKING

from asrcrawler.items import Absence, Article
from asrcrawler.samaneh.visit import Answer, Asked, judge
from benchmarks.extraction.pages import ORIGIN, replica_pages

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST = 1.0  # seconds of CPU time for one page
_AT = datetime(2026, 3, 1, tzinfo=UTC)
BASES = 200  # pages that are broken
MOST_CHANGES = 40  # of one page
_SNIPPETS = [
    b"<div>",
    b"</div>",
    b"<p",
    b"<br>" * 50,
    b'<a href="/fa/news/7/x">',
    b"</a>",
    b"<script>",
    b"<!--",
    b'" ',
    b"<h1 class=title>",
    b'<div class="body">',
    b'<div class="news_id_c">1</div>',
    b"<table><tr><td>",
    b"<form>",
    b"<video src=/1.mp4>",
    b"<sup>6</sup>",
    b"&amp;amp;zwnj;",
    b"\x00\xff\xfe\xd9",
    b"<base href=//x>",
    b'<div id="comm_5">',
    b"<li>" * 300,
    "ـ".encode() * 200,
]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutated", description=__doc__)
    parser.add_argument("--pages", type=int, default=10_000, help="broken pages (default 10000)")
    options = parser.parse_args()
    bases = replica_pages(BASES)
    ends: Counter[str] = Counter()
    slowest, slow, digest = 0.0, 0, hashlib.sha256()
    for number in range(options.pages):
        dice, base = random.Random(number), bases[number % len(bases)]
        html = mutated(base.html, dice)
        asked = Asked(site=base.site, code=base.code, base_url=ORIGIN)
        answer = Answer(url=base.url, status=200, at=_AT, body=html)
        begun = process_time()
        found = judge(answer, asked)
        took = process_time() - begun
        slowest, slow = max(slowest, took), slow + (took > LONGEST)
        ends[_end(found)] += 1
        assert isinstance(found, Article | Absence)
        found.fetch = None
        digest.update(repr(found).encode())
    for end, count in ends.most_common():
        print(f"{count:6} {end}")
    print(f"slowest: {slowest * 1000:.0f} ms of CPU time; over {LONGEST:g} s: {slow}")
    print(f"digest: {digest.hexdigest()[:16]}")
    return int(slow > 0)


def mutated(html: bytes, dice: random.Random) -> bytes:
    pieces = html.split(b"<")
    for _ in range(dice.randint(1, MOST_CHANGES)):
        dice.choice(_CHANGES)(pieces, dice)
    return b"<".join(pieces)


def _drop(pieces: list[bytes], dice: random.Random) -> None:
    begin = dice.randrange(len(pieces))
    del pieces[begin : begin + dice.choice([1, 1, 1, 5, 100])]
    pieces.append(b"")


def _double(pieces: list[bytes], dice: random.Random) -> None:
    begin = dice.randrange(len(pieces))
    part = pieces[begin : begin + dice.choice([1, 3, 50])]
    pieces[begin:begin] = part * dice.choice([1, 2, 20])


def _swap(pieces: list[bytes], dice: random.Random) -> None:
    one, other = dice.randrange(len(pieces)), dice.randrange(len(pieces))
    pieces[one], pieces[other] = pieces[other], pieces[one]


def _unclose(pieces: list[bytes], dice: random.Random) -> None:
    place = dice.randrange(len(pieces))
    pieces[place] = pieces[place].replace(b">", b"", 1)


def _insert(pieces: list[bytes], dice: random.Random) -> None:
    pieces[dice.randrange(len(pieces))] += dice.choice(_SNIPPETS)


def _cut(pieces: list[bytes], dice: random.Random) -> None:
    if dice.random() < 0.1:
        del pieces[1 + dice.randrange(len(pieces)) :]


_CHANGES: list[Callable[[list[bytes], random.Random], None]] = [_drop, _double, _swap, _unclose, _insert, _cut]


def _end(found: object) -> str:
    if isinstance(found, Article):
        return "article"
    assert isinstance(found, Absence)
    return f"{found.outcome}: {found.reason.partition(':')[0]}"


if __name__ == "__main__":
    raise SystemExit(main())
