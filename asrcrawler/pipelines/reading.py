"""Read a capture as a crawl that fetched it today would."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from asrcrawler.exceptions import DamagedCaptureError
from asrcrawler.http.addresses import same_site
from asrcrawler.items import reading_of
from asrcrawler.pipelines.clean import clean_article
from asrcrawler.pipelines.dedupe import fingerprint
from asrcrawler.samaneh.visit import Answer, Asked, Elsewhere, judge, unread
from asrcrawler.text.packing import unpack

if TYPE_CHECKING:
    from asrcrawler.items import Absence, Article, StoredCapture
    from asrcrawler.text.packing import Dictionary


def read_capture(
    capture: StoredCapture, dictionary: Dictionary | None, *, site: str, base_url: str
) -> Article | Absence:
    """Read a capture with today's parser, clean what it says and fingerprint it; raise nothing, whatever it holds."""
    asked = Asked(site=site, code=capture.code, base_url=_base_url(capture.url, base_url))
    answer = Answer(url=capture.url, status=capture.http_status or 200, at=capture.at, headers=capture.headers)
    try:
        item = _judge(answer, asked, capture, dictionary)
    except DamagedCaptureError as error:
        item = replace(unread(answer, asked, f"damaged capture: it {error}"), is_damaged=True)
    except Exception as error:
        item = unread(answer, asked, f"parser error: {type(error).__name__}")
    for found in (item, reading_of(item)):
        if found is not None and found.fetch is not None:
            found.fetch.capture, found.fetch.size = None, capture.size  # it is kept already
    return item


def _judge(answer: Answer, asked: Asked, capture: StoredCapture, dictionary: Dictionary | None) -> Article | Absence:
    if capture.dictionary_id is not None and dictionary is None:
        raise DamagedCaptureError(f"was packed with dictionary {capture.dictionary_id}, which is not in the database")
    body = unpack(capture.content, size=capture.size, digest=capture.digest, dictionary=dictionary)
    item = judge(answer.with_body(body), asked)
    if isinstance(item, Elsewhere):
        return unread(answer, asked, f"status {answer.status} leads to {item.url}")
    if (article := reading_of(item)) is not None:
        clean_article(article)
        fingerprint(article)
    return item


def _base_url(url: str, base_url: str) -> str:
    """Give today's address of the site, or that of the mirror or replica where the capture came from."""
    if same_site(url, base_url):
        return base_url
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
