"""Write captures as WARC 1.1, for replay and for tools of web archives.

There is a ``response`` record for each capture that a code was first found with, and a ``revisit`` for each later visit
of the code that found the same bytes; before either, a ``response`` without a body for each redirect that led there.
The database keeps bodies decompressed, so headers about the transfer are written as ``X-Archive-Orig-…`` and
``Content-Length`` is that of the body. Record ids derive from site and visit: the same archive gives the same records.
"""

from __future__ import annotations

import logging
from base64 import b32encode
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from string import punctuation
from typing import IO, TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from asrcrawler import __version__
from asrcrawler.exceptions import MissingLibraryError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asrcrawler.items import Redirect

logger = logging.getLogger(__name__)

VERSION = "WARC/1.1"
OF_THE_TRANSFER = frozenset({"content-encoding", "content-length", "transfer-encoding"})
NOTE = (
    "Article pages by news code. Bodies are decompressed: the HTTP client took Content-Encoding off; Content-Length "
    "and Transfer-Encoding of the transfer are in X-Archive-Orig-*. Cookies and headers above 500 characters are left "
    "out. Of redirects, status and Location are kept."
)


class CapturedVisit(NamedTuple):
    """A visit that has a capture."""

    site: str
    code: int
    visit_id: int
    at: datetime
    """Moment of the visit, aware."""
    url: str
    status: int
    headers: dict[str, str]
    """Headers of the answer by lower-case name."""
    redirects: tuple[Redirect, ...]
    """What led there."""
    digest: bytes
    """SHA-256 of the body, decompressed."""
    body: bytes | None
    """The body, decompressed; None where ``first`` has it."""
    first: CapturedVisit | None = None
    """The earlier visit of this code that found the same bytes, without its body; None if there is none."""


def write(captures: Iterable[CapturedVisit], file: IO[bytes], *, gzip: bool) -> None:
    """Write all of ``captures``, with one of them in memory.

    ``gzip`` packs each record by itself, as the standard wants it. Raises
    :exc:`~asrcrawler.exceptions.MissingLibraryError`, and whatever ``file`` raises.
    """
    try:
        from warcio.warcwriter import WARCWriter
    except ImportError as error:
        raise MissingLibraryError("--format warc", "warcio", "warc") from error
    writer = WARCWriter(file, gzip=gzip, warc_version=VERSION)
    begun = False
    for capture in captures:
        if not begun:
            writer.write_record(_info(writer, capture))
            begun = True
        for place, step in enumerate(capture.redirects):
            writer.write_record(_redirect(writer, capture, place, step))
        writer.write_record(_response(writer, capture) if capture.first is None else _revisit(writer, capture))
    if not begun:
        writer.write_record(_info(writer, None))


def _info(writer: Any, first: CapturedVisit | None) -> Any:
    record = writer.create_warcinfo_record(
        None,
        {
            "software": f"asrcrawler/{__version__}",
            "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "isPartOf": first.site if first else "an empty selection",
            "description": NOTE,
        },
    )
    record.rec_headers.replace_header(
        "WARC-Record-ID", _id("warcinfo", *((first.site, first.visit_id) if first else ()))
    )
    record.rec_headers.replace_header("WARC-Date", _date(first.at if first else datetime(1970, 1, 1, tzinfo=UTC)))
    return record


def _redirect(writer: Any, capture: CapturedVisit, place: int, step: Redirect) -> Any:
    from warcio.statusandheaders import StatusAndHeaders

    headers = [("Location", quote(" ".join(step.location.split()), safe=punctuation)), ("Content-Length", "0")]
    return writer.create_warc_record(
        step.url,
        "response",
        http_headers=StatusAndHeaders(_status_line(step.status), headers, protocol="HTTP/1.1"),
        warc_headers_dict={
            "WARC-Record-ID": _id(capture.site, capture.visit_id, place),
            "WARC-Date": _date(step.at),
            "WARC-Concurrent-To": _id(capture.site, capture.visit_id),
        },
    )


def _response(writer: Any, capture: CapturedVisit) -> Any:
    assert capture.body is not None
    return writer.create_warc_record(
        capture.url,
        "response",
        payload=BytesIO(capture.body),
        length=len(capture.body),
        http_headers=_http_headers(capture, len(capture.body)),
        warc_headers_dict=_warc_headers(capture) | {"WARC-Payload-Digest": _digest(capture)},
    )


def _revisit(writer: Any, capture: CapturedVisit) -> Any:
    first = capture.first
    assert first is not None
    record = writer.create_revisit_record(
        capture.url,
        _digest(capture),
        first.url,
        _date(first.at),
        http_headers=_http_headers(capture, None),
        warc_headers_dict=_warc_headers(capture),
    )
    record.rec_headers.add_header("WARC-Refers-To", _id(first.site, first.visit_id))
    return record


def _warc_headers(capture: CapturedVisit) -> dict[str, str]:
    return {"WARC-Record-ID": _id(capture.site, capture.visit_id), "WARC-Date": _date(capture.at)}


def _http_headers(capture: CapturedVisit, length: int | None) -> Any:
    from warcio.statusandheaders import StatusAndHeaders

    headers = []
    for name, value in capture.headers.items():
        shown = name.title()
        headers.append((f"X-Archive-Orig-{shown}" if name in OF_THE_TRANSFER else shown, " ".join(value.split())))
    if length is not None:
        headers.append(("Content-Length", str(length)))
    return StatusAndHeaders(_status_line(capture.status), headers, protocol="HTTP/1.1")


def _status_line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _digest(capture: CapturedVisit) -> str:
    return f"sha256:{b32encode(capture.digest).decode()}"


def _id(*parts: object) -> str:
    return f"<urn:uuid:{uuid5(NAMESPACE_URL, '/'.join(map(str, ('asrcrawler', *parts))))}>"


def _date(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
