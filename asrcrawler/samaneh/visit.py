"""Judge the HTTP answer to a request for a code: an article, an absence and why, or another place to look.

Pure: the answer comes as plain values. What the site answers is described in the facts about the CMS: a real 404, an
error page with status 200, a redirect to home, a challenge page, or a page of another code are all possible.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from asrcrawler.exceptions import OtherPage, PageVerdict
from asrcrawler.http.addresses import at_base
from asrcrawler.http.completeness import BREAKS_OFF, Completeness, completeness
from asrcrawler.http.redirects import MOST_REDIRECTS, REDIRECTS, redirect_target
from asrcrawler.http.retry import retry_moment
from asrcrawler.http.statuses import ANSWERED, FIRST_SERVER_ERROR, GONE, NOT_MODIFIED, REFUSALS, TRANSIENT
from asrcrawler.items import Absence, Article, Capture, Fetch, Outcome, Redirect
from asrcrawler.samaneh.challenge import CHALLENGE, is_challenge
from asrcrawler.samaneh.page import read_page
from asrcrawler.samaneh.urls import code_of_url, is_home, is_listing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

KEPT = frozenset({Outcome.STORED, Outcome.UNREADABLE, Outcome.REFUSED})
"""The outcomes whose pages are evidence; a page that says «no such article» is like the others of its kind."""
UNKEPT_HEADERS = frozenset({"set-cookie", "set-cookie2"})
LONGEST_HEADER = 500  # characters of a value; longer ones are policies for browsers
LONGEST_HEADERS = 4_000  # characters of all that is kept of an answer
LONGEST_REDIRECTS = 10_000  # characters of the addresses of all redirects that are kept of a visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The article that was asked for: which code, of which site."""

    site: str
    code: int
    base_url: str
    conditional: bool = False
    """Whether the request said what is stored, so that «not modified» is an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer, as far as it came."""

    url: str
    status: int
    at: datetime
    """When it was complete; aware, UTC."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """By lower-case name."""
    body: bytes = b""
    """Decompressed."""
    redirects: tuple[Redirect, ...] = ()
    """What led here, the first one first."""
    is_delimited: bool = True
    """Whether its end was told by a length or a last chunk, and not by the end of the connection alone."""
    is_unpacked: bool = True
    """Whether its content encodings came to their end, and what was announced came."""

    @property
    def completeness(self) -> Completeness:
        return completeness(self.body, is_delimited=self.is_delimited, is_unpacked=self.is_unpacked)

    @property
    def encoding(self) -> str | None:
        """Read the charset that the HTTP header declares."""
        _, _, charset = self.headers.get("content-type", "").lower().partition("charset=")
        return charset.strip(" \"';") or None

    def with_body(self, body: bytes) -> Answer:
        return replace(self, body=body)

    def as_redirect(self) -> Redirect:
        return Redirect(self.at, self.status, self.url, self.headers.get("location", ""))

    def as_fetch(self, outcome: Outcome) -> Fetch:
        return Fetch(
            at=self.at,
            status=self.status,
            size=len(self.body),
            etag=self.headers.get("etag"),
            last_modified=self.headers.get("last-modified"),
            capture=self._as_capture() if outcome in KEPT and self.body else None,
        )

    def _as_capture(self) -> Capture:
        headers, room = {}, LONGEST_HEADERS
        for name, value in self.headers.items():
            length = len(name) + len(value)
            if name not in UNKEPT_HEADERS and len(value) <= LONGEST_HEADER and length <= room:
                headers[name] = value
                room -= length
        return Capture(url=self.url, headers=headers, body=self.body, redirects=_bounded(self.redirects))


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The answer is a redirect that may lead to the article: ask again at ``url``."""

    url: str


def judge(answer: Answer, asked: Asked) -> Article | Absence | Elsewhere:
    """Judge an answer. Never raises for anything a server may send."""
    status = answer.status
    if status in REDIRECTS:
        return _judge_redirect(answer, asked)
    if status == NOT_MODIFIED and asked.conditional:
        return _absence(answer, asked, Outcome.STORED, "not modified")
    if status in GONE:
        return _absence(answer, asked, Outcome.MISSING, str(status))
    if status in REFUSALS:
        return _absence(answer, asked, Outcome.REFUSED, f"status {status}")
    if status in TRANSIENT or status >= FIRST_SERVER_ERROR:
        return _absence(answer, asked, Outcome.FAILED, f"status {status}")
    if status not in ANSWERED:
        return _absence(answer, asked, Outcome.UNREADABLE, f"status {status}")
    if not answer.body.strip() and answer.is_unpacked:
        return _absence(answer, asked, Outcome.FAILED, "empty answer")
    return _judge_page(answer, asked)


