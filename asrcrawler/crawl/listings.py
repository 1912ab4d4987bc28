"""Asks the site what exists: its feed, its home page, its sitemaps. Through Scrapy's engine, so politely."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.exceptions import CloseSpider, IgnoreRequest, ResponseDataLossError
from scrapy.http.request import NO_CALLBACK

from asrcrawler.crawl.frontier import Site, SitemapFile
from asrcrawler.crawl.pause import pause_is_over
from asrcrawler.endings import REFUSED, UNREACHABLE
from asrcrawler.http import BREAKS_OFF, has_root_end
from asrcrawler.middlewares.robots import RobotsUnknown
from asrcrawler.middlewares.unpacking import CUT_SHORT
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
from asrcrawler.samaneh.urls import same_site
from asrcrawler.samaneh.visit import ANSWERED, MOST_REDIRECTS, REDIRECTS, REFUSALS, redirect_target

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

FIRST_SERVER_ERROR = 500


class Listings:
    """The places of one site that name codes."""

    def __init__(self, crawler: Crawler, base_url: str) -> None:
        self._crawler = crawler
        self._base_url = base_url
        self._answered = False
        """Whether the site has answered at all, be it that there is no such place."""
        self._forbidden = False
        """Whether robots.txt keeps us from one of the places."""
        self._cut_feed: list[int] = []
        """What a feed that breaks off names. It is told with home: no window may be made of it."""

    @property
    def site(self) -> Site:
        """What the frontier asks."""
        return Site(feed=self._feed, home=self._home, recent=self._recent, archive=self._archive)

    async def _feed(self) -> list[int] | None:
        """The codes of a whole feed; None where there is none, or it breaks off: what it lacks may be anything."""
        answer = await self._ask(FEED_PATH)
        if answer is None:
            return None
        codes = codes_in_feed(answer.body, self._base_url)
        if _is_cut(answer) or not has_root_end(answer.body):
            logger.warning("%s: %s; it is no proof that nothing else is new", answer.url, BREAKS_OFF)
            self._cut_feed = codes
            return None
        return self._named(FEED_PATH, codes)

    async def _home(self) -> list[int] | None:
        answer = await self._ask(HOME_PATH)
        if answer is not None:
            codes = self._named(HOME_PATH, codes_in_page(answer.body, self._base_url))
            return list(dict.fromkeys([*self._cut_feed, *codes]))
        if self._cut_feed:
            return self._cut_feed
        if not self._answered and self._forbidden:
            logger.error("robots.txt of the site forbids us its feed and its home page")
            raise CloseSpider(REFUSED)
        if not self._answered:
            logger.error("The site could not be reached: neither its feed nor its home page answered")
            raise CloseSpider(UNREACHABLE)
        return None

    async def _recent(self) -> list[int] | None:
        answer = await self._ask(RECENT_SITEMAP_PATH)
        return list(read_sitemap(answer.body, self._base_url).codes) if answer is not None else None

    async def _archive(self, file: str | None) -> SitemapFile | None:
        answer = await self._ask(file or ARCHIVE_SITEMAP_PATH)
        if answer is None:
            return None
        sitemap = read_sitemap(answer.body, self._base_url)
        is_whole = sitemap.is_whole and not _is_cut(answer)
        if not is_whole:
            logger.warning("%s: %s; it is asked for again", answer.url, BREAKS_OFF)
        return SitemapFile(list(sitemap.codes), list(sitemap.children), is_whole)

    async def _ask(self, place: str) -> Response | None:
        """A good answer, as far as it came, or None. Raises :exc:`CloseSpider` when the site refuses us."""
        url = place if place.startswith("http") else self._base_url + place
        try:
            response = await self._follow_patiently(url)
        except CloseSpider:
            raise
        except RobotsUnknown as error:  # it has been told
            raise CloseSpider(error.reason) from None
        except IgnoreRequest as error:
            self._forbidden = True
            logger.warning("%s is not to be had: %s", url, error)
            return None
        except Exception as error:  # whatever the network raises: this place does not tell
            logger.warning("%s did not answer: %s", url, f"{type(error).__name__}: {error}"[:200])
            return None
        _refuse_refusal(response)
        self._answered = self._answered or response.status < FIRST_SERVER_ERROR
        if response.status not in ANSWERED:
            logger.info("%s: status %d", url, response.status)
            return None
        return response

    async def _follow_patiently(self, url: str) -> Response:
        """The answer, or what there is of it where it broke off each time that it was asked for."""
        try:
            return await self._follow(url)
        except ResponseDataLossError:
            return await self._follow(url, meta={"download_fail_on_dataloss": False})

    async def _follow(self, url: str, *, meta: dict[str, Any] | None = None) -> Response:
        """The answer at the end of the redirects within the site; one that leads elsewhere is the answer."""
        for _ in range(MOST_REDIRECTS + 1):
            await pause_is_over(self._crawler)
            response = await self._crawler.engine.download_async(Request(url, callback=NO_CALLBACK, meta=meta))
            target = redirect_target((response.headers.get("Location") or b"").decode("latin-1"), response.url)
            if response.status not in REDIRECTS or target is None or not same_site(target, self._base_url):
                break
            if target == url:
                raise _refusal(response, "a redirect to itself")
            if is_challenge(response.body, b", ".join(response.headers.getlist("Set-Cookie")).decode("latin-1")):
                raise _refusal(response, f"a {CHALLENGE}")
            url = target
        return response

    def _named(self, path: str, codes: list[int]) -> list[int]:
        if not codes:
            logger.warning("%s names no article: it is broken, or not what it was", self._base_url + path)
        return codes


def _is_cut(response: Response) -> bool:
    return not CUT_SHORT.isdisjoint(response.flags)


def _refuse_refusal(response: Response) -> None:
    if response.status in REFUSALS:
        raise _refusal(response, f"status {response.status}")
    if is_challenge(response.body):
        raise _refusal(response, f"a {CHALLENGE}")


def _refusal(response: Response, why: str) -> CloseSpider:
    logger.warning("The site refuses us: %s for %s", why, response.url)
    return CloseSpider(REFUSED)
