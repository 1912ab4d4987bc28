"""Agency reports that several outlets print."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

from asrcrawler.replica import Origin, World, invented, worlds
from asrcrawler.replica.outlets import ASR
from asrcrawler.replica.wire import AGENCY, Wire

ONE, OTHER = WORLDS = worlds([invented(0), invented(1)], first=1, last=1500)
PAIR = tuple(world.outlet.name for world in WORLDS)


def printed(world: World) -> dict[int, int]:
    """The code that prints each report of the wire."""
    codes = world.visible(world.first, world.last)
    return {wire: code for code in codes if (wire := world.truth(code).wire) and world.origin(code) is Origin.AGENCY}


def words(text: str | None) -> set[str]:
    return set((text or "").split())


def test_a_report_is_the_same_whoever_asks() -> None:
    assert Wire(3).report(90_000) == Wire(3).report(90_000) != Wire(4).report(90_000)
    assert Wire().number_at(Wire().sent_at(7)) == 7
    assert Wire().number_at(Wire().sent_at(7) - timedelta(seconds=1)) == 6


def test_its_texts_name_the_agency_and_no_outlet() -> None:
    texts = [Wire().report(number) for number in range(60)]
    lines = [f"{text.title} {text.lead} {text.body}" for text in texts]
    assert [line for line in lines if ASR.title in line] == []
    assert sum(AGENCY in line for line in lines) > 15


def test_two_outlets_print_some_reports_both_whole_or_reworked() -> None:
    one, other = printed(ONE), printed(OTHER)
    both = one.keys() & other.keys()
    assert len(both) > 12
    kinds = set()
    for number in both:
        first, second = ONE.truth(one[number]), OTHER.truth(other[number])
        same = (first.title, first.lead, first.body) == (second.title, second.lead, second.body)
        kinds.add(same)
        shared = words(first.body) & words(second.body)
        assert len(shared) > 0.7 * min(len(words(first.body)), len(words(second.body)))
    assert kinds == {True, False}


def test_what_is_printed_in_both_is_never_edited_or_deleted() -> None:
    for world in WORLDS:
        entries = [world.entry(code) for code in printed(world).values()]
        assert [entry for entry in entries if entry.edits or entry.deleted_at] == []


def test_texts_are_shared_between_outlets_only_where_the_wire_is_the_same() -> None:
    wires: dict[object, set[int | None]] = defaultdict(set)
    seen: dict[object, set[str]] = defaultdict(set)
    for world in WORLDS:
        for code in world.visible(world.first, world.last):
            identity = world.content(code, world.revision(code)).identity
            wires[identity].add(world.truth(code).wire)
            seen[identity].add(world.outlet.name)
    shared = [identity for identity, names in seen.items() if len(names) == 2]
    assert shared
    assert [identity for identity in shared if None in wires[identity] or len(wires[identity]) != 1] == []


def test_an_outlet_prints_a_report_once_but_for_copies_that_the_truth_names() -> None:
    for world in WORLDS:
        codes = list(world.visible(world.first, world.last))
        assert max(Counter(world.truth(c).wire for c in codes if world.origin(c) is Origin.AGENCY).values()) >= 1
        texts = Counter(world.content(code, world.revision(code)).identity for code in codes)
        assert sum(count - 1 for count in texts.values()) == sum(world.duplicate_of(code) is not None for code in codes)


def test_copies_within_an_outlet_are_of_the_same_report() -> None:
    copies = [code for code in ONE.visible(1, 1500) if (source := ONE.entry(code).source) and ONE.truth(source).wire]
    assert copies
    for code in copies:
        source = ONE.entry(code).source
        assert source is not None
        assert ONE.truth(code).wire == ONE.truth(source).wire


def test_the_true_headline_is_that_of_the_text() -> None:
    for world in WORLDS:
        for code in world.visible(world.first, world.first + 600):
            assert world.headline(code) == world.content(code, 1).title
