"""Saved pages of real outlets in ``../shared/pages``, where that folder is. Nothing of their text is kept here.

Two are whole pages. Fourteen are bodies without their page: a plain page of the CMS is put around them, with the
``meta`` elements that it writes, so that tools which read those are not at a loss. What their
bodies say is taken from the saved files themselves by lxml, block by block, not by the parser that is measured. Where
the two differed, the page was looked at: :data:`NOISE` is what no reader would count as the article's text.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lxml.html

from asrcrawler.samaneh.dates import read_moment
from asrcrawler.text.persian import clean
from benchmarks.extraction.pages import Page

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parents[3] / "shared" / "pages"
NOISE = re.compile(r"انتهای پیام/?|در صورت پخش نشدن ویدئو .*")
"""The sign-off of an agency, and what stands under a player."""

_TEMPLATE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>
<meta property="og:title" content="{title}"><meta property="og:url" content="http://{site}/fa/news/{code}">
<meta name="description" content="{lead}"><meta property="og:description" content="{lead}">
<meta name="keywords" content="{tag}"><meta property="article:tag" content="{tag}">
<meta property="article:published_time" content="{published}"></head><body id="news">
<div class="header"><a href="/">{site}</a> <span>به روز شده در: ۰۳ آذر ۱۴۰۳ - ۰۸:۵۲</span></div>
<div class="news_toolbar"><div class="news_nav news_id_c"><span class="news_nav_title">کد خبر: </span>{code}</div>
<div class="news_nav news_pdate_c"><span class="news_nav_title">تاریخ انتشار: </span>{date}</div></div>
<div style="direction: right;"><div class="rutitr"></div><div class="title"><h1 class="title"><a href="/fa/news/{code}">
{title}</a></h1></div><div class="subtitle">{lead}</div>
{body}
</div><div class="tags_container"><div class="tags_title">برچسب ها: <a class="tags_item" href="#">{tag}</a></div></div>
</body></html>"""

_DROPPED = ("script", "style", "noscript", "iframe", "video", "audio", "object", "head", "template", "select", "form")
_BLOCKS = frozenset(
    "address article blockquote br center dd div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre section table"
    " tbody tr ul".split()
)


def real_pages() -> list[Page]:
    """Every saved page, or none where they are not at hand."""
    return [*_whole_pages(), *_fragments()] if FOLDER.exists() else []


def real_bodies() -> list[list[str]]:
    """The paragraphs of every saved page."""
    return [page.truth["body"].split("\n\n") for page in real_pages()]


def blocks(html: str) -> list[str]:
    """The cleaned text of each block of a piece of HTML, without what no browser shows."""
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    for element in list(root.iter(*_DROPPED)):
        element.drop_tree()
    pieces: list[str] = []
    _collect(root, pieces)
    return [line for line in (clean(piece) for piece in "".join(pieces).split("\n\n")) if line]


def _collect(element: Any, pieces: list[str]) -> None:
    edge = "\n\n" if element.tag in _BLOCKS else ""
    pieces.append(edge)
    if isinstance(element.tag, str):
        pieces.append(element.text or "")
        for child in element:
            _collect(child, pieces)
            pieces.append(child.tail or "")
    pieces.append(edge)


def _truth(title: str, lead: str | None, body: list[str], **others: Any) -> dict[str, Any]:
    return {
        "title": clean(title),
        "lead": clean(lead or "") or None,
        "body": "\n\n".join(block for block in body if not NOISE.fullmatch(block)),
        **others,
    }


def _whole_pages() -> Iterator[Page]:
    for path in sorted(FOLDER.glob("*.expected.json")):
        name = path.name.removesuffix(".expected.json")
        said = json.loads(path.read_text())
        html = (FOLDER / f"{name}.html").read_bytes()
        element = lxml.html.fromstring(html.decode()).xpath("//*[contains(concat(' ', @class, ' '), ' body ')]")[0]
        truth = _truth(
            said["title"],
            said["subtitle"],
            blocks(lxml.html.tostring(element, encoding="unicode", with_tail=False)),
            category=said["categories"],
            tags=said["tags"],
            published_at=datetime.fromisoformat(said["published_local_iso"]).isoformat(),
        )
        yield Page(name, html, said["site"], said["code"], said["url"], truth)


def _fragments() -> Iterator[Page]:
    for path in sorted((FOLDER / "bodies").glob("*.json")):
        said = json.loads(path.read_text())
        fragment = path.with_suffix(".html").read_text()
        parts = {"title": said["title"], "lead": said.get("subtitle") or "", "date": said["date_string"]}
        parts |= {"site": said["site"], "tag": said.get("first_tag") or ""}
        moment = read_moment(said["date_string"])
        parts["published"] = moment.at.isoformat() if moment else ""
        html = _TEMPLATE.format(
            code=said["code"], body=fragment, **{name: escape(text) for name, text in parts.items()}
        )
        truth = _truth(
            said["title"],
            said.get("subtitle"),
            blocks(fragment),
            category=[],
            tags=[said["first_tag"]] if said.get("first_tag") else [],
            published_at=moment.at.isoformat() if moment else None,
        )
        url = f"http://{said['site']}/fa/news/{said['code']}"
        yield Page(path.stem, html.encode(), said["site"], said["code"], url, truth)
