"""The fields of an exported article, and their JSON Schema. A contract with users."""

from __future__ import annotations

from typing import Any

EXPORT_FIELDS = (
    "site", "code", "url", "short_url", "kind", "kicker", "title", "lead", "body", "category", "tags", "images",
    "videos", "author", "published_at", "published_jalali", "modified_at", "comment_count", "duplicate_of",
    "similar_to", "revision", "first_seen_at", "last_seen_at", "changed_at",
)  # fmt: skip
"""In order."""

REVISIONS = "revisions"
"""The field that follows them when earlier texts are asked for."""

REVISION_FIELDS = (
    "revision", "change", "seen_at", "replaced_at", "kicker", "title", "lead", "body", "category", "tags",
)  # fmt: skip
"""The fields of an earlier text, in order."""

_TEXT = {"type": ["string", "null"], "minLength": 1}
_MOMENT = {"type": ["string", "null"], "format": "date-time"}
_SEEN = {"type": "string", "format": "date-time"}
_CODE = {"type": "integer", "minimum": 1}
_LINK = {"type": ["integer", "null"], "minimum": 1}
_NAMES = {"type": "array", "items": {"type": "string", "minLength": 1}}


def export_schema(*, revisions: bool = False) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one exported article, with its earlier texts if ``revisions``."""
    properties = _article() | ({REVISIONS: _earlier_texts()} if revisions else {})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "asrcrawler article",
        **_object(properties),
    }


def _object(properties: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _article() -> dict[str, dict[str, Any]]:
    media = _object({"url": {"type": "string", "format": "uri"}, "caption": _TEXT})
    return {
        "site": {"type": "string", "description": "host name of the outlet, without www"},
        "code": _CODE | {"description": "news code (کد خبر)"},
        "url": {"type": "string", "format": "uri"},
        "short_url": {"type": "string", "format": "uri"},
        "kind": {"enum": ["article", "gallery", "video"]},
        "kicker": _TEXT | {"description": "line above the headline"},
        "title": _TEXT,
        "lead": _TEXT,
        "body": _TEXT | {"description": "paragraphs separated by a blank line"},
        "category": _NAMES | {"description": "path of sections, outermost first"},
        "tags": _NAMES,
        "images": {"type": "array", "items": media},
        "videos": {"type": "array", "items": media | {"description": "a film's file"}},
        "author": _TEXT,
        "published_at": _MOMENT | {"description": "with the Tehran offset of that day"},
        "published_jalali": _TEXT | {"pattern": r"^1[34]\d\d-\d\d-\d\d( \d\d:\d\d)?$"},
        "modified_at": _MOMENT,
        "comment_count": {"type": ["integer", "null"], "minimum": 0},
        "duplicate_of": _LINK | {"description": "lowest code with the same title, lead and body"},
        "similar_to": _LINK | {"description": "code of a near duplicate"},
        "revision": {"type": "integer", "minimum": 1, "description": "1 = never edited"},
        "first_seen_at": _SEEN,
        "last_seen_at": _SEEN,
        "changed_at": _SEEN,
    }


def _earlier_texts() -> dict[str, Any]:
    fields: dict[str, dict[str, Any]] = {
        "revision": {"type": "integer", "minimum": 1, "description": "its number; the present text has the next one"},
        "change": {"type": "string", "description": "what the edit that replaced it touched"},
        "seen_at": _SEEN | {"description": "our visit that found this text"},
        "replaced_at": _SEEN | {"description": "our visit that found the next one"},
        "kicker": _TEXT,
        "title": _TEXT,
        "lead": _TEXT,
        "body": _TEXT,
        "category": _NAMES,
        "tags": _NAMES,
    }
    return {"type": "array", "items": _object(fields), "description": "earlier texts, the first one first"}
