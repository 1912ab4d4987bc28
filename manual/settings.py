"""Make the page of settings from the module that states them: its values, and the comments beside them."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from inspect import getsource
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from asrcrawler import settings
from manual.markdown import code, page, table

if TYPE_CHECKING:
    from collections.abc import Iterator

OWN = "own"
"""The name of the function that gives the project's own settings: ``_file.own(NAME, DEFAULT)``."""
SECTION = re.compile(r"# -{3} (.+?) -{3,}")
INTRODUCTION = """\
A setting is given with `-s NAME=value`, or else in the environment (only names that begin with `ASR_`), or else in
`asr.toml` beside `scrapy.cfg`. Below stands what counts unless it is given; where the project does as Scrapy does, see
[Scrapy's own settings](https://docs.scrapy.org/en/latest/topics/settings.html)."""


class _Stated(NamedTuple):
    """A setting as the module states it."""

    line: int
    name: str
    default: str
    """Empty for one that stands on several lines."""


def settings_page() -> str:
    """Write it: a table for each section of the module. A setting without a comment is left out: nobody changes it."""
    source = getsource(settings)
    comments = dict(_comments(source))
    headings = [(line, found[1]) for line, text in comments.items() if (found := SECTION.fullmatch(text))]
    edges = [*headings, (len(source), "")]
    stated = list(_stated(source))
    parts: list[list[str]] = []
    for (start, heading), (end, _) in pairwise(edges):
        rows = [
            [code(one.name), one.default, comments[one.line].removeprefix("# ")]
            for one in stated
            if start < one.line < end and one.line in comments
        ]
        if rows:
            parts += [[f"## {heading[0].upper()}{heading[1:]}"], table(["setting", "unless given", "meaning"], rows)]
    return page("Settings", [INTRODUCTION], *parts)


def _stated(source: str) -> Iterator[_Stated]:
    for node in ast.parse(source).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and target.id.isupper() and value is not None:
            if isinstance(value, ast.Call) and getattr(value.func, "attr", "") == OWN:
                value = value.args[1]
            yield _Stated(node.lineno, target.id, _shown(value))


def _shown(value: ast.expr) -> str:
    if isinstance(value, ast.Constant) and value.value in (None, ""):
        return "not set" if value.value is None else "empty"
    if value.lineno != value.end_lineno:
        return ""
    is_text = isinstance(value, ast.Constant) and isinstance(value.value, str)
    return code(value.value if is_text else ast.unparse(value))  # type: ignore[attr-defined]


def _comments(source: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
