"""Imports go one way, as CONTRIBUTING.md says. All count: those for types and those inside functions too."""

from __future__ import annotations

import re
from functools import cache

import pytest

from manual.architecture import PACKAGE, imports

MOST_ROOT_MODULES = 13
MOST_STORAGE_MODULES = 8
ROW = re.compile(r"^\| `asrcrawler/([\w/.]+?)(?:/|\.py)` \|[^|]*\|([^|]*)\|$", re.MULTILINE)

PURE = ("text", "samaneh", "http")
ABOVE = ("crawl", "storage", "work", "cli", "commands", "reader", "pipelines", "extensions", "Scrapy", "SQLAlchemy")


@cache
def stated() -> dict[str, set[str]]:
    text = (PACKAGE.parent / "CONTRIBUTING.md").read_text("utf-8")
    return {part: set(re.findall(r"\w+", allowed)) for part, allowed in ROW.findall(text)}


def test_contributing_states_what_every_part_imports() -> None:
    assert stated() == imports()


@pytest.mark.parametrize("part", PURE)
def test_what_is_pure_imports_nothing_from_above(part: str) -> None:
    assert imports().get(part, set()).isdisjoint(ABOVE)


def test_storage_knows_nothing_of_scrapy_and_spiders_nothing_of_sqlalchemy() -> None:
    assert imports()["storage"].isdisjoint({"Scrapy", "Twisted"})
    assert [part for part, names in imports().items() if "SQLAlchemy" in names] == ["storage"]


def test_there_is_no_circle() -> None:
    rest = {part: names & imports().keys() for part, names in imports().items()}
    while leaves := [part for part, names in rest.items() if not names]:
        rest = {part: names - set(leaves) for part, names in rest.items() if part not in leaves}
    assert rest == {}


def test_folders_stay_small_enough_to_be_read() -> None:
    assert len(list(PACKAGE.glob("[!_]*.py"))) <= MOST_ROOT_MODULES
    assert len(list((PACKAGE / "storage").glob("*.py"))) <= MOST_STORAGE_MODULES
