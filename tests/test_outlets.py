"""What an outlet may be called, and which ones can be told apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from asrcrawler.exceptions import OutletError
from asrcrawler.outlets import RESERVED, Outlet, catalogue, new_outlet, refuse_clash, site_of


def outlet(name: str = "mynews", url: str = "http://mynews.example", **facts: Any) -> Outlet:
    return new_outlet(name, url, **facts)


def test_the_catalogue_knows_104_outlets_and_asr_by_plain_http() -> None:
    known = catalogue()
    assert len(known) == 104
    asr = known["asr"]
    assert (asr.base_url, asr.site, asr.title, asr.followed) == ("http://asrpress.ir", "asrpress.ir", "عصرپرس", False)
    assert known["khabar598"].site == "598.ir"
    assert len({found.site for found in known.values()}) == 104


@pytest.mark.parametrize(
    "name", ["Asr", "a", "1st", "asr-press", "عصر", "", "a" * 33, "a b", "search", "fa", "metrics", "undated"]
)
def test_a_name_that_cannot_be_one_is_refused(name: str) -> None:
    with pytest.raises(OutletError, match="cannot be the name of an outlet"):
        outlet(name)


def test_every_known_outlet_can_be_followed_as_it_stands() -> None:
    assert catalogue().keys().isdisjoint(RESERVED)
    for known in catalogue().values():
        known.refuse_unusable()
        refuse_clash(known, [replace(other, followed=True) for other in catalogue().values()])


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("http://mynews.example", "mynews.example"),
        ("https://www.mynews.example/", "mynews.example"),
        ("http://mynews.example:80", "mynews.example"),
        ("https://mynews.example:443", "mynews.example"),
        ("http://mynews.example:443", "mynews.example:443"),
        ("http://127.0.0.1:8000", "127.0.0.1:8000"),
        ("http://[::1]:8000", "[::1]:8000"),
        ("http://MyNews.Example.", "mynews.example"),
    ],
)
def test_a_site_is_the_host_without_www_and_with_a_port_of_its_own(url: str, site: str) -> None:
    assert outlet(url=url).site == site == site_of(url)


@pytest.mark.parametrize(
    "url", ["mynews.example", "ftp://mynews.example", "http://", "http://mynews.example/fa", "http://a b.example",
            "http://user:secret@mynews.example", "http://mynews.example?x=1", "http://mynews.example:0", "x" * 5000]
)  # fmt: skip
def test_an_address_that_is_no_site_is_refused(url: str) -> None:
    with pytest.raises(OutletError, match="is not the address of a site"):
        outlet(url=url)


def test_a_known_outlet_keeps_its_site_at_another_address() -> None:
    mirror = new_outlet("tabnak", "http://127.0.0.1:9000")
    assert (mirror.site, mirror.base_url, mirror.server) == ("tabnak.ir", "http://127.0.0.1:9000", "127.0.0.1:9000")
    assert new_outlet("tabnak").base_url == "https://tabnak.ir"
    assert new_outlet("tabnak").server == "tabnak.ir:443"
    with pytest.raises(OutletError, match="no outlet 'mynews' is known; give its address"):
        new_outlet("mynews")


@pytest.mark.parametrize(
    "facts",
    [{"every": 0}, {"every": 1441}, {"delay": -1}, {"delay": float("nan")}, {"first_code": 0}, {"backfill": -1},
     {"group": "a b"}, {"site": "www.mynews.example"}, {"site": "http://mynews.example"}, {"site": "x" * 101}],
)  # fmt: skip
def test_a_fact_that_cannot_be_is_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(OutletError):
        outlet(**facts)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (outlet("second", "http://elsewhere.example", site="mynews.example"), "is followed already, as mynews"),
        (outlet("second", "https://www.mynews.example", site="second.example"), "cannot be told from"),
        (outlet("second", "http://mirror.example:8080", site="second.example"), "cannot be told from"),
        (outlet("mirrored", "http://10.0.0.1", site="mirror.example:8080"), "cannot be told from"),
    ],
)
def test_outlets_that_cannot_be_told_apart_are_refused(other: Outlet, why: str) -> None:
    first = outlet(url="http://mirror.example:8080", site="mynews.example")
    with pytest.raises(OutletError, match=why):
        refuse_clash(other, [first])
    refuse_clash(other, [replace(first, followed=False)])


def test_ports_of_one_host_are_different_outlets() -> None:
    refuse_clash(outlet("second", "http://127.0.0.1:8001"), [outlet(url="http://127.0.0.1:8000")])
