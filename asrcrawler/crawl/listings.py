"""Ask the site what exists: its feed, its home page, its sitemaps. Scrapy's engine keeps the delay between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.exceptions import CloseSpider, DownloadCancelledError, IgnoreRequest, ResponseDataLossError
from scrapy.http.request import NO_CALLBACK

from asrcrawler.crawl.answers import is_cut, redirect_of
from asrcrawler.crawl.frontier import Site
from asrcrawler.crawl.memory import Named
from asrcrawler.endings import REFUSED, UNREACHABLE
from asrcrawler.exceptions import RobotsForbidden, RobotsUnknown
from asrcrawler.http.addresses import at_base
from asrcrawler.http.completeness import BREAKS_OFF, has_root_end
from asrcrawler.http.redirects import follow
from asrcrawler.http.statuses import ANSWERED, FIRST_SERVER_ERROR, REFUSALS, TRANSIENT
from asrcrawler.samaneh.challenge import CHALLENGE, is_challenge
from asrcrawler.samaneh.discovery import (
    ARCHIVE_SITEMAP_PATH,
    FEED_PATH,
    HOME_PATH,
    RECENT_SITEMAP_PATH,
    codes_in_feed,
    codes_in_page,
    read_sitemap,
)

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from asrcrawler.crawl.archive import Archive


class NoAnswer(Exception):
    """A place did not answer, or says that it cannot answer now. Raised and caught in this module."""


class Listings:
    """The places of one site that name codes."""

    def __init__(self, crawler: Crawler, archive: Archive) -> None:
        self._crawler = crawler
        self._base_url = archive.outlet.base_url
        self._site = archive.site
        self._pause = archive.pause
        self._log = archive.log
        self._answered = False
        """Whether the site has answered at all, even that there is no such place."""
        self._forbidden = False
        """Whether robots.txt keeps us from one of the places."""
        self._cut_feed: list[int] = []
        """What a feed that breaks off names. It is told with home: no window may be made of it."""

    @property
    def site(self) -> Site:
        """Give the questions that the frontier asks."""
        return Site(feed=self._feed, home=self._home, recent=self._recent, archive=self._archive)

    async def _feed(self) -> list[int] | None:
        """Give the codes of a whole feed; None where there is none, or it breaks off: what it lacks may be anything."""
        answer = await self._answer(FEED_PATH)
        if answer is None:
            return None
        codes = codes_in_feed(answer.body, self._base_url, self._site)
        if is_cut(answer) or not has_root_end(answer.body):
            self._log.warning("%s: %s; it is no proof that nothing else is new", answer.url, BREAKS_OFF)
            self._cut_feed = codes
            return None
        return self._named(FEED_PATH, codes)

    async def _home(self) -> list[int] | None:
        answer = await self._answer(HOME_PATH)
        if answer is not None:
            codes = self._named(HOME_PATH, codes_in_page(answer.body, self._base_url, self._site))
            return list(dict.fromkeys([*self._cut_feed, *codes]))
        if self._cut_feed:
            return self._cut_feed
        if not self._answered and self._forbidden:
            self._log.error("robots.txt of the site forbids us its feed and its home page")
            raise CloseSpider(REFUSED)
        if not self._answered:
            self._log.error("The site could not be reached: neither its feed nor its home page answered")
            raise CloseSpider(UNREACHABLE)
        return None

    async def _recent(self) -> list[int] | None:
        answer = await self._answer(RECENT_SITEMAP_PATH)
        return list(read_sitemap(answer.body, self._base_url, self._site).codes) if answer is not None else None

    async def _archive(self, file: str | None) -> Named | None:
        try:
            answer = await self._ask(file or ARCHIVE_SITEMAP_PATH)
        except NoAnswer:
            return None
        if answer is None:
            return Named()
        sitemap = read_sitemap(answer.body, self._base_url, self._site, url=answer.url)
        is_whole = sitemap.is_whole and not is_cut(answer)
        if not is_whole:
            self._log.warning("%s: %s; it is asked for again", answer.url, BREAKS_OFF)
        return Named(list(sitemap.codes), [self._place(child) for child in sitemap.children], is_whole)

    def _place(self, url: str) -> str:
        """Cut the base off ``url``, as it is remembered: the next run may have another base."""
        return url.removeprefix(self._base_url) if url.startswith(f"{self._base_url}/") else url

    async def _answer(self, place: str) -> Response | None:
        """Give a good answer, as far as it came, or None."""
        try:
            return await self._ask(place)
        except NoAnswer:
            return None

    async def _ask(self, place: str) -> Response | None:
        """Give a good answer, as far as it came; None where there is no such place, or none for us.

        Raises :exc:`NoAnswer`, and :exc:`CloseSpider` when the site refuses us.
        """
        url = self._base_url + place if place.startswith("/") else at_base(place, self._base_url, self._site)
        if url is None:
            self._log.info("%s is on another site than %s", place, self._base_url)
            return None
        try:
            response = await self._follow_patiently(url)
        except CloseSpider:
            raise
        except RobotsUnknown as error:  # it has been told
            raise CloseSpider(error.reason) from None
        except (DownloadCancelledError, IgnoreRequest, RobotsForbidden) as error:
            self._forbidden = self._forbidden or isinstance(error, RobotsForbidden)
            self._log.warning("%s is not to be had: %s", url, error)
            return None
        except Exception as error:  # whatever the network raises: this place does not tell
            self._log.warning("%s did not answer: %s", url, f"{type(error).__name__}: {error}"[:200])
            raise NoAnswer from None
        self._refuse_refusal(response)
        self._answered = self._answered or response.status < FIRST_SERVER_ERROR
        if response.status in ANSWERED:
            return response
        self._log.info("%s: status %d", url, response.status)
        if response.status >= FIRST_SERVER_ERROR or response.status in TRANSIENT:
            raise NoAnswer
        return None

    async def _follow_patiently(self, url: str) -> Response:
        """Give the answer, or what there is of it where it breaks off twice."""
        try:
            return await self._follow(url)
        except ResponseDataLossError:
            return await self._follow(url, meta={"download_fail_on_dataloss": False})

    async def _follow(self, url: str, *, meta: dict[str, Any] | None = None) -> Response:
        """Give the answer at the end of the redirects within the site; one that leads elsewhere is the answer."""

        async def ask(url: str) -> Response:
            await self._pause.over()
            return await self._crawler.engine.download_async(Request(url, callback=NO_CALLBACK, meta=meta))

        return await follow(url, ask, self._target)

    def _target(self, response: Response) -> str | None:
        """Give the address within the site that a redirect leads to. Raises :exc:`CloseSpider` for a refusal."""
        target = redirect_of(response, self._base_url, self._site)
        if target == response.url:
            raise self._refusal(response, "a redirect to itself")
        cookies = b", ".join(response.headers.getlist("Set-Cookie")).decode("latin-1")
        if target is not None and is_challenge(response.body, cookies):
            raise self._refusal(response, f"a {CHALLENGE}")
        return target

    def _named(self, path: str, codes: list[int]) -> list[int]:
        if not codes:
            self._log.warning("%s names no article: it is broken, or not what it was", self._base_url + path)
        return codes

    def _refuse_refusal(self, response: Response) -> None:
        if response.status in REFUSALS:
            raise self._refusal(response, f"status {response.status}")
        if is_challenge(response.body):
            raise self._refusal(response, f"a {CHALLENGE}")

    def _refusal(self, response: Response, why: str) -> CloseSpider:
        self._log.warning("The site refuses us: %s for %s", why, response.url)
        return CloseSpider(REFUSED)
