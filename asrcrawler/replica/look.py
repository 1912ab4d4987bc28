"""Choose the look of a page: one of each kind of variation.

A look decides the markup alone; what the page says is its content. Two kinds of look change what can be known of the
article: a date without a time, and an impossible date.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from asrcrawler.items import Kind
from asrcrawler.replica.draws import draws
from asrcrawler.replica.variations import (
    BodyElement,
    BodyForm,
    Comments,
    DateForm,
    DatePlace,
    Digits,
    Headline,
    Hrefs,
    JsonLd,
    Kicker,
    Lead,
    LeadPicture,
    MetaForm,
    Modified,
    Noise,
    Path,
    Reel,
    TagPlace,
    Toolbar,
    Writing,
)

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The look of one page. The defaults are those of the target."""

    toolbar: Toolbar = Toolbar.NAV_TITLE
    headline: Headline = Headline.TITLE
    kicker: Kicker = Kicker.RUTITR
    lead: Lead = Lead.SUBTITLE
    body_element: BodyElement = BodyElement.DIV
    body_form: BodyForm = BodyForm.PARAGRAPHS
    date_form: DateForm = DateForm.TARGET
    meta_form: MetaForm = MetaForm.JALALI
    modified: Modified = Modified.NEVER
    jsonld: JsonLd = JsonLd.MISSING
    lead_picture: LeadPicture = LeadPicture.CORNER
    hrefs: Hrefs = Hrefs.QUOTED
    digits: Digits = Digits.PERSIAN
    path: Path = Path.PLAIN
    noise: frozenset[Noise] = frozenset()
    writing: frozenset[Writing] = frozenset()
    has_comment_form: bool = True
    chrome: int = 0
    """Which of the site's frames is around it."""
    date_place: DatePlace = DatePlace.SURE
    comments: Comments = Comments.ITEMS
    tag_place: TagPlace = TagPlace.BELOW
    reel: Reel = Reel.USUAL
    has_linked_headings: bool = False
    """Whether sub-headings link to other articles."""
    has_late_pictures: bool = False
    """Whether a script puts the pictures in their place."""


CHROMES = 4

MEAN_NOISE = 2.5
"""Mean number of kinds of noise in a body."""
MEAN_WRITING = 2.5
_FORMS_WITH_TIME = (
    (DateForm.TARGET, 30),
    (DateForm.WEEKDAY, 14),
    (DateForm.GLUED, 10),
    (DateForm.SPACED, 10),
    (DateForm.PLAIN, 12),
    (DateForm.TIME_FIRST, 10),
    (DateForm.CONTRADICTORY, 6),
    (DateForm.DAY_ONLY, 4),
    (DateForm.IMPOSSIBLE, 3),
    (DateForm.TWELVE_HOURS, 4),
)
_MEDIA_HEADLINES = {Kind.GALLERY: Headline.MISSING, Kind.VIDEO: Headline.VIDEO_TITLE}
_LOOK = 201

T = TypeVar("T")


def _by_weight(*weights: tuple[T, float]) -> tuple[T, ...]:
    """Make a row of 100 choices, each repeated by its weight."""
    total = sum(weight for _, weight in weights)
    return tuple(choice for choice, weight in weights for _ in range(max(1, round(100 * weight / total))))


