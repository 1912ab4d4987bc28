"""Imports go one way, as CONTRIBUTING.md says. All count: those for types and those inside functions too."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "asrcrawler"
LIBRARIES = {"alembic": "Alembic", "scrapy": "Scrapy", "sqlalchemy": "SQLAlchemy", "twisted": "Twisted"}
MOST_ROOT_MODULES = 13
MOST_STORAGE_MODULES = 8
ROW = re.compile(r"^\| `asrcrawler/([\w/.]+?)(?:/|\.py)` \|[^|]*\|([^|]*)\|$", re.MULTILINE)

PURE = ("text", "samaneh", "http")
ABOVE = ("crawl", "storage", "work", "cli", "commands", "reader", "pipelines", "extensions", "Scrapy", "SQLAlchemy")


@cache
def imports() -> dict[str, set[str]]:
    """What each part of the package (its first folder, or a module at its root) imports: parts, and some libraries."""
    found: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        part = path.relative_to(PACKAGE).with_suffix("").parts[0]
        if part == "__init__":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            found.setdefault(part, set()).update(_parts_of(node))
    return {part: names - {part} for part, names in found.items()}


def _parts_of(node: ast.AST) -> set[str]:
    if isinstance(node, ast.ImportFrom):
        names = {f"{node.module}.{alias.name}" for alias in node.names}
    elif isinstance(node, ast.Import):
        names = {alias.name for alias in node.names}
    else:
        return set()
    roots = {name.split(".")[0] for name in names}
    own = {name.split(".")[1] for name in names if name.startswith("asrcrawler.")} - {"__version__"}
    return own | {LIBRARIES[root] for root in roots if root in LIBRARIES}


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
