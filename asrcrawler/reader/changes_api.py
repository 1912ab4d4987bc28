"""Serve the edits and the deletions of the changes desk as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from asrcrawler.export.contract import export_schema
from asrcrawler.gone import Presence
from asrcrawler.items import EDITED, Change
from asrcrawler.policy import differs
from asrcrawler.reader.addresses import path_to, scope_of, with_query
from asrcrawler.reader.again import ReadAgain
from asrcrawler.reader.api import answer, described, listed
from asrcrawler.reader.asked import EditsListed, GoneListed
from asrcrawler.reader.changes import edits_asked, missed_asked
from asrcrawler.text.calendar import TEHRAN

if TYPE_CHECKING:
    from asrcrawler.reader.addresses import Scope
    from asrcrawler.storage.articles.edits import ListedEdit
    from asrcrawler.storage.articles.gone import Missed

_OF_EDIT = ("site", "code", "url", "title", "number", "change", "seen_at", "replaced_at", "gone_at")
_OF_GONE = (
    "site", "code", "url", "title", "category", "state", "gone_at", "confirmed_at", "back_at", "last_seen_at",
    "last_visit_at",
)  # fmt: skip
_MOMENT = {"type": "string", "format": "date-time"}
_MAYBE = {"type": ["string", "null"], "format": "date-time"}
_ARTICLE = export_schema()["properties"]
_TEXT = {"type": "object", "properties": {name: _ARTICLE[name] for name in EDITED}}
_COMMON = {name: _ARTICLE[name] for name in ("outlet", "site", "code", "url", "title")}
_EDIT = {
    "type": "object",
    "properties": _COMMON
    | {
        "number": {"type": "integer", "description": "of the text before it; the text after it has the next one"},
        "change": {"enum": [str(change) for change in Change], "description": "what it touched"},
        "seen_at": _MOMENT | {"description": "our visit that found the text before it"},
        "replaced_at": _MOMENT | {"description": "our visit that found the text after it"},
        "gone_at": _ARTICLE["gone_at"],
        "before": _TEXT | {"description": "the fields that differ, as they were"},
        "after": _TEXT | {"description": "the same fields, as they became"},
    },
}
_GONE = {
    "type": "object",
    "properties": _COMMON
    | {
        "category": _ARTICLE["category"],
        "published_at": _ARTICLE["published_at"],
        "state": {"enum": [str(state) for state in (Presence.GONE, Presence.WAITING, Presence.BACK)]},
        "gone_at": _MOMENT | {"description": "the first look that did not find it"},
        "confirmed_at": _MAYBE | {"description": "the look that proved it, at least a day later"},
        "back_at": _MAYBE,
        "last_seen_at": _MOMENT,
        "last_visit_at": _MOMENT,
    },
}

EditsAsked = Annotated[EditsListed, Query()]
DeletionsAsked = Annotated[GoneListed, Query()]
router = APIRouter(tags=["archive"], route_class=ReadAgain)


@router.get("/api/changes", summary="Edits, the latest first", responses=described(listed("changes", _EDIT)))
def changes(request: Request, asked: EditsAsked) -> Response:
    scope = scope_of(request)
    found, behind = edits_asked(scope, asked, asked.limit)
    return _answer(request, "changes", [_edit(scope, one) for one in found], behind)


@router.get(
    "/api/gone",
    summary="Articles that the site does not show, or did not for a time; the latest step first",
    responses=described(listed("gone", _GONE)),
)
def gone(request: Request, asked: DeletionsAsked) -> Response:
    scope = scope_of(request)
    found, behind = missed_asked(scope, asked, asked.limit)
    return _answer(request, "gone", [_missed(scope, one) for one in found], behind)


def _answer(request: Request, name: str, found: list[dict[str, Any]], behind: str | None) -> Response:
    query = {name: request.query_params.getlist(name) for name in request.query_params}
    following = with_query(path_to("api", name), **{**query, "behind": behind}) if behind else None
    return answer(request, {name: found, "next": following})


def _edit(scope: Scope, edit: ListedEdit) -> dict[str, Any]:
    touched = [name for name in EDITED if differs(name, edit.before, edit.after)]
    return _named(scope, edit, _OF_EDIT) | {
        "before": {name: edit.before[name] for name in touched},
        "after": {name: edit.after[name] for name in touched},
    }


def _missed(scope: Scope, one: Missed) -> dict[str, Any]:
    published = one.published_at.astimezone(TEHRAN) if one.published_at else None
    return _named(scope, one, _OF_GONE) | {"published_at": published}


def _named(scope: Scope, one: ListedEdit | Missed, names: tuple[str, ...]) -> dict[str, Any]:
    outlet = scope.outlet_of(one)
    return {"outlet": outlet.name if outlet else None} | {name: getattr(one, name) for name in names}
