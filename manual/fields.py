"""Make the page of what an archive holds: fields, outcomes, classes of edits, exit statuses."""

from __future__ import annotations

import ast
from inspect import getsource
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from asrcrawler.export.contract import EXPORT_FIELDS, REVISION_FIELDS, export_schema
from asrcrawler.items import Change, Outcome
from manual.markdown import code, page, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from enum import StrEnum

EXIT_STATUSES = {
    0: "done. For a crawl: every code it took up is in the database, stored or booked for another visit; or another "
    "crawl is at work",
    1: "it could not do its work: a wrong setting, the database gone, a disk full, pages that are no longer readable",
    2: "usage: a wrong option, argument or value; one line says which",
    75: "the site could not be reached or refused us, or the run was ended or taken over before its work was done; try "
    "again later",
    130: "interrupted by Ctrl-C; a crawl ends in good order instead, with one of the above",
}
INTRODUCTION = """\
An exported article has these fields in this order. Unknown is `null` (an empty list for lists), never an empty string
or a guess. `scrapy export --schema` gives the same as a JSON Schema."""
EARLIER = """\
With `--revisions`, an article has one more field, `revisions`: its earlier texts, the first one first."""


def fields_page() -> str:
    """Write it."""
    schema = export_schema(revisions=True)["properties"]
    earlier = schema["revisions"]["items"]["properties"]
    heads = ["field", "type", "meaning"]
    return page(
        "Fields and exit statuses",
        ["## An exported article"],
        [INTRODUCTION],
        table(heads, (_field(name, schema[name]) for name in EXPORT_FIELDS)),
        ["## An earlier text"],
        [EARLIER],
        table(heads, (_field(name, earlier[name] | _about(schema, name)) for name in REVISION_FIELDS)),
        ["## Outcomes of a visit"],
        table(["outcome", "meaning"], _members(Outcome)),
        ["## Classes of edits"],
        ["The most important part that an edit touched; the first one that fits counts."],
        table(["change", "meaning"], _members(Change)),
        ["## Exit statuses"],
        table(["status", "meaning"], ([str(status), meaning] for status, meaning in EXIT_STATUSES.items())),
    )


def _about(schema: Mapping[str, Any], name: str) -> dict[str, str]:
    """Give what a field of the article means, for an earlier text, which has the same."""
    about = schema.get(name, {}).get("description") if name != "revision" else None
    return {"description": about} if about else {}


def _field(name: str, schema: Mapping[str, Any]) -> list[str]:
    return [code(name), _type(schema), schema.get("description", "")]


def _type(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(map(code, schema["enum"]))
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if kinds == ["array"]:
        inner = schema["items"]
        properties = " and ".join(map(code, inner["properties"])) if "properties" in inner else ""
        return f"list of objects with {properties}" if properties else "list of text"
    names = {"string": "text", "integer": "whole number"}
    name = {"date-time": "moment, ISO 8601", "uri": "address"}.get(schema.get("format", ""), names[kinds[0]])
    return f"{name}, or null" if "null" in kinds else name


def _members(kind: type[StrEnum]) -> Iterator[list[str]]:
    """Give the members of an enumeration with the docstrings behind them."""
    [defined] = ast.parse(dedent(getsource(kind))).body
    assert isinstance(defined, ast.ClassDef)
    said: dict[str, str] = {}
    name = ""
    for node in defined.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and name:
            said[name] = str(node.value.value)
    for member in kind:
        yield [code(str(member)), said.get(member.name, "")]
