"""Crawl عصرپرس, asrpress.ir: the model for an outlet that needs code of its own."""

from typing import ClassVar

from asrcrawler.crawl.spider import SamanehSpider
from asrcrawler.outlets import Outlet, new_outlet


class AsrSpider(SamanehSpider):
    """Visits the articles of asrpress.ir by news code."""

    name = "asr"
    outlet: ClassVar[Outlet] = new_outlet("asr")
