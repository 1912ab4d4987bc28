"""What of the archive may become a link."""

import pytest

from asrcrawler.reader.rendering import web_address


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "javascript://elsewhere.example/%0aalert(1)", " JavaScript://elsewhere.example/%0aalert(1)",
     "data:text/html,<script>alert(1)</script>", "data://elsewhere.example/x", "vbscript://elsewhere.example/x",
     "file://elsewhere.example/etc/passwd", "ftp://elsewhere.example/x", "//elsewhere.example/x", "/x", "", None,
     "http:///x", "http://[", "http://\u202eelsewhere.example/x"],
)  # fmt: skip
def test_what_leads_to_no_page_of_the_web_is_no_link(url: str | None) -> None:
    assert web_address(url) is None


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://asrpress.ir/fa/news/5", "http://asrpress.ir/fa/news/5"),
        (" HTTPS://asrpress.ir/x ", "https://asrpress.ir/x"),
        ("http://asrpress.ir/\u202egpj.exe", "http://asrpress.ir/%E2%80%AEgpj.exe"),
    ],
)
def test_an_address_of_the_web_is_shown_as_what_it_is(url: str, shown: str) -> None:
    assert web_address(url) == shown
