"""Serve the page of an article, the differences between its texts, and its captures."""

from __future__ import annotations

from importlib.util import find_spec
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from asrcrawler.exceptions import DamagedCaptureError
from asrcrawler.export import warc
from asrcrawler.items import Change
from asrcrawler.reader import difference, evidence
from asrcrawler.reader.addresses import base_url, scope_of
from asrcrawler.reader.again import ReadAgain
from asrcrawler.reader.asked import Code, Difference
from asrcrawler.reader.errors import NotThere
from asrcrawler.reader.rendering import page, unchanged_or
from asrcrawler.reader.snapshot import POLICY, harmless
from asrcrawler.reader.words import CHANGES, FIELDS, blocks
from asrcrawler.storage.articles import reading, versions
from asrcrawler.storage.articles.captures import captures
from asrcrawler.storage.articles.gone import of_code
from asrcrawler.storage.articles.reading import Position
from asrcrawler.storage.articles.selection import Selection
from asrcrawler.storage.visits.captures import body_of, kept_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from asrcrawler.reader.addresses import Scope
    from asrcrawler.reader.difference import Paragraph
    from asrcrawler.storage.articles.versions import Edit

EDITS_SHOWN = 50
HAS_WARC = find_spec("warcio") is not None
FORMS = {"", "html", "warc.gz"} if HAS_WARC else {"", "html"}
STEPS_SHOWN = 3  # edits of which a line of difference is shown beneath the headline

router = APIRouter(include_in_schema=False, route_class=ReadAgain)


@router.get("/news/{code}")
def article(request: Request, code: Code) -> Response:
    scope, wanted = scope_of(request), code
    found = scope.library.article(scope.site, wanted)
    edits = versions.edits(scope.database, scope.site, wanted, EDITS_SHOWN)
    kept = evidence.captures(kept_of(scope.database, scope.site, wanted), edits)
    own_url = base_url(request) + scope.article_path(found)
    return page(
        request,
        "article.html",
        article=found,
        blocks=blocks(found["body"]),
        relatives=reading.relatives(scope.database, scope.site, wanted),
        edits=edits,
        steps=list(_steps(scope, wanted, edits[:STEPS_SHOWN])),
        gone=next(reversed(of_code(scope.database, scope.site, wanted)), None),
        captures=kept,
        has_warc=HAS_WARC,
        citation=evidence.citation(found, scope.site, own_url, kept),
        earlier=_beside(scope, found, Position(before=wanted, limit=1)),
        later=_beside(scope, found, Position(after=wanted, limit=1)),
    )


@router.get("/news/{code}/edits/{number}")
def edit(request: Request, code: Code, number: Code, asked: Annotated[Difference, Query()]) -> Response:
    """Show word by word what replaced the text with this number, or how any two texts differ."""
    scope, wanted, which = scope_of(request), code, number
    present = scope.library.article(scope.site, wanted)
    first, last = asked.first or which, asked.last or which + 1
    texts = versions.texts(scope.database, scope.site, wanted, (first, last))
    if which >= present["revision"] or first >= last or len(texts) < 2:
        raise NotThere("این ویرایش در بایگانی نیست.", "no such edit")
    edits = versions.edits(scope.database, scope.site, wanted, EDITS_SHOWN)
    before, after = texts[first], texts[last]
    lines = [(FIELDS[name], difference.words(before[name], after[name])) for name in ("kicker", "title", "lead")]
    lists = [(FIELDS[name], difference.names(before[name], after[name])) for name in difference.LISTS]
    paragraphs = difference.paragraphs(before["body"], after["body"])
    kept = evidence.captures(kept_of(scope.database, scope.site, wanted), edits)
    change = next((edit.change for edit in edits if edit.number == first), None) if last == first + 1 else None
    return page(
        request,
        "edit.html",
        article=present,
        number=which,
        versions=(first, last),
        chosen={} if (first, last) == (which, which + 1) else {"from": first, "to": last},
        heading=f"ویرایش {CHANGES[Change(change)]}" if change else "تفاوت دو متن",
        split=asked.view == "split",
        edits=edits,
        seen=(before["seen_at"], after["seen_at"]),
        lines=[(name, parts) for name, parts in lines if difference.changed(parts)],
        paragraphs=paragraphs,
        body=list(_with_gaps(paragraphs)),
        lists=[(name, parts) for name, parts in lists if difference.changed(parts)],
        counted=difference.count_words([*(parts for _, parts in lines), *paragraphs]),
        proof=(evidence.of_version(kept, first), evidence.of_version(kept, last)),
    )


