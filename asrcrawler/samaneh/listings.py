"""Asks the site what exists: its feed, its home page, its sitemaps. Through Scrapy's engine, so politely."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from asrcrawler.archive import Archive
from asrcrawler.clock import utcnow
from asrcrawler.endings import REFUSED, UNREACHABLE
from asrcrawler.frontier import Site
from asrcrawler.samaneh.challenge import is_challenge
from asrcrawler.samaneh.discovery import (
    ARCHIVE_SITEMAP_PATH,
    FEED_PATH,
    HOME_PATH,
    RECENT_SITEMAP_PATH,
    codes_in_feed,
    codes_in_page,
    read_sitemap,
)
from asrcrawler.samaneh.visit import REFUSALS, retry_moment

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)


class Listings:
    """The places of one site that name codes."""

    def __init__(self, crawler: Crawler, base_url: str) -> None:
        self._crawler = crawler
        self._base_url = base_url
        self._answered = False

    @property
    def site(self) -> Site:
        """What the frontier asks."""
        return Site(feed=self._feed, home=self._home, recent=self._recent, archive=self._archive)

    async def _feed(self) -> list[int] | None:
        body = await self._ask(FEED_PATH)
        return codes_in_feed(body, self._base_url) if body is not None else None

    async def _home(self) -> list[int] | None:
        body = await self._ask(HOME_PATH)
        if not self._answered:
            logger.error("The site could not be reached: neither its feed nor its home page answered")
            raise CloseSpider(UNREACHABLE)
        return codes_in_page(body, self._base_url) if body is not None else None

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
            response = await self._crawler.engine.download_async(Request(url, callback=NO_CALLBACK))
        except IgnoreRequest as error:
            logger.warning("%s is not to be had: %s", url, error)
            return None
        except Exception as error:  # whatever the network raises: this place does not tell
            logger.warning("%s did not answer: %s", url, f"{type(error).__name__}: {error}"[:200])
            return None
        self._answered = True
        self._refuse_refusal(response)
        if response.status != 200:
            logger.info("%s: status %d", url, response.status)
            return None
        return response.body

    def _refuse_refusal(self, response: Response) -> None:
        if response.status not in REFUSALS and not is_challenge(response.body):
            return
        asked = retry_moment((response.headers.get("Retry-After") or b"").decode("latin-1"), utcnow())
        Archive.of(self._crawler).asked_to_wait_until = asked
        logger.warning("The site refuses us: status %d for %s", response.status, response.url)
        raise CloseSpider(REFUSED)
