"""Read Scrapy's responses: their headers, where they lead, and whether they came whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.http.redirects import target_on_site

if TYPE_CHECKING:
    from scrapy.http import Response

BROKEN = "broken encoding"
"""The flag of a response whose encodings did not come to their end."""
CUT_SHORT = frozenset({BROKEN, "dataloss"})
"""Flags of a response that is known not to be whole; the second is Scrapy's."""
UNDELIMITED = "partial"
"""Scrapy's flag of a response whose end is that of the connection."""


def is_cut(response: Response) -> bool:
    """Tell whether the response is known not to be whole."""
    return not CUT_SHORT.isdisjoint(response.flags)


def header(response: Response, name: str) -> str:
    """Give the value of a header; empty where the response has none."""
    return (response.headers.get(name) or b"").decode("latin-1")


def redirect_of(response: Response, base_url: str, site: str | None) -> str | None:
    """Give the address within the site that the response redirects to; None where it is no such redirect."""
    return target_on_site(response.status, header(response, "Location"), response.url, base_url, site)
