"""State the fields of an exported article and their JSON Schema, which users rely on."""

from __future__ import annotations

from typing import Any

from asrcrawler.items import EDITED, FIELDS, NAMES, TYPES, Kind, Type

_TEXT = {"type": ["string", "null"], "minLength": 1}
_NAMES = {"type": "array", "items": {"type": "string", "minLength": 1}}
_ADDRESS = {"type": "string", "format": "uri"}
_CODE = {"type": "integer", "minimum": 1}
_LINK = {"type": ["integer", "null"], "minimum": 1}
_SEEN = {"type": "string", "format": "date-time"}


def _object(properties: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_SCHEMAS: dict[Type, dict[str, Any]] = {
    Type.SITE: {"type": "string"},
    Type.CODE: _CODE,
    Type.ADDRESS: _ADDRESS,
    Type.KIND: {"enum": [str(kind) for kind in Kind]},
    Type.LINE: _TEXT,
    Type.TEXT: _TEXT,
    Type.PATH: _NAMES,
    Type.SET: _NAMES,
    Type.MEDIA: {"type": "array", "items": _object({"url": _ADDRESS, "caption": _TEXT})},
    Type.MOMENT: {"type": ["string", "null"], "format": "date-time"},
    Type.JALALI: _TEXT | {"pattern": r"^1[34]\d\d-\d\d-\d\d( \d\d:\d\d)?$"},
    Type.COUNT: {"type": ["integer", "null"], "minimum": 0},
}

_OF_THE_OUTLET: dict[str, dict[str, Any]] = {
    "outlet": _TEXT | {"description": "name of the outlet; null where the archive has none of this site"}
}
_OF_THE_PAGE = {
    stated.name: _SCHEMAS[stated.type] | ({"description": stated.about} if stated.about else {}) for stated in FIELDS
}
_OF_THE_ARCHIVE: dict[str, dict[str, Any]] = {
    "duplicate_of": _LINK | {"description": "lowest code with the same title, lead and body"},
    "similar_to": _LINK | {"description": "code of a near duplicate"},
    "revision": {"type": "integer", "minimum": 1, "description": "1 = never edited"},
    "first_seen_at": _SEEN | {"description": "our first visit that found it"},
    "last_seen_at": _SEEN | {"description": "our latest visit that found it"},
    "changed_at": _SEEN | {"description": "our visit that found the present text"},
    "last_visit_at": _SEEN | {"description": "our latest visit, whatever came of it"},
    "gone_at": {
        "type": ["string", "null"],
        "format": "date-time",
        "description": "since when the site no longer has it: two looks at least a day apart said so",
    },
}
_OF_AN_EARLIER_TEXT: dict[str, dict[str, Any]] = {
    "revision": {"type": "integer", "minimum": 1, "description": "its number; the present text has the next one"},
    "change": {"type": "string", "description": "what the edit that replaced it touched"},
    "seen_at": _SEEN | {"description": "our visit that found this text"},
    "replaced_at": _SEEN | {"description": "our visit that found the next one"},
}

STORED_FIELDS = (*NAMES, *_OF_THE_ARCHIVE)
"""Names of the exported fields that the article itself has, in order."""

EXPORT_FIELDS = (*_OF_THE_OUTLET, *STORED_FIELDS)
"""Names of the exported fields, in order."""

REVISIONS = "revisions"
"""Name of the field that follows :data:`EXPORT_FIELDS` when earlier texts are asked for."""

REVISION_FIELDS = (*_OF_AN_EARLIER_TEXT, *EDITED)
"""Names of the fields of an earlier text, in order."""


def export_schema(*, revisions: bool = False) -> dict[str, Any]:
    """Write the JSON Schema (2020-12) of one exported article, with its earlier texts if ``revisions``."""
    properties = _OF_THE_OUTLET | _OF_THE_PAGE | _OF_THE_ARCHIVE | ({REVISIONS: _earlier_texts()} if revisions else {})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "asrcrawler article",
        **_object(properties),
    }


def _earlier_texts() -> dict[str, Any]:
    fields = _OF_AN_EARLIER_TEXT | {name: _SCHEMAS[TYPES[name]] for name in EDITED}
    return {"type": "array", "items": _object(fields), "description": "earlier texts, the first one first"}