_TOOLBARS = _by_weight(*zip(Toolbar, (50, 15, 10, 15, 10), strict=True))
_HEADLINES = _by_weight((Headline.TITLE, 55), (Headline.HTAGS, 30), (Headline.SECOND, 7), (Headline.SPAN, 8))
_KICKERS = _by_weight(*zip(Kicker, (55, 25, 12, 8), strict=True))
_LEADS = _by_weight(*zip(Lead, (60, 25, 15), strict=True))
_ELEMENTS = _by_weight(*zip(BodyElement, (50, 20, 15, 15), strict=True))
_BODY_FORMS = _by_weight(*zip(BodyForm, (55, 25, 20), strict=True))
_DATE_FORMS = _by_weight(*_FORMS_WITH_TIME)
_METAS = _by_weight(*zip(MetaForm, (60, 35, 5), strict=True))
_MODIFIED = _by_weight(*zip(Modified, (40, 25, 35), strict=True))
_JSONLD = _by_weight(*zip(JsonLd, (55, 25, 10, 10), strict=True))
_PICTURES = _by_weight(*zip(LeadPicture, (40, 30, 20, 10), strict=True))
_HREFS = _by_weight(*zip(Hrefs, (50, 25, 25), strict=True))
_DIGITS = _by_weight(*zip(Digits, (85, 8, 7), strict=True))
_PATHS = _by_weight(*zip(Path, (50, 30, 20), strict=True))
_DATE_PLACES = _by_weight(*zip(DatePlace, (92, 8), strict=True))
_COMMENTS = _by_weight(*zip(Comments, (50, 25, 25), strict=True))
_TAG_PLACES = _by_weight(*zip(TagPlace, (85, 15), strict=True))
_REELS = _by_weight(*zip(Reel, (50, 25, 25), strict=True))
_NOISE = tuple(Noise)
_DIRT = tuple(manner for manner in Writing if manner is not Writing.NUL_BYTES)


def look_of(seed: int, code: int, kind: Kind) -> Look:
    """Choose the look of a code's page, the same each time."""
    rnd = draws(seed, code, _LOOK)
    headline = _pick(rnd, _HEADLINES)
    date_form = _pick(rnd, _DATE_FORMS)
    if kind is not Kind.ARTICLE:
        headline = _MEDIA_HEADLINES[kind] if rnd() < 0.4 else headline
        date_form = DateForm.MISSING if rnd() < 0.3 else date_form
    meta_form = _pick(rnd, _METAS)
    if date_form is DateForm.MISSING and meta_form is MetaForm.MISSING:
        meta_form = MetaForm.ISO
    if date_form is DateForm.DAY_ONLY:
        meta_form = MetaForm.MISSING
    if date_form is DateForm.IMPOSSIBLE:
        meta_form = MetaForm.JALALI
    if date_form is DateForm.TWELVE_HOURS and meta_form is MetaForm.MISSING:
        meta_form = MetaForm.ISO
    return Look(
        toolbar=_pick(rnd, _TOOLBARS),
        headline=headline,
        kicker=_pick(rnd, _KICKERS),
        lead=_pick(rnd, _LEADS),
        body_element=_pick(rnd, _ELEMENTS),
        body_form=_pick(rnd, _BODY_FORMS),
        date_form=date_form,
        meta_form=meta_form,
        modified=_pick(rnd, _MODIFIED),
        jsonld=_pick(rnd, _JSONLD),
        lead_picture=_pick(rnd, _PICTURES),
        hrefs=_pick(rnd, _HREFS),
        digits=_pick(rnd, _DIGITS),
        path=_pick(rnd, _PATHS),
        noise=frozenset([_pick(rnd, _NOISE) for _ in range(int(rnd() * 2.0 * MEAN_NOISE))]),
        writing=frozenset([_pick(rnd, _DIRT) for _ in range(int(rnd() * 2.0 * MEAN_WRITING))]),
        has_comment_form=rnd() < 0.8,
        chrome=int(rnd() * CHROMES),
        date_place=DatePlace.SURE if date_form is DateForm.TWELVE_HOURS else _pick(rnd, _DATE_PLACES),
        comments=_pick(rnd, _COMMENTS),
        tag_place=_pick(rnd, _TAG_PLACES) if kind is Kind.ARTICLE else TagPlace.BELOW,
        reel=_pick(rnd, _REELS),
        has_linked_headings=rnd() < 0.15,
        has_late_pictures=rnd() < 0.15,
    )


def without_date(look: Look) -> Look:
    """Give the look of a template that shows the date nowhere but in the head of the page."""
    meta_form = MetaForm.ISO if look.meta_form is MetaForm.MISSING else look.meta_form
    return replace(look, date_form=DateForm.MISSING, meta_form=meta_form)


def _pick(rnd: Callable[[], float], choices: tuple[T, ...]) -> T:
    return choices[int(rnd() * len(choices))]