def unread(answer: Answer, asked: Asked, reason: str) -> Absence:
    """Give what a visit yields whose answer could not be judged."""
    return _absence(answer, asked, Outcome.UNREADABLE, reason)


def absence(asked: Asked, outcome: Outcome, reason: str, *, at: datetime) -> Absence:
    """Give what a visit yields that got no answer at all."""
    return Absence(site=asked.site, code=asked.code, outcome=outcome, reason=reason, fetch=Fetch(at=at))


def _bounded(redirects: tuple[Redirect, ...]) -> tuple[Redirect, ...]:
    """Give the first ones, as many as there is room for."""
    lengths = accumulate(len(step.url) + len(step.location) for step in redirects)
    return tuple(step for step, length in zip(redirects, lengths, strict=True) if length <= LONGEST_REDIRECTS)


def _judge_page(answer: Answer, asked: Asked) -> Article | Absence:
    try:
        article = read_page(
            answer.body,
            site=asked.site,
            code=asked.code,
            url=answer.url,
            base_url=asked.base_url,
            declared_encoding=answer.encoding,
        )
    except PageVerdict as verdict:
        if verdict.outcome is Outcome.UNREADABLE and _is_challenge(answer):
            return _absence(answer, asked, Outcome.REFUSED, CHALLENGE)
        if _may_be_cut_before_its_code(verdict) and answer.completeness is Completeness.BROKEN:
            return _absence(answer, asked, Outcome.FAILED, BREAKS_OFF)
        return _absence(answer, asked, verdict.outcome, verdict.reason)
    return _whole_or_failed(article, answer, asked)


def _whole_or_failed(article: Article, answer: Answer, asked: Asked) -> Article | Absence:
    """Take the article only from an answer that came whole; what breaks off has no validators either."""
    complete = answer.completeness
    if complete is Completeness.WHOLE:
        article.fetch = answer.as_fetch(Outcome.STORED)
        return article
    failed = _absence(answer, asked, Outcome.FAILED, BREAKS_OFF)
    if complete is Completeness.UNENDED:
        article.fetch = replace(answer.as_fetch(Outcome.STORED), etag=None, last_modified=None)
        failed.reading = article
    return failed


def _may_be_cut_before_its_code(verdict: PageVerdict) -> bool:
    return verdict.outcome is Outcome.UNREADABLE and not isinstance(verdict, OtherPage)


def _judge_redirect(answer: Answer, asked: Asked) -> Absence | Elsewhere:
    if _is_challenge(answer):  # be it one that leads home: that is no word about the article
        return _absence(answer, asked, Outcome.REFUSED, CHALLENGE)
    named = redirect_target(answer.headers.get("location", ""), answer.url)
    if named is None:
        return _absence(answer, asked, Outcome.UNREADABLE, f"status {answer.status} leads nowhere")
    target = at_base(named, asked.base_url, asked.site)
    if target is None:
        return _absence(answer, asked, Outcome.REFUSED, f"redirected to another host: {_host(named)}")
    if is_home(target):
        return _absence(answer, asked, Outcome.MISSING, "redirected to home")
    if target == answer.url:
        why = "challenge: redirected to itself" if named == target else f"redirected to what it mirrors: {_host(named)}"
        return _absence(answer, asked, Outcome.REFUSED, why)
    if is_listing(target):
        return _absence(answer, asked, Outcome.MISSING, "redirected to a listing")
    if code_of_url(target) not in {None, asked.code}:
        return _absence(answer, asked, Outcome.UNREADABLE, f"redirected to code {code_of_url(target)}")
    if len(answer.redirects) >= MOST_REDIRECTS:
        return _absence(answer, asked, Outcome.UNREADABLE, f"more than {MOST_REDIRECTS} redirects")
    return Elsewhere(target)


def _is_challenge(answer: Answer) -> bool:
    return is_challenge(answer.body, answer.headers.get("set-cookie", ""))


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "")[:80]


def _absence(answer: Answer, asked: Asked, outcome: Outcome, reason: str) -> Absence:
    waits = outcome in {Outcome.REFUSED, Outcome.FAILED}
    return Absence(
        site=asked.site,
        code=asked.code,
        outcome=outcome,
        reason=reason,
        retry_after=retry_moment(answer.headers.get("retry-after"), answer.at) if waits else None,
        fetch=answer.as_fetch(outcome),
    )
