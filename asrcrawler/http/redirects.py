"""Follow redirects within a site. Pure: whoever follows gives the function that asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urljoin

from asrcrawler.http.addresses import absolute, at_base

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 5

T = TypeVar("T")


async def follow(url: str, ask: Callable[[str], Awaitable[T]], target: Callable[[T], str | None]) -> T:
    """Ask for ``url`` and then for each address that ``target`` gives for an answer; give the last answer.

    That is one for which ``target`` gives None, or whatever comes after :data:`MOST_REDIRECTS`.
    """
    for _ in range(MOST_REDIRECTS + 1):
        answer = await ask(url)
        following = target(answer)
        if following is None:
            break
        url = following
    return answer


def target_on_site(status: int, location: str, url: str, base_url: str, site: str | None = None) -> str | None:
    """Give the address to ask for after the answer of ``url``; None where it is no redirect, or leads off the site.

    >>> target_on_site(301, "/fa/", "http://asrpress.ir/fa", "http://asrpress.ir")
    'http://asrpress.ir/fa/'
    >>> target_on_site(301, "http://elsewhere.example/", "http://asrpress.ir/fa", "http://asrpress.ir")
    """
    named = redirect_target(location, url) if status in REDIRECTS else None
    return at_base(named, base_url, site) if named is not None else None


def redirect_target(location: str, url: str) -> str | None:
    """Give the full address that the answer of ``url`` with this ``Location`` leads to; None for nowhere."""
    if not location.strip():
        return None
    try:
        return absolute(urljoin(url, location.strip()), url)
    except ValueError:
        return None
