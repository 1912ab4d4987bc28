"""Redirects within a site, followed by whoever asks."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import pytest

from asrcrawler.http.redirects import MOST_REDIRECTS, follow, redirect_target, target_on_site

BASE = "http://asrpress.ir"
MIRROR = "http://mirror.example"


def asked_for(links: dict[str, str], start: str) -> tuple[str, list[str]]:
    """The last answer, and what was asked for, where each address answers with its own name."""
    asked: list[str] = []

    async def ask(url: str) -> str:
        asked.append(url)
        return url

    return asyncio.run(follow(start, ask, links.get)), asked


def test_each_address_is_asked_for_until_an_answer_leads_nowhere() -> None:
    assert asked_for({"a": "b", "b": "c"}, "a") == ("c", ["a", "b", "c"])
    assert asked_for({}, "a") == ("a", ["a"])


def test_a_ring_ends_with_the_answer_behind_the_last_redirect() -> None:
    last, asked = asked_for({"a": "b", "b": "a"}, "a")
    assert (last, len(asked)) == ("b", MOST_REDIRECTS + 1)


def test_whoever_judges_an_answer_can_end_it() -> None:
    async def ask(url: str) -> str:
        return url

    def refuse(answer: str) -> str | None:
        raise PermissionError(answer)

    with pytest.raises(PermissionError, match="a"):
        asyncio.run(follow("a", ask, refuse))


@pytest.mark.parametrize(
    ("status", "location", "base", "target"),
    [
        (301, "/fa/", BASE, f"{BASE}/fa/"),
        (302, "x", BASE, f"{BASE}/fa/x"),
        (308, "https://www.asrpress.ir/x", BASE, "https://www.asrpress.ir/x"),
        (307, "http://www.asrpress.ir/x?a=1", MIRROR, f"{MIRROR}/x?a=1"),
        (301, "/خبر", BASE, f"{BASE}/%D8%AE%D8%A8%D8%B1"),
        (301, "http://elsewhere.example/", BASE, None),
        (301, "", BASE, None),
        (301, "http://[", BASE, None),
        (200, "/fa/", BASE, None),
        (304, "/fa/", BASE, None),
    ],
)
def test_only_a_redirect_within_the_site_has_a_target(
    status: int, location: str, base: str, target: str | None
) -> None:
    assert target_on_site(status, location, f"{base}/fa/", base, "asrpress.ir") == target


@pytest.mark.parametrize(
    ("location", "target"), [(" /x ", f"{BASE}/x"), ("//cdn.example/x", "http://cdn.example/x"), ("\t", None)]
)
def test_a_location_counts_from_the_address_that_answered(location: str, target: str | None) -> None:
    assert redirect_target(location, f"{BASE}/fa/news/5") == target


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/", "http://127.0.0.1:8000/x", "//127.0.0.1/", "http://localhost/", "http://[::1]:8000/",
        "http://[::ffff:127.0.0.1]/", "http://2130706433/", "http://0x7f.1/", "http://0/", "http://10.0.0.1/",
        "http://192.168.1.1/", "http://169.254.169.254/latest", "http://127.0.0.1./", "http://asrpress.ir@127.0.0.1/",
        "http://asrpress.ir:80@127.0.0.1:8000/", "http://127.0.0.1\\@asrpress.ir/", "http://asrpress.ir.127.0.0.1/",
        "http://asrpress.ir:8000/", "http:\\\\127.0.0.1/", "HTTP://127.0.0.1#asrpress.ir", "http://127。0。0。1/",
        "file:///etc/passwd", "ftp://asrpress.ir/",
    ],
)  # fmt: skip
@pytest.mark.parametrize("base_url", [BASE, MIRROR])
def test_no_answer_leads_to_a_private_address_or_another_port(location: str, base_url: str) -> None:
    target = target_on_site(302, location, f"{base_url}/fa", base_url, "asrpress.ir")
    assert target is None or urlsplit(target).netloc == urlsplit(base_url).netloc


def test_an_operators_own_address_may_be_a_private_one() -> None:
    base_url = "http://127.0.0.1:8000"
    for location in ("/fa/", f"{base_url}/fa/", "https://www.asrpress.ir/fa/"):
        assert target_on_site(301, location, f"{base_url}/fa", base_url, "asrpress.ir") == f"{base_url}/fa/"
    for location in ("http://127.0.0.1:8001/fa/", "http://127.0.0.1/fa/", "http://localhost:8000/fa/"):
        assert target_on_site(301, location, f"{base_url}/fa", base_url, "asrpress.ir") is None
