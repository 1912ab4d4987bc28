"""Find our group of a robots.txt. Protego, which reads the rest, would take a group «a» or «asr» for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Self

from scrapy.robotstxt import ProtegoRobotParser, decode_robotstxt

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler

_GROUP = re.compile(r"\s*user[- ]?agent(?:\s*:|\s(?!.*:(?:\s|$)))(?P<names>.*)", re.IGNORECASE)
"""A line that begins a group, with the colon or, as Protego has it, without."""
_TOKEN = re.compile(r"[\w-]+")
OURS, OTHERS = "ours", "others"
"""What groups are called for Protego, so that it cannot take one for the other."""


class OwnRules(ProtegoRobotParser):
    """The rules for us: those of the groups whose whole product token is ours, in any case, else those of ``*``.

    The token is ``ROBOTSTXT_USER_AGENT`` where it is given, else ``BOT_NAME``; a version behind it says nothing.
    """

    def __init__(self, robotstxt_body: bytes, spider: Spider | None, token: str) -> None:
        text = decode_robotstxt(robotstxt_body, spider)
        super().__init__("\n".join(_renamed(line, token) for line in text.splitlines()).encode(), spider)

    @classmethod
    def from_crawler(cls, crawler: Crawler, robotstxt_body: bytes) -> Self:
        given = crawler.settings.get("ROBOTSTXT_USER_AGENT") or crawler.settings["BOT_NAME"]
        return cls(robotstxt_body, crawler.spider, _token(given))

    def allowed(self, url: str | bytes, user_agent: str | bytes) -> bool:
        return super().allowed(url, OURS)

    def crawl_delay(self, user_agent: str | bytes) -> float | None:
        return super().crawl_delay(OURS)


def _renamed(line: str, token: str) -> str:
    """Rename a group in the line that begins it: to ours, to that of all, or to one of others."""
    found = _GROUP.match(line.partition("#")[0])
    names = found["names"].strip() if found is not None else ""
    if not names:
        return line
    if names == "*":
        return "User-agent: *"
    return f"User-agent: {OURS if _token(names) == token else OTHERS}"


def _token(names: str) -> str:
    found = _TOKEN.match(names.strip())
    return found[0].lower() if found is not None else ""
