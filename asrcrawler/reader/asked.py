"""Read what an address asks for, and refuse what cannot be: in Persian for people, in English for machines.

Everything is bounded: the length of words and names, the number of a page, how much is on one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from asrcrawler.exceptions import DateError
from asrcrawler.samaneh.urls import HIGHEST_CODE
from asrcrawler.storage.articles.reading import Position
from asrcrawler.storage.articles.selection import Selection
from asrcrawler.storage.search.query import Query, parse
from asrcrawler.text.calendar import parse_day
from asrcrawler.text.numbers import plain, whole_number
from asrcrawler.text.persian import clean

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

PAGE = 30  # articles on a page
MOST_ON_A_PAGE = 100  # that a machine may ask for
LAST_PAGE = 50  # of a search; whoever wants more narrows it down
LONGEST_WORDS = 200  # characters
LONGEST_NAME = 200  # of a category or tag
LONGEST_DAY = 30  # characters


class NotUnderstood(Exception):
    """An address that asks for what cannot be. Raised here and in the handlers; ``app`` answers it with status 400."""

    status = 400

    def __init__(self, persian: str, english: str) -> None:
        super().__init__(english)
        self.persian = persian


class NotThere(NotUnderstood):
    """An address of something the archive does not have."""

    status = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """The conditions on articles that an address states."""

    since: date | None = None
    until: date | None = None
    category: str | None = None
    tag: str | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Filters:
        """Read the conditions from a query. Raises :exc:`NotUnderstood`."""
        since, until = day(query, "since", "از"), day(query, "until", "تا")
        if since and until and since > until:
            raise NotUnderstood("روز «از» پس از روز «تا» است.", "since is later than until")
        return cls(since=since, until=until, category=_name(query, "category", "بخش"), tag=_name(query, "tag", "برچسب"))

    def selection(self, site: str, *, unique: bool = False) -> Selection:
        """Make a selection of them, for storage."""
        return Selection(
            site=site, since=self.since, until=self.until, category=self.category, tag=self.tag, unique=unique
        )


def words(query: Mapping[str, str]) -> str:
    """Read what is searched for; empty for nothing. Raises :exc:`NotUnderstood`, also where no word is in it."""
    text = clean(query.get("q", ""))
    if len(text) > LONGEST_WORDS:
        raise NotUnderstood(
            "این همه واژه را نمی‌توان با هم جست. کوتاه‌تر بنویسید.", f"q is longer than {LONGEST_WORDS} characters"
        )
    if text and parse(text) == Query():
        raise NotUnderstood("در آنچه نوشته‌اید واژه‌ای برای جستن نیست.", "q has no word to look for")
    return text


def place(query: Mapping[str, str], *, limit: int = PAGE) -> Position:
    """Read where a slice begins: ``before`` or ``after`` the article with a code. Raises :exc:`NotUnderstood`."""
    before, after = (number(query, name, 1, HIGHEST_CODE) for name in ("before", "after"))
    return Position(before=before, after=after, limit=limit)


def page(query: Mapping[str, str]) -> int:
    """Read the number of a page of a search, from 1. Raises :exc:`NotUnderstood`."""
    return number(query, "page", 1, LAST_PAGE) or 1


def limit(query: Mapping[str, str]) -> int:
    """Read how many articles a machine asks for. Raises :exc:`NotUnderstood`."""
    return number(query, "limit", 1, MOST_ON_A_PAGE) or PAGE


def switch(query: Mapping[str, str], name: str) -> bool:
    """Tell whether something is asked for; ``0`` and ``false`` say no."""
    return plain(query.get(name, "")) not in {"", "0", "false"}


def code(text: str) -> int:
    """Read a news code in a path. Raises :exc:`NotThere`."""
    try:
        return whole_number(text, 1, HIGHEST_CODE)
    except ValueError:
        raise NotThere("چنین کد خبری نیست.", "not a news code") from None


def day(query: Mapping[str, str], name: str, persian: str | None = None) -> date | None:
    """Read a day of either calendar; ``persian`` is what its field is called. Raises :exc:`NotUnderstood`."""
    text = query.get(name, "").strip()
    if not text:
        return None
    try:
        if len(text) <= LONGEST_DAY:
            return parse_day(text)
    except DateError:
        pass
    called = f"روز «{persian}»" if persian else "این روز"
    raise NotUnderstood(
        f"{called} خوانده نشد. شمسی بنویسید، مانند ۱۴۰۱/۱۱/۰۴، یا میلادی، مانند ۲۰۲۳/۰۱/۲۴.",
        f"{name} is neither a Jalali day such as 1401/11/04 nor a Gregorian one such as 2023-01-24",
    )


def number(query: Mapping[str, str], name: str, least: int, most: int) -> int | None:
    """Read a whole number of an address, None where it is not given. Raises :exc:`NotUnderstood`."""
    text = query.get(name, "").strip()
    if not text:
        return None
    try:
        return whole_number(text, least, most)
    except ValueError:
        raise NotUnderstood(
            "شماره‌ای که در نشانی آمده درست نیست.", f"{name} is not a whole number from {least} to {most}"
        ) from None


def _name(query: Mapping[str, str], name: str, persian: str) -> str | None:
    text = clean(query.get(name, ""))
    if len(text) > LONGEST_NAME:
        raise NotUnderstood(
            f"نام {persian} بیش از اندازه بلند است.", f"{name} is longer than {LONGEST_NAME} characters"
        )
    return text or None
