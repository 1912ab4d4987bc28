"""Make the page on how the program works, and its picture, from what its parts import and say of themselves."""

from __future__ import annotations

import ast
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import asrcrawler
from manual.markdown import code, page, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Set

PACKAGE = Path(asrcrawler.__file__).parent
LIBRARIES = {"alembic": "Alembic", "scrapy": "Scrapy", "sqlalchemy": "SQLAlchemy", "twisted": "Twisted"}
PICTURE = "architecture.svg"
WIDTH, ROW, BOX, HIGH, SHIFT = 940, 92, 128, 46, 76
"""Pixels: of the picture, from row to row, of a box, and by how much every other row lies further right, so that an
arrow to the row after it goes past its boxes."""
STYLE = """\
<style>
rect{fill:#f4f1ea;stroke:#8a8272} path{fill:none;stroke:#8a8272} text{fill:#222;text-anchor:middle}
@media(prefers-color-scheme:dark){rect{fill:#2b2b2b;stroke:#999} path{stroke:#999} text{fill:#eee}}
</style>
<marker id="end" markerWidth="7" markerHeight="7" refX="6" refY="3" orient="auto"><path d="M0 0 6 3 0 6" /></marker>"""

IDEA = """\
Every article of such a site has a news code, so an archive is a list of whole numbers, and that it is complete can be
proved. For every code that was visited the database holds what became of the last visit, and when to look again: the
*ledger*. It is what is left to do, the place to go on from, the list of retries and the report of progress at once, and
it is written in one transaction with the articles. A run that is killed loses nothing but the visits it had not written
yet, and those are made again."""
WAY = """\
```text
ledger → frontier: which codes now → requests → answer → Article or Absence
       → pipelines: keep, clean, dedupe, store → ledger
```"""
STEPS = """\
- The **frontier** (`crawl/`) asks the ledger what is due, the site's feed what is new, and takes a slice of the older
  archive.
- The **answer** is judged before it is read: did it come whole (`http/`), is it of this site, is it a page of the CMS?
- The **page** becomes an `Article` or an `Absence` (`samaneh/`), by functions that know no network, clock or database.
- The **pipelines** keep the bytes as they came, clean the text, look for duplicates, and store in batches.
- The **policy** (`policy.py`, `gone.py`) decides by pure functions when a code is looked at again, what an edit amounts
  to, and when an article counts as gone.
- **Readers** (`reader/`, and the commands that only read) ask the same database and change nothing in it."""
PARTS = """\
An arrow leads from a part to one that it imports; what follows from other arrows is left out, and imports within a part
and of single modules too. Everything points down: there is no circle, and a test sees to that. Beneath a name stand the
large libraries that the part uses itself."""


@cache
def imports() -> dict[str, set[str]]:
    """Tell what each part of the package (its first folder, or a module at its root) imports: parts, some libraries."""
    found: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        part = path.relative_to(PACKAGE).with_suffix("").parts[0]
        if part == "__init__":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            found.setdefault(part, set()).update(_parts_of(node))
    return {part: names - {part} for part, names in found.items()}


def how_it_works() -> str:
    """Write the page."""
    rows = ([code(f"{name}/"), _sentence(name)] for name in sorted(folders()))
    picture = f"![The parts of the program, and what imports what]({PICTURE})"
    return page(
        "How it works", [IDEA], [WAY], [STEPS], ["## The parts"], [picture], [PARTS], table(["part", "does"], rows)
    )


def picture() -> str:
    """Draw the parts of the package in rows, each above what it imports, as SVG."""
    links = reduced({name: imports()[name] & folders() for name in folders()})
    places = _places(links)
    height = (max(row for row, _ in places.values()) + 1) * ROW
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">',
        STYLE,
    ]
    for name in sorted(links):
        lines += [_arrow(places[name], places[other]) for other in sorted(links[name])]
    return "\n".join([*lines, *(_box(name, places[name]) for name in sorted(links)), "</svg>", ""])


def folders() -> Set[str]:
    """Give the parts that are folders."""
    return {name for name in imports() if (PACKAGE / name).is_dir()}


def reduced(links: Mapping[str, Set[str]]) -> dict[str, Set[str]]:
    """Leave out each link that follows from others.

    >>> reduced({"a": {"b", "c"}, "b": {"c"}, "c": set()})
    {'a': {'b'}, 'b': {'c'}, 'c': set()}
    """

    @cache
    def below(name: str) -> frozenset[str]:
        return frozenset(links[name]).union(*(below(other) for other in links[name]))

    return {name: {one for one in others if all(one not in below(b) for b in others)} for name, others in links.items()}


def _places(links: Mapping[str, Set[str]]) -> dict[str, tuple[int, float]]:
    """Give each part its row, from the top, and the middle of its box in it."""

    @cache
    def depth(name: str) -> int:
        return max((depth(other) + 1 for other, below in links.items() if name in below), default=0)

    places: dict[str, tuple[int, float]] = {}
    for row in range(max(map(depth, links)) + 1):
        names = sorted(name for name in links if depth(name) == row)
        above = {name: [places[other][1] for other, below in links.items() if name in below] for name in names}
        names.sort(key=lambda name: sum(above[name]) / len(above[name]) if above[name] else 0)
        for number, name in enumerate(names):
            places[name] = row, (WIDTH - SHIFT) * (2 * number + 1) / (2 * len(names)) + row % 2 * SHIFT
    return places


def _arrow(start: tuple[int, float], end: tuple[int, float]) -> str:
    (row, x), (other_row, other_x) = start, end
    top, bottom = row * ROW + HIGH + 8, other_row * ROW + 6
    half = ROW / 2
    return (
        f'<path d="M{x:.0f} {top}C{x:.0f} {top + half:.0f} {other_x:.0f} {bottom - half:.0f} {other_x:.0f} {bottom}" '
        'marker-end="url(#end)" />'
    )


def _box(name: str, place: tuple[int, float]) -> str:
    row, x = place
    y = row * ROW + 8
    used = " · ".join(sorted(imports()[name] & set(LIBRARIES.values())))
    texts = [f'<text x="{x:.0f}" y="{y + (20 if used else 28)}" font-size="15">{escape(name)}</text>']
    if used:
        texts.append(f'<text x="{x:.0f}" y="{y + 37}" font-size="11">{escape(used)}</text>')
    return f'<rect x="{x - BOX / 2:.0f}" y="{y}" width="{BOX}" height="{HIGH}" rx="6" />' + "".join(texts)


def _sentence(name: str) -> str:
    """Give the first sentence of what a part says of itself."""
    text = ast.get_docstring(ast.parse((PACKAGE / name / "__init__.py").read_text("utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split())


def _parts_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.ImportFrom):
        names = {f"{node.module}.{alias.name}" for alias in node.names}
    elif isinstance(node, ast.Import):
        names = {alias.name for alias in node.names}
    else:
        return
    for name in names:
        root, _, rest = name.partition(".")
        if root == PACKAGE.name and rest != "__version__":
            yield rest.partition(".")[0]
        elif root in LIBRARIES:
            yield LIBRARIES[root]
