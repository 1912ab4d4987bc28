"""Say what addresses may ask for. FastAPI checks it, and describes it in ``/api/openapi.json``.

Everything is bounded: the length of words and names, the number of a page, how much is on one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from asrcrawler.exceptions import DateError
from asrcrawler.items import Change
from asrcrawler.samaneh.urls import HIGHEST_CODE
from asrcrawler.storage.articles.reading import Position
from asrcrawler.storage.articles.selection import Selection
from asrcrawler.storage.search import Order
from asrcrawler.storage.search.query import Query, parse
from asrcrawler.text.calendar import Days, parse_days
from asrcrawler.text.numbers import plain, whole_number
from asrcrawler.text.persian import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PAGE = 30  # articles on a page
MOST_ON_A_PAGE = 100  # that a machine may ask for
LAST_PAGE = 50  # of a search; whoever wants more narrows it down
LONGEST_WORDS = 200  # characters
LONGEST_NAME = 200  # of a category or tag
LONGEST_DAY = 30  # characters


def _words(text: str) -> str:
    if parse(text) == Query():
        raise PydanticCustomError("no_words", "there is no word to look for")
    return text


def _days(text: str) -> Days:
    try:
        if len(text) <= LONGEST_DAY:
            return parse_days(text)
    except DateError:
        pass
    raise PydanticCustomError(
        "not_a_day", "neither a Jalali day such as 1401/11/04 nor a Gregorian one such as 2023-01-24"
    )


def _place(text: object, *, numbers: int) -> list[Any]:
    """Read a place in a list: a moment in ISO 8601, so many whole numbers, and the name of an outlet or none.

    There are commas between them. The name is empty where there is none.
    """
    moment, *rest = str(text).split(",")
    name = rest.pop() if len(rest) > numbers else ""
    try:
        at = datetime.fromisoformat(moment.replace(" ", "+"))  # a plus that was not encoded comes as a blank
        if at.tzinfo is None or len(rest) != numbers:
            raise ValueError(text)
        return [at, *(whole_number(number) for number in rest), name]
    except ValueError:
        raise PydanticCustomError("no_place", "no place in this list") from None


_PLACE = WithJsonSchema({"type": "string", "description": "a place in the list, as next has it"})
_DAY = {"type": "string", "maxLength": LONGEST_DAY, "examples": ["1401/11/04", "2023-01-24", "1401/11"]}

Code = Annotated[int, Field(ge=1, le=HIGHEST_CODE), BeforeValidator(whole_number)]
AnyDays = Annotated[Days, PlainValidator(_days), WithJsonSchema(_DAY)]
FirstDay = Annotated[date, PlainValidator(lambda text: _days(text).first), WithJsonSchema(_DAY)]
LastDay = Annotated[date, PlainValidator(lambda text: _days(text).last), WithJsonSchema(_DAY)]
ClassAsked = Annotated[
    Change | None, Field(alias="class", description="of this class; all but cosmetic ones unless told")
]
EditPlace = Annotated[Any, PlainValidator(partial(_place, numbers=2)), _PLACE]
GonePlace = Annotated[Any, PlainValidator(partial(_place, numbers=1)), _PLACE]
Limit = Annotated[int, Field(ge=1, le=MOST_ON_A_PAGE), BeforeValidator(whole_number)]
Name = Annotated[str, Field(max_length=LONGEST_NAME), BeforeValidator(clean)]
Number = Annotated[int, Field(ge=1, le=LAST_PAGE), BeforeValidator(whole_number)]
Switch = Annotated[bool, BeforeValidator(plain)]
Words = Annotated[str, Field(max_length=LONGEST_WORDS), BeforeValidator(clean), AfterValidator(_words)]


@dataclass(frozen=True, slots=True)
class InList:
    """An article in a list: its code; where the list is of several outlets, with the name of its own, ``asr:32911``."""

    code: int
    outlet: str = ""


def _in_list(text: object) -> InList:
    name, _, code = str(text).rpartition(":")
    try:
        return InList(whole_number(code, 1, HIGHEST_CODE), name)
    except ValueError:
        raise PydanticCustomError("no_place", "neither a news code nor OUTLET:CODE") from None


Beside = Annotated[InList, PlainValidator(_in_list)]


class Asked(BaseModel):
    """What a query may ask for. A parameter that is blank is not asked, and people may add others."""

    exact: ClassVar[bool] = False
    """Whether another parameter is refused."""

    @model_validator(mode="before")
    @classmethod
    def _given(cls, query: Mapping[str, Any]) -> dict[str, Any]:
        known = [field.alias or name for name, field in cls.model_fields.items()]
        unknown = [name for name in query if name not in known]
        if unknown and cls.exact:
            there_is = f"there is: {', '.join(known)}" if known else "it has none"
            said = {"name": repr(unknown[0]), "there_is": there_is}
            raise PydanticCustomError("unknown", "{name} is not a parameter of this address; {there_is}", said)
        several = getattr(query, "getlist", query.get)  # FastAPI hands over a list; a page, the query itself
        given = {name: several(name) if name == "outlet" else query.get(name) for name in known}
        return {name: value for name, value in given.items() if value and clean(str(value))}


class Nothing(Asked):
    """Nothing."""

    exact = True


class OfOutlets(Asked):
    """The outlets that are asked for."""

    outlet: Annotated[list[str] | None, Field(description="of this outlet; may be given several times")] = None


class Place(Asked):
    """Where a slice of a list begins: before or after the article with a code."""

    before: Beside | None = None
    after: Beside | None = None

    @property
    def position(self) -> Position:
        before = self.before.code if self.before else None
        return Position(before=before, after=self.after.code if self.after else None, limit=PAGE)


class Front(Place):
    """The front page."""

    view: Literal["compact"] | None = None
    """``compact``: without leads."""
    unique: Switch = False
    """Without exact duplicates."""


class Difference(Asked):
    """How an edit is shown, and which two texts are compared if not those before and after it."""

    view: Literal["split"] | None = None
    """``split``: side by side."""
    first: Annotated[Code | None, Field(alias="from")] = None
    last: Annotated[Code | None, Field(alias="to")] = None

    @model_validator(mode="after")
    def _in_order(self) -> Difference:
        if self.first and self.last and self.first >= self.last:
            raise PydanticCustomError("texts_reversed", "from is not lower than to")
        return self


class CodesOf(Asked):
    """The codes whose last visit had an outcome."""

    outcome: Literal["stored", "missing", "refused", "failed", "unreadable", "unvisited"] = "unreadable"
    reason: Annotated[str | None, Field(max_length=LONGEST_NAME)] = None
    """Only those with this reason."""
    before: Code | None = None
    """Only lower codes."""

    @property
    def below(self) -> int:
        return HIGHEST_CODE + 1 if self.before is None else self.before


class DeskAsked(Asked):
    """Edits of a class, from a place in their list on."""

    change: ClassAsked = None
    behind: EditPlace | None = None


class GoneAsked(Asked):
    """Articles that the site did not show for a time, from a place in their list on."""

    state: Literal["gone", "waiting", "back"] = "gone"
    behind: GonePlace | None = None


class _ListedDesk(OfOutlets):
    """A list of the changes desk, for machines."""

    exact = True
    limit: Annotated[Limit, Field(description="how many in one answer")] = PAGE


class EditsListed(DeskAsked, _ListedDesk):
    """Edits, for machines."""


class GoneListed(GoneAsked, _ListedDesk):
    """Articles that the site does not show, for machines."""


class GoTo(Asked):
    """A day, a month or a year to be shown."""

    day: AnyDays | None = None


class OutletsAsked(OfOutlets):
    """Nothing but outlets, for machines."""

    exact = True


class Filters(OfOutlets):
    """Conditions on articles."""

    since: Annotated[FirstDay | None, Field(description="published on this day or later; or a month, a year")] = None
    until: Annotated[LastDay | None, Field(description="published on this day or earlier; or a month, a year")] = None
    category: Annotated[Name | None, Field(description="of this category, at any depth")] = None
    tag: Annotated[Name | None, Field(description="with this tag")] = None
    gone: Annotated[Switch, Field(description="1: only articles that the site no longer has")] = False

    @model_validator(mode="after")
    def _in_order(self) -> Filters:
        if self.since and self.until and self.since > self.until:
            raise PydanticCustomError("reversed", "since is later than until")
        return self

    def selection(self, sites: Sequence[str], *, unique: bool = False) -> Selection:
        """Make a selection of them, for storage."""
        return Selection(
            sites=sites,
            since=self.since,
            until=self.until,
            category=self.category,
            tag=self.tag,
            unique=unique,
            gone=self.gone,
        )


class Listed(Filters):
    """Articles, for machines."""

    exact = True
    unique: Annotated[Switch, Field(description="1: without exact duplicates")] = False
    before: Annotated[
        Beside | None,
        Field(description="only articles with lower codes; of several outlets, OUTLET:CODE"),
        WithJsonSchema({"type": "string", "examples": ["32911", "asr:32911"]}),
    ] = None
    limit: Annotated[Limit, Field(description="articles in one answer")] = PAGE


class Searched(Filters):
    """A search, for people."""

    q: Annotated[Words, Field(description='words; all have to occur. A "phrase", begin*, -without, one | other')] = ""
    order: Order = Order.BEST
    page: Annotated[Number, Field(description="number of the page")] = 1


class SearchedExactly(Searched):
    """A search, for machines."""

    exact = True
    limit: Annotated[Limit, Field(description="hits in one answer")] = PAGE
