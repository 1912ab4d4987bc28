"""Labelled pairs of bodies: near duplicates by every kind of edit, and what looks like one and is none."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, NamedTuple

from asrcrawler.replica import World
from asrcrawler.replica.fates import Origin
from benchmarks.near_duplicates.edits import EDITS, Paragraphs
from benchmarks.near_duplicates.notices import FRAMES, HELD_OUT, TUNED, a_little_later, notice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PER_EDIT = 220
PER_FRAME = 110
REPORTS = 400
FEWEST_PARAGRAPHS = 4
FRAMES_OF_REPLICA = "replica's notices"
_CODES = 4_000


class Pair(NamedTuple):
    kind: str
    one: str
    other: str
    near: bool


def pairs(seed: int = 1) -> list[Pair]:
    """The same pairs for the same seed."""
    rnd = Random(seed)
    world = World(first=1, last=_CODES, density=1, seed=seed)
    reports = _bodies(world, Origin.REPORT)[:REPORTS]
    daily = _bodies(world, Origin.NOTICE)
    return [
        *_edited(reports, reports, "report", PER_EDIT, rnd),
        *_edited([notice(frame, rnd) for frame in FRAMES.values() for _ in range(20)], reports, "notice", 40, rnd),
        *_framed(rnd),
        *(_no_pair(FRAMES_OF_REPLICA, *rnd.sample(daily, 2)) for _ in range(PER_FRAME)),
        *(_no_pair("other report", *rnd.sample(reports, 2)) for _ in range(PER_EDIT)),
        *(_sharing_background(rnd.sample(reports, 2), rnd) for _ in range(PER_EDIT)),
    ]


def real_pairs(bodies: Sequence[Paragraphs], seed: int = 1) -> list[Pair]:
    """The same edits on bodies of real outlets, and each real body beside each other one."""
    rnd = Random(seed)
    long_enough = [body for body in bodies if len(body) >= FEWEST_PARAGRAPHS]
    others = [
        _no_pair("real: other report", one, other) for place, one in enumerate(bodies) for other in bodies[place + 1 :]
    ]
    return [*_edited(long_enough, bodies, "real", 5 * len(long_enough), rnd), *others]


def _edited(
    texts: Sequence[Paragraphs], strange: Sequence[Paragraphs], source: str, count: int, rnd: Random
) -> Iterator[Pair]:
    for edit in EDITS:
        for _ in range(count):
            text = rnd.choice(texts)
            other = rnd.choice([some for some in rnd.sample(list(strange), 2) if some != text])
            kind = f"{source}: {edit.__name__.replace('_', ' ')}"
            yield Pair(kind, "\n\n".join(text), "\n\n".join(edit(text, other, rnd)), near=True)


def _framed(rnd: Random) -> Iterator[Pair]:
    for frames, group in ((TUNED, "tuned"), (HELD_OUT, "held out")):
        for name, frame in frames.items():
            for _ in range(PER_FRAME):
                yield _no_pair(f"{group}: {name}, another day", notice(frame, rnd), notice(frame, rnd))
                yield _no_pair(f"{group}: {name}, a third moved", *a_little_later(frame, rnd))


def _sharing_background(reports: Sequence[Paragraphs], rnd: Random) -> Pair:
    """Two reports of a running story, which end with the same paragraph."""
    one, other = reports
    background = rnd.choice(one[1:])
    return _no_pair("shared background", one, [*other, background] if background not in other else other)


def _no_pair(kind: str, one: Paragraphs, other: Paragraphs) -> Pair:
    return Pair(kind, "\n\n".join(one), "\n\n".join(other), near=False)


def _bodies(world: World, origin: Origin) -> list[Paragraphs]:
    bodies = (
        world.content(code, 1).body for code in world.visible(world.first, world.last) if world.origin(code) is origin
    )
    return [body.split("\n\n") for body in bodies if body and body.count("\n\n") >= FEWEST_PARAGRAPHS - 1]