@router.get("/news/{code}/captures/{name}")
def capture(request: Request, code: Code, name: str) -> Response:
    """Answer with a capture: as it came (``.html``), as WARC (``.warc.gz``), or to look at, with nothing that acts."""
    scope, wanted = scope_of(request), code
    digest, _, form = name.partition(".")
    kept = [one for one in kept_of(scope.database, scope.site, wanted) if one.digest.hex() == digest]
    if not kept or kept[0].packed_size is None or form not in FORMS:
        raise NotThere("این نسخه در بایگانی نیست.", "no such capture")
    if form == "warc.gz":
        return _warc(request, scope, wanted, kept[0].digest)
    try:
        body = body_of(scope.database, scope.site, kept[0].digest)
    except DamagedCaptureError:
        raise NotThere("این نسخه در پایگاه داده آسیب دیده است و باز نمی‌شود.", "the capture is damaged") from None
    if form == "":
        response = Response(harmless(body, kept[0].headers.get("content-type")), media_type="text/html; charset=utf-8")
        response.headers.update(POLICY)
        return unchanged_or(request, response)
    return _file(request, body, f"{wanted}-{digest[:12]}.html", "text/html")


def _warc(request: Request, scope: Scope, code: int, digest: bytes) -> Response:
    file, own = BytesIO(), Selection(site=scope.site, codes=[(code, code)])
    found = (visit for visit in captures(scope.database, own) if visit.digest == digest)
    warc.write(found, file, gzip=True)
    return _file(request, file.getvalue(), f"{code}-{digest.hex()[:12]}.warc.gz", "application/warc")


def _file(request: Request, body: bytes, name: str, media_type: str) -> Response:
    """Answer with a file to keep; a browser that shows it nevertheless lets nothing in it act."""
    response = Response(body)
    response.headers["Content-Type"] = media_type  # without a charset of ours: the bytes are the site's own
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers.update(POLICY)
    return unchanged_or(request, response)


def _steps(scope: Scope, code: int, edits: list[Edit]) -> Iterator[tuple[Edit, str, Paragraph]]:
    """Give each edit with the field and the line that show what it changed."""
    numbers = {number for edit in edits for number in (edit.number, edit.number + 1)}
    texts = versions.texts(scope.database, scope.site, code, numbers) if numbers else {}
    for edit in edits:
        before, after = texts.get(edit.number), texts.get(edit.number + 1)
        if before is not None and after is not None:
            yield edit, *difference.one_line(before, after)


def _beside(scope: Scope, article: Mapping[str, Any], position: Position) -> reading.Item | None:
    """Find the article published next before or after one; none beside one whose day is unknown or yet to come."""
    if article["published_at"] is None:
        return None
    found = reading.published(scope.database, scope.site, None, scope.now, position).items
    return found[0] if found else None


def _with_gaps(paragraphs: list[Paragraph]) -> Iterator[tuple[bool, list[Paragraph]]]:
    """Put paragraphs into stretches: whether it is far from any change, and its paragraphs."""
    touched = [difference.changed(parts) for parts in paragraphs]
    far = [not any(touched[max(place - 1, 0) : place + 2]) for place in range(len(paragraphs))]
    for is_far, stretch in groupby(zip(far, paragraphs, strict=True), lambda pair: pair[0]):
        yield is_far, [parts for _, parts in stretch]
