"""Crawl عصرپرس, asrpress.ir."""

from typing import ClassVar

from asrcrawler.crawl.spider import SamanehSpider


class AsrSpider(SamanehSpider):
    """Visits the articles of asrpress.ir by news code."""

    name = "asr"
    site: ClassVar[str] = "asrpress.ir"
