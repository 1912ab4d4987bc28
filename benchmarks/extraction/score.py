"""What a tool found against what is true."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from asrcrawler.text.persian import ZWNJ, clean, fold
from benchmarks.extraction.pages import FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.extraction.pages import Page

TEHRAN = ZoneInfo("Asia/Tehran")


class Body(NamedTuple):
    """How many words of the body were found, and how many of the found are of the body. 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


class Score(NamedTuple):
    """Over some pages."""

    fields: dict[str, float]
    """Exact values, of the pages where there is a value or one was found."""
    body: Body
    """Means over the pages that have a body."""
    f1: float
    worst_f1: float
    worst_page: str
    body_exact: float
    """Bodies that are the same to the letter, paragraphs included."""
    zwnj: float
    """Of the half-spaces in the bodies, those that were kept."""


def score(pages: Sequence[Page], found: Sequence[Mapping[str, Any]]) -> Score:
    """Compare what was ``found`` on each page with its truth."""
    with_body = [
        (page, one, compare_bodies(page.truth["body"], one.get("body")))
        for page, one in zip(pages, found, strict=True)
        if page.truth["body"]
    ]
    bodies = [body for _, _, body in with_body]
    worst_page, worst = min(((page.name, body.f1) for page, _, body in with_body), key=lambda pair: pair[1])
    return Score(
        fields={name: _exact(name, pages, found) for name in FIELDS},
        body=Body(_mean([body.precision for body in bodies]), _mean([body.recall for body in bodies])),
        f1=_mean([body.f1 for body in bodies]),
        worst_f1=worst,
        worst_page=worst_page,
        body_exact=_mean([page.truth["body"] == one.get("body") for page, one, _ in with_body]),
        zwnj=_kept([(page.truth["body"], one.get("body") or "") for page, one, _ in with_body]),
    )


def compare_bodies(truth: str, found: str | None) -> Body:
    """By their words as a search reads them: who drops half-spaces loses no words here."""
    wanted, had = Counter(fold(truth).split()), Counter(fold(found or "").split())
    common = (wanted & had).total()
    return Body(common / max(had.total(), 1), common / max(wanted.total(), 1))


def differing(pages: Sequence[Page], found: Sequence[Mapping[str, Any]], name: str) -> list[str]:
    """The names of the pages where a field is not exact."""
    return [
        page.name for page, one in zip(pages, found, strict=True) if not same(name, _truth(page, name), one.get(name))
    ]


def same(name: str, truth: Any, found: Any) -> bool:
    """Whether two values of a field mean the same, after cleaning."""
    if name == "published_at":
        return _moment(truth) == _moment(found)
    return bool(_comparable(truth) == _comparable(found))


def _exact(name: str, pages: Sequence[Page], found: Sequence[Mapping[str, Any]]) -> float:
    pairs = [(_truth(page, name), one.get(name)) for page, one in zip(pages, found, strict=True)]
    judged = [same(name, truth, value) for truth, value in pairs if truth or value]
    return _mean(judged)


def _truth(page: Page, name: str) -> Any:
    return page.code if name == "code" else page.truth[name]


def _comparable(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value) or None
    if isinstance(value, list):
        return [clean(part) for part in value] or None
    return value or None


def _moment(value: str | None) -> datetime | str | None:
    """A moment without a zone is taken for Tehran's; a day without a time is no moment."""
    if not value or len(value) <= len("2023-01-24"):
        return value or None
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=TEHRAN)


def _kept(bodies: Sequence[tuple[str, str]]) -> float:
    wanted = sum(truth.count(ZWNJ) for truth, _ in bodies)
    return sum(min(truth.count(ZWNJ), found.count(ZWNJ)) for truth, found in bodies) / wanted if wanted else 1.0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 1.0
