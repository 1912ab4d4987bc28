"""Undo content encodings in the place of Scrapy's middleware, which does not tell when a stream breaks off."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self

from scrapy.exceptions import IgnoreRequest

from asrcrawler.crawl.answers import BROKEN
from asrcrawler.crawl.archive import Archive
from asrcrawler.exceptions import TooLargeError
from asrcrawler.http.encodings import unpack

if TYPE_CHECKING:
    import logging

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_HEADER = "Content-Encoding"


class UnpackingMiddleware:
    """Unpacks answers before ``HttpCompressionMiddleware``, which still tells the site what we accept, sees them.

    So each answer is unpacked once. The bound is ``DOWNLOAD_MAXSIZE``, as there.
    """

    def __init__(self, largest: int, log: logging.Logger) -> None:
        self._largest = largest or sys.maxsize - 1
        self._log = log

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"), Archive.of(crawler).log)

    def process_response(self, request: Request, response: Response) -> Response:
        """Hand on the answer unpacked, with the flag :data:`BROKEN` where a stream breaks off."""
        given = response.headers.getlist(_HEADER)
        if not given or request.method == "HEAD":
            return response
        encodings = b",".join(given).decode("latin-1").split(",")
        try:
            body, is_whole, left = unpack(response.body, encodings, self._largest)
        except TooLargeError:
            why = f"{response.url} unpacks to more than DOWNLOAD_MAXSIZE ({self._largest} bytes)"
            self._log.warning("%s", why)
            raise IgnoreRequest(why) from None
        unpacked = response.replace(body=body, flags=response.flags if is_whole else [*response.flags, BROKEN])
        unpacked.headers.pop(_HEADER)
        if left:
            unpacked.headers[_HEADER] = ", ".join(left)
        return unpacked
