"""Asks the site what exists: its feed, its home page, its sitemaps. Through Scrapy's engine, so politely."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from asrcrawler.crawl.frontier import Site
from asrcrawler.crawl.pause import pause_is_over
from asrcrawler.endings import REFUSED, UNREACHABLE
from asrcrawler.middlewares.robots import RobotsUnknown
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
from asrcrawler.samaneh.visit import MOST_REDIRECTS, REDIRECTS, REFUSALS, redirect_target

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

OK = 200
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

    @property
    def site(self) -> Site:
        """What the frontier asks."""
        return Site(feed=self._feed, home=self._home, recent=self._recent, archive=self._archive)

    async def _feed(self) -> list[int] | None:
        body = await self._ask(FEED_PATH)
        return self._named(FEED_PATH, codes_in_feed(body, self._base_url)) if body is not None else None

    async def _home(self) -> list[int] | None:
        body = await self._ask(HOME_PATH)
        if body is not None:
            return self._named(HOME_PATH, codes_in_page(body, self._base_url))
        if not self._answered and self._forbidden:
            logger.error("robots.txt of the site forbids us its feed and its home page")
            raise CloseSpider(REFUSED)
        if not self._answered:
            logger.error("The site could not be reached: neither its feed nor its home page answered")
            raise CloseSpider(UNREACHABLE)
        return None

    async def _recent(self) -> list[int] | None:
        body = await self._ask(RECENT_SITEMAP_PATH)
        return list(read_sitemap(body, self._base_url).codes) if body is not None else None

    async def _archive(self, file: str | None) -> tuple[list[int], list[str]] | None:
        body = await self._ask(file or ARCHIVE_SITEMAP_PATH)
        if body is None:
            return None
        sitemap = read_sitemap(body, self._base_url)
        return list(sitemap.codes), list(sitemap.children)

    async def _ask(self, place: str) -> bytes | None:
        """The body of a good answer, or None. Raises :exc:`CloseSpider` when the site refuses us."""
        url = place if place.startswith("http") else self._base_url + place
        try:
            response = await self._follow(url)
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
        if response.status != OK:
            logger.info("%s: status %d", url, response.status)
            return None
        return response.body

    async def _follow(self, url: str) -> Response:
        """The answer at the end of the redirects within the site; one that leads elsewhere is the answer."""
        for _ in range(MOST_REDIRECTS + 1):
            await pause_is_over(self._crawler)
            response = await self._crawler.engine.download_async(Request(url, callback=NO_CALLBACK))
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


def _refuse_refusal(response: Response) -> None:
    if response.status in REFUSALS:
        raise _refusal(response, f"status {response.status}")
    if is_challenge(response.body):
        raise _refusal(response, f"a {CHALLENGE}")


def _refusal(response: Response, why: str) -> CloseSpider:
    logger.warning("The site refuses us: %s for %s", why, response.url)
    return CloseSpider(REFUSED)
