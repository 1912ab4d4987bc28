"""What Scrapy's responses say."""

from __future__ import annotations

import pytest
from scrapy.http import Response

from asrcrawler.crawl.answers import header, is_cut, redirect_of

URL = "http://asrpress.ir/fa"


def test_a_header_is_its_text_or_empty() -> None:
    assert header(Response(URL, headers={"Retry-After": "5"}), "retry-after") == "5"
    assert header(Response(URL), "Retry-After") == ""


@pytest.mark.parametrize(
    ("flags", "cut"), [([], False), (["partial"], False), (["dataloss"], True), (["partial", "broken encoding"], True)]
)
def test_what_is_known_not_to_be_whole_is_cut(flags: list[str], cut: bool) -> None:
    assert is_cut(Response(URL, flags=flags)) is cut


def test_a_redirect_within_the_site_counts_from_its_own_address() -> None:
    moved = Response(URL, status=302, headers={"Location": "/fa/x"})
    assert redirect_of(moved, "http://asrpress.ir", None) == "http://asrpress.ir/fa/x"
    assert redirect_of(moved.replace(status=200), "http://asrpress.ir", None) is None
