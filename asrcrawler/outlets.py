"""State what an outlet is, and read the outlets of the CMS that are known by name."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import isfinite
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from asrcrawler.exceptions import OutletError
from asrcrawler.http.addresses import DEFAULT_PORT, origin, same_site, web_parts
from asrcrawler.samaneh.urls import HIGHEST_CODE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

CATALOGUE = "catalogue.toml"

EVERY = 10  # minutes between runs, unless told otherwise
LONGEST_EVERY = 24 * 60  # minutes
BACKFILL = 300  # codes of the older archive in one run, unless told otherwise
LONGEST_SITE = 100  # characters, as in the database
LONGEST_DELAY = 3600  # seconds

RESERVED = frozenset(
    "about api ar archive article articles atom calendar capture captures categories category changes check codes csv "
    "day edits en export fa feed files future gone goto health healthz help home html jsonl live login logout metrics "
    "month new news opensearch outlet outlets page pages queue robots rss runs search section sections services "
    "similar sitemap static status stories story tag tags today topic topics undated view visits warc work year".split()
)
"""First and second parts of the reading room's addresses, present and planned."""

_NAME = re.compile(r"[a-z][a-z0-9_]{1,31}")
_GROUP = re.compile(r"[^\s]{1,100}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A news site on this CMS, and how an archive follows it.

    What is stored is taken as it is; :meth:`refuse_unusable` judges what is new.
    """

    name: str
    """What it is called in commands and addresses: ``asr``."""
    site: str
    """Its host without www, with ``:port`` where that is not the scheme's own; the key in the database."""
    title: str | None = None
    """What readers call it; None: its site is shown."""
    base_url: str
    """Where it is fetched, without a trailing slash: its own address, or a mirror."""
    every: int = EVERY
    """Minutes from one run to the next."""
    delay: float | None = None
    """Seconds between two requests; None: as ``DOWNLOAD_DELAY`` says."""
    first_code: int | None = None
    """The news code at which its archive begins; None where no crawl has begun it yet."""
    backfill: int = BACKFILL
    """Codes of the older archive that a run visits."""
    group: str | None = None
    """What it shares with outlets on the same server, where one request at a time goes; None: host and port."""
    enabled: bool = True
    """Whether what runs several outlets runs it."""
    followed: bool = True
    """Whether the archive follows it; of one that was removed, the articles stay."""

    def refuse_unusable(self) -> None:
        """Refuse values that cannot be used. Raises :exc:`~asrcrawler.exceptions.OutletError`."""
        if _NAME.fullmatch(self.name) is None:
            raise OutletError(f"{self.name!r} cannot be the name of an outlet: 2 to 32 of a-z, 0-9, _, a letter first")
        if self.name in RESERVED:
            raise OutletError(f"{self.name!r} cannot be the name of an outlet: the reading room has a page called so")
        if origin(self.base_url) != self.base_url:
            raise OutletError(f"{self.base_url!r} is not the address of a site, such as http://asrpress.ir")
        if site_of(f"http://{self.site}") != self.site or len(self.site) > LONGEST_SITE:
            raise OutletError(f"{self.site!r} is not a site: a host without www, such as asrpress.ir")
        if not 1 <= self.every <= LONGEST_EVERY:
            raise OutletError(f"a run every {self.every} minutes cannot be: 1 to {LONGEST_EVERY}")
        if self.delay is not None and not (isfinite(self.delay) and 0 <= self.delay <= LONGEST_DELAY):
            raise OutletError(f"a delay of {self.delay:g} seconds cannot be: 0 to {LONGEST_DELAY}")
        if self.first_code is not None and not 1 <= self.first_code <= HIGHEST_CODE:
            raise OutletError(f"{self.first_code} cannot be the first code: 1 to {HIGHEST_CODE}")
        if not 0 <= self.backfill <= HIGHEST_CODE:
            raise OutletError(f"a backfill of {self.backfill} codes cannot be: 0 to {HIGHEST_CODE}")
        if self.group is not None and _GROUP.fullmatch(self.group) is None:
            raise OutletError(f"{self.group!r} cannot be a group: one word of at most 100 characters")

    @property
    def shown(self) -> str:
        """Give what readers are told: its title, or else its site."""
        return self.title or self.site

    @property
    def begins_at(self) -> int:
        """Give the code at which its archive begins, or will."""
        return self.first_code or 1

    @property
    def server(self) -> str:
        """Give its group: outlets with the same one are asked one request at a time."""
        if self.group is not None:
            return self.group
        parts = urlsplit(self.base_url)
        return f"{parts.hostname}:{parts.port or DEFAULT_PORT[parts.scheme]}"

    def is_at(self, url: str) -> bool:
        """Tell whether ``url`` leads to it: to its site, or to where it is fetched."""
        return same_site(url, f"http://{self.site}") or same_site(url, self.base_url)


def can_be_name(text: str) -> bool:
    """Tell whether an outlet can be called so.

    >>> can_be_name("tabnak"), can_be_name("news"), can_be_name("0008Yp")
    (True, False, False)
    """
    return _NAME.fullmatch(text) is not None and text not in RESERVED


def site_of(url: str) -> str | None:
    """Give the site that an address is on: its host without www, with the port where that is not the scheme's own.

    >>> site_of("https://www.tabnak.ir/fa/news/5"), site_of("http://127.0.0.1:8000")
    ('tabnak.ir', '127.0.0.1:8000')
    """
    given = web_parts(url)
    whole = origin(f"{given.scheme}://{given.netloc}") if given else None
    if whole is None:
        return None
    parts = urlsplit(whole)
    host = parts.netloc.rpartition(":")[0] if parts.port is not None else parts.netloc
    host = host.removesuffix(".").removeprefix("www.")
    return host if parts.port in {None, DEFAULT_PORT[parts.scheme]} else f"{host}:{parts.port}"


def new_outlet(name: str, url: str | None = None, *, site: str | None = None, **facts: Any) -> Outlet:
    """Make the record of an outlet to be followed: what the catalogue knows of ``name``, and what is given.

    A known outlet keeps its site also at another address, which is then a mirror of it. Raises
    :exc:`~asrcrawler.exceptions.OutletError`.
    """
    known = catalogue().get(name)
    if url is None:
        if known is None:
            raise OutletError(f"no outlet {name!r} is known; give its address: scrapy outlet add {name} http://…")
        url = known.base_url
    base_url = origin(url)
    if base_url is None:
        raise OutletError(f"{url!r} is not the address of a site, such as http://asrpress.ir")
    if site is None:
        site = known.site if known else site_of(base_url)
    given = {fact: value for fact, value in facts.items() if value is not None}
    facts = {"title": known.title if known else None} | given
    outlet = Outlet(**facts, name=name, site=str(site), base_url=base_url)
    outlet.refuse_unusable()
    return outlet


def refuse_clash(outlet: Outlet, others: Iterable[Outlet]) -> None:
    """Refuse an outlet that cannot be told from another followed one. Raises :exc:`OutletError`."""
    for other in others:
        if other.name == outlet.name or not other.followed:
            continue
        if other.site == outlet.site:
            raise OutletError(f"{outlet.site} is followed already, as {other.name}")
        if other.is_at(outlet.base_url) or outlet.is_at(other.base_url):
            raise OutletError(
                f"{outlet.name} at {outlet.base_url} cannot be told from {other.name} at {other.base_url}"
            )


@cache
def catalogue() -> Mapping[str, Outlet]:
    """Read the outlets of this CMS that are known by name, from ``catalogue.toml``; none of them is followed yet."""
    stated = tomllib.loads(files("asrcrawler").joinpath(CATALOGUE).read_text("utf-8"))
    return {
        name: Outlet(
            name=name,
            site=str(site_of(facts["url"])),
            base_url=facts["url"],
            title=facts.get("title"),
            followed=False,
        )
        for name, facts in stated.items()
    }


def names_of(outlets: Collection[Outlet]) -> str:
    """List the names of outlets for a message."""
    return ", ".join(sorted(outlet.name for outlet in outlets))
