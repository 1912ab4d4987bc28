"""What changes between two visits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from asrcrawler.items import Outcome
from asrcrawler.replica import World, before_changes, changes_between, invented, worlds


def test_changes_are_those_of_the_truth() -> None:
    world = World(first=1, last=400, density=1.0, edit_share=0.5, deletion_share=0.2)
    since, until = world.now - timedelta(days=2), world.now - timedelta(hours=20)
    found = changes_between(world, since, until)
    for code in range(1, 401):
        before, after = world.truth(code, since), world.truth(code, until)
        stored = (before.outcome is Outcome.STORED, after.outcome is Outcome.STORED)
        assert (code in found.published) == (stored == (False, True))
        assert (code in found.deleted) == (stored == (True, False))
        assert (code in found.edited) == (stored == (True, True) and before.revision != after.revision)
    assert found.published
    assert found.edited
    assert found.deleted


def test_after_the_moment_before_changes_both_outlets_edit_and_delete() -> None:
    two = worlds([invented(0), invented(1)], first=32_701, last=33_000, deletion_share=0.1)
    moment = before_changes(two)
    assert two[0].now - timedelta(days=3) < moment < two[0].now
    found = [changes_between(world, moment, world.now) for world in two]
    assert all(each.edited and each.deleted for each in found)
    later = [changes_between(world, moment + timedelta(seconds=1), world.now) for world in two]
    assert not all(each.edited and each.deleted for each in later)
    for world, each in zip(two, found, strict=True):
        code = each.edited[0]
        before, after = world.truth(code, moment), world.truth(code)
        assert before.fields() != after.fields()
        assert [text.content.title for text in world.revisions(code)][before.revision - 1] == before.title


def test_a_world_in_which_nothing_is_deleted_has_no_such_moment() -> None:
    with pytest.raises(ValueError, match="deletes one"):
        before_changes([World(first=1, last=100, deletion_share=0)])
