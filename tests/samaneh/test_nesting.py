"""Markup that is too much for a parser is told before it is parsed."""

import pytest

from asrcrawler.samaneh.nesting import DEEPEST, MOST_ATTRIBUTES, excess
from tests.samaneh.template import page

DEEP = f"elements nested deeper than {DEEPEST}"
WIDE = f"more than {MOST_ATTRIBUTES} attributes on one element"
ATTRIBUTES = b"<p " + b" ".join(b"a%d=x" % number for number in range(30_000)) + b">"


@pytest.mark.parametrize(
    ("html", "found"),
    [
        (page(), None),
        (b"<div>" * 4000, DEEP),
        (b"<div>" * 4000 + b"</div>" * 4000, DEEP),
        (b"<DIV a='>'><Font color=1>" * 3000, DEEP),
        (b"<div></div>" * 20_000, None),
        (b"<p>" * 20_000, None),
        (b"<ul>" + b"<li>" * 20_000, None),
        (b"<table>" + b"<tr><td>x" * 20_000, None),
        (b"<br><img src=a>" * 20_000, None),
        (b"<!-- <div> -->" * 300 + b"x" * 200_000, None),
        (ATTRIBUTES, WIDE),
        (b"<b>b</b>" * 1_000 + ATTRIBUTES + b"<b>b</b>" * 1_000, WIDE),
        (b"<img src='data:" + b"x y" * 100_000 + b"'>", None),
        (b"<img src='data:" + b"xy" * 50_000 + b"'><b>b</b>" + ATTRIBUTES, WIDE),
        (b"<p>" + b"word " * 100_000, None),
        (b"", None),
    ],
)
def test_what_a_page_has_too_much_of(html: bytes, found: str | None) -> None:
    assert excess(html) == found
