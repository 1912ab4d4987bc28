"""Tell which article a search means that is no search: its code, its address or its short link. Pure."""

from __future__ import annotations

import re

from asrcrawler.http.addresses import same_site, web_parts
from asrcrawler.samaneh.urls import HIGHEST_CODE, SHORT_LINK_LENGTH, code_of_short_path, code_of_url
from asrcrawler.text.numbers import plain, whole_number

_SHORT_LINK = re.compile(rf"/?0[0-9A-Za-z]{{{SHORT_LINK_LENGTH - 1}}}")
"""A short link without its host; that of any code up to the highest begins with a nought."""


def code_typed(words: str) -> int | None:
    """Give the code that is typed, in the digits of any keyboard; None for anything else.

    >>> code_typed("۳۲۹۱۱"), code_typed("۳۲۹۱۱ خبر")
    (32911, None)
    """
    try:
        return whole_number(words, 1, HIGHEST_CODE)
    except ValueError:
        return None


def code_of_address(words: str, site: str) -> int | None:
    """Give the code of the article whose address on ``site`` or short link is typed; None for anything else.

    >>> code_of_address("asrpress.ir/fa/news/۳۲۹۱۱/a-slug", "asrpress.ir")
    32911
    >>> code_of_address("0008Yp", "asrpress.ir"), code_of_address("http://other.ir/fa/news/5", "asrpress.ir")
    (32911, None)
    """
    text = plain(words)
    if not text or any(char.isspace() for char in text):
        return None
    if _SHORT_LINK.fullmatch(text):
        return code_of_short_path(f"/{text.removeprefix('/')}")
    if text.startswith("/"):
        return code_of_url(text)
    url = text if "://" in text else f"http://{text}"
    return code_of_url(url) if web_parts(url) is not None and same_site(url, f"http://{site}") else None
