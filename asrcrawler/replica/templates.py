"""Choose the template of an outlet: what all its pages have in common, while a few of them slip."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from asrcrawler.items import Kind
from asrcrawler.replica.look import CHROMES, Look
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
    Path,
    Reel,
    TagPlace,
    Toolbar,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

_HEADLINES = (Headline.TITLE, Headline.HTAGS, Headline.SECOND, Headline.SPAN)
_DATES = (
    (DateForm.TARGET, MetaForm.JALALI),
    (DateForm.WEEKDAY, MetaForm.JALALI),
    (DateForm.PLAIN, MetaForm.ISO),
    (DateForm.TIME_FIRST, MetaForm.JALALI),
    (DateForm.SPACED, MetaForm.ISO),
    (DateForm.TWELVE_HOURS, MetaForm.ISO),
    (DateForm.GLUED, MetaForm.MISSING),
    (DateForm.TWELVE_HOURS, MetaForm.JALALI),
    (DateForm.PLAIN, MetaForm.JALALI),
    (DateForm.DAY_ONLY, MetaForm.MISSING),
    (DateForm.WEEKDAY, MetaForm.ISO),
)
"""The date on the page and that in its head."""
_SLIPS = frozenset({DateForm.CONTRADICTORY, DateForm.IMPOSSIBLE, DateForm.MISSING})
"""Forms that come with a page, in any template."""
_BROKEN = frozenset({JsonLd.TRUNCATED, JsonLd.WRONG})
_ON_ONE_PAGE = ("modified", "jsonld", "noise", "writing", "has_linked_headings")


def template(number: int) -> Look:
    """Choose the template of the outlet of this number; neighbours differ in almost everything."""
    toolbar = _turn(tuple(Toolbar), number, 0)
    date_form, meta_form = _turn(_DATES, number, 0)
    return Look(
        toolbar=toolbar,
        headline=_turn(_HEADLINES, number, 1),
        kicker=_turn(tuple(Kicker), number, 2),
        lead=_turn(tuple(Lead), number, 0),
        body_element=_turn(tuple(BodyElement), number, 3),
        body_form=_turn((BodyForm.PARAGRAPHS, BodyForm.BREAKS), number, 1),
        date_form=date_form,
        meta_form=meta_form,
        jsonld=_turn((JsonLd.WHOLE, JsonLd.MISSING), number, 0),
        lead_picture=_turn(tuple(LeadPicture), number, 0),
        hrefs=_turn(tuple(Hrefs), number, 1),
        digits=_turn(tuple(Digits), number, 2),
        path=_turn(tuple(Path), number, 0),
        has_comment_form=number % 3 != 0,
        chrome=number % CHROMES,
        date_place=_date_place(toolbar, date_form, number),
        comments=_turn(tuple(Comments), number, 0),
        tag_place=_turn(tuple(TagPlace), number, 0),
        reel=_turn(tuple(Reel), number, 2),
        has_late_pictures=number % 4 == 1,
    )


def in_template(look: Look, habit: Look, kind: Kind) -> Look:
    """Give the page's look in the template ``habit``, with the slips of this one page left in."""
    changes = {name: getattr(look, name) for name in _ON_ONE_PAGE}
    if look.jsonld not in _BROKEN:
        changes["jsonld"] = habit.jsonld
    if look.date_form in _SLIPS:
        changes |= {"date_form": look.date_form, "meta_form": look.meta_form}
    if look.body_form is BodyForm.WORD:
        changes["body_form"] = look.body_form
    if kind is not Kind.ARTICLE:
        changes["tag_place"] = TagPlace.BELOW
        if look.headline not in _HEADLINES:
            changes["headline"] = look.headline
    return replace(habit, **changes)


def _date_place(toolbar: Toolbar, date_form: DateForm, number: int) -> DatePlace:
    """Choose where the date stands; where only its label tells what it is, there is one, and it can be read."""
    if toolbar is Toolbar.EMPTY_LABEL or date_form is DateForm.TWELVE_HOURS:
        return DatePlace.SURE
    return _turn(tuple(DatePlace), number, 0)


def _turn(choices: Sequence[T], number: int, start: int) -> T:
    """Take turns through ``choices``; the turns of two lists of one length drift apart."""
    return choices[(number + number // len(choices) * start + start) % len(choices)]
