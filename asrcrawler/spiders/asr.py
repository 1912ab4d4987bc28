"""Crawl عصرپرس, asrpress.ir: the model for an outlet that needs code of its own."""

from typing import ClassVar

from asrcrawler.crawl.spider import SamanehSpider
from asrcrawler.outlets import Outlet, catalogue


class AsrSpider(SamanehSpider):
    """Visits the articles of asrpress.ir by news code."""

    name = "asr"
    outlet: ClassVar[Outlet] = catalogue()["asr"]
