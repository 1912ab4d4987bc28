"""Where links lead."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from asrcrawler.samaneh.links import Leads, leads

HOSTS = frozenset({"asrpress.ir", "127.0.0.1"})


@pytest.mark.parametrize(
    ("attributes", "target"),
    [
        ('href="/fa/news/7/x"', Leads.HERE),
        ('href="#comments"', Leads.HERE),
        ('href="javascript:void(0)"', Leads.HERE),
        ('name="top"', Leads.HERE),
        ("href=/fa/news/8", Leads.ARTICLE),
        ('href="http://www.asrpress.ir/fa/news/8/x"', Leads.ARTICLE),
        ('href="http://sibling.ir/fa/news/8"', Leads.ARTICLE),
        ('href="/"', Leads.HOME),
        ('href="http://www.asrpress.ir/fa"', Leads.HOME),
        ('href="http://127.0.0.1:8080/"', Leads.HOME),
        ('href="http://elsewhere.example/"', Leads.AWAY),
        ('href="/fa/services/8"', Leads.SITE),
        ('href="/fa/tag/1/کتاب و خواندن"', Leads.SITE),
        ('href="/files/fa/news/1401/1/1/5.pdf"', Leads.AWAY),
        ('href="https://t.me/x"', Leads.NETWORK),
        ('href="tg://resolve?domain=x"', Leads.NETWORK),
        ('href="https://www.instagram.com/x"', Leads.NETWORK),
        ('href="/fa/ads/redirect/ta/1504"', Leads.ADVERT),
        ('href="http://asrpress.ir/fa/ads/redirect/a/9"', Leads.ADVERT),
        ('href="https://ads.example.com/9"', Leads.ADVERT),
        ('href="/fa/services/8" rel="nofollow Sponsored"', Leads.ADVERT),
        ('href="http://[broken"', Leads.AWAY),
        ('href="http://adsorption.example/"', Leads.AWAY),
    ],
)
def test_a_link_leads_to_one_kind_of_place(attributes: str, target: Leads) -> None:
    anchor = LexborHTMLParser(f"<a {attributes}>متن</a>").css_first("a")
    assert anchor is not None
    assert leads(anchor, 7, HOSTS) is target
