"""How a page of the CMS may look: every variation known of it, and the look that a code's page has.

The variations are those seen on saved pages of the CMS's outlets. A look decides markup alone; what the page says is its
content. Two things show in what can be known of the article: a date without its time, and an impossible one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto
from typing import TYPE_CHECKING, TypeVar

from asrcrawler.items import Kind
from asrcrawler.replica.draws import draws

if TYPE_CHECKING:
    from collections.abc import Callable


class Toolbar(StrEnum):
    """Where code and date stand, and how they are labelled."""

    NAV_TITLE = auto()
    """``span.news_nav_title``, as on the target."""
    NEWS_TITLE = auto()
    """``span.news_title``."""
    EMPTY_LABEL = auto()
    """``span.news_title`` without a text."""
    NO_NEWS_NAV = auto()
    """``div.news_id_c`` without ``news_nav``."""
    SAPN = auto()
    """The date in ``<sapn class="fa_date">`` (sic) beside ``span.en_date``."""


class Headline(StrEnum):
    """The headline's element."""

    TITLE = auto()
    """``div.title > h1.title > a``."""
    HTAGS = auto()
    """``h1.Htags > a.title``."""
    MISSING = auto()
    """Only in the head of the page (galleries)."""
    VIDEO_TITLE = auto()
    """``.video_title`` (videos)."""


class Kicker(StrEnum):
    """The class of the line above the headline."""

    RUTITR = "rutitr"
    RUTITR_BODY = "rutitr_body"
    NEWSPAGE_RUTITR = "newspage_rutitr"


class Lead(StrEnum):
    """The lead's element."""

    SUBTITLE = auto()
    HTAGS = auto()
    """``div.subtitle > h2.Htags_news_subtitle > strong.news_strong``."""


class BodyElement(StrEnum):
    """The element around the text."""

    DIV = '<div class="body col-xs-36" style="padding-left:18px; padding-right: 11px;">'
    COLUMNS_FIRST = '<div class="col-xs-36 body">'
    MEDIA = '<div class="body body_media_content_show" style="text-align: justify;padding: 10px;">'
    SECTION = '<section class="body" id="newsMainBody">'


class BodyForm(StrEnum):
    """How the text is cut into paragraphs."""

    PARAGRAPHS = auto()
    """``<p>`` blocks."""
    BREAKS = auto()
    """One run of text with ``<br>``."""
    WORD = auto()
    """Nested ``div``, ``span``, ``strong`` and ``br``, as pasted from a word processor."""


class DateForm(StrEnum):
    """The date of publication on the page."""

    TARGET = auto()
    """``۲۲:۵۴ - ۰۴ بهمن ۱۴۰۱ - 24 January 2023``"""
    WEEKDAY = auto()
    """``پنجشنبه ۲۸ ارديبهشت  ۱۳۹۶ - ۲۲:۵۷``"""
    GLUED = auto()
    """``۲۳ بهمن ۱۳۸۹ - ۰۹:۰۵- 12 February 2011``"""
    SPACED = auto()
    """``۳۰ تير ۱۳۹۷ - ۰۰:۲۰   21 July 2018``"""
    PLAIN = auto()
    """``۲۲ آبان ۱۳۹۷ - ۰۸:۳۰``"""
    TIME_FIRST = auto()
    """``۱۰:۲۳ - ۱۲-۰۴-۱۳۹۳``"""
    DAY_ONLY = auto()
    """``۱۴۰۴/۰۲/۲۵``"""
    CONTRADICTORY = auto()
    """As the target's, with a Gregorian date of another day. The Jalali one is the truth."""
    IMPOSSIBLE = auto()
    """``۳۱ مهر ۱۴۰۱ - ۱۰:۲۰``; in the head of the page too."""
    MISSING = auto()
    """Only in the head of the page (galleries, videos)."""


class MetaForm(StrEnum):
    """The dates in ``meta``."""

    JALALI = auto()
    """``۱۳۹۶/۰۲/۲۸ - ۲۲:۵۷``"""
    ISO = auto()
    """``2026-10-01T15:45:01+03:30``"""
    MISSING = auto()


class Modified(StrEnum):
    """What the site gives as the time of the last change while no edit has happened."""

    NEVER = auto()
    """``۰/۰۰/۰۰ - ۰۰:۰۰``"""
    BEFORE = auto()
    """Before the publication: the draft's last change."""
    AFTER = auto()


class JsonLd(StrEnum):
    """The JSON-LD of a page."""

    MISSING = auto()
    WHOLE = auto()
    TRUNCATED = auto()
    WRONG = auto()
    """Another article's."""


class LeadPicture(StrEnum):
    """Where the lead picture stands."""

    CORNER = auto()
    """In the first paragraph: ``img.news_corner_image``."""
    CENTRED = auto()
    """In a paragraph of its own: ``img.image_btn``."""
    ABOVE = auto()
    """Above the body: ``img.lead_image``."""
    FIGURE = auto()
    """In a ``figure`` whose caption repeats the headline."""


class Hrefs(StrEnum):
    """How links are written."""

    QUOTED = auto()
    UNQUOTED = auto()
    RAW_BLANKS = auto()


class Digits(StrEnum):
    """The digits of code and date."""

    PERSIAN = "۰۱۲۳۴۵۶۷۸۹"
    ARABIC = "٠١٢٣٤٥٦٧٨٩"
    LATIN = "0123456789"


class Path(StrEnum):
    """The path of sections."""

    PLAIN = auto()
    HOME_FIRST = auto()
    """Begins with صفحه نخست."""
    LABELLED = auto()
    """«گروه :» before it, ``»`` between."""


class Noise(StrEnum):
    """What stands in a body and does not belong to it."""

    SCRIPT = auto()
    STYLE = auto()
    IFRAME = auto()
    PLAYER = auto()
    READ_MORE = auto()
    """«بیشتر بخوانید» and a link."""
    OTHER_ARTICLES = auto()
    """Links to other articles."""
    RELATED_BOX = auto()
    OTHER_FILMS = auto()
    """«فیلم های دیگر»"""
    TELEGRAM = auto()
    INSTAGRAM = auto()
    HAFEZ = auto()
    """«این لحظه با حافظ»"""
    USERS_COMMENTS = auto()
    """«نظرات کاربران»"""
    LEFTOVER_SCRIPT = auto()
    """The text of an inline script."""
    SIGN_OFF = auto()
    """«انتهای پیام/» and what follows it."""
    NEWS_END = auto()
    """``div.news_end`` and what follows it."""
    AFTER_BODY = auto()
    """``#MV_afterBody`` and what follows it."""


class Writing(StrEnum):
    """Characters that mean the same as the clean ones."""

    ARABIC_LETTERS = auto()
    ARABIC_DIGITS = auto()
    NBSP = auto()
    TATWEEL = auto()
    BIDI_MARKS = auto()
    ZWNJ_ENTITIES = auto()
    STRAY_ZWNJ = auto()
    BLANK_RUNS = auto()
    NUL_BYTES = auto()
    """Only where a fault puts them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The look of one page. The defaults are the target's own."""

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


CHROMES = 4

MEAN_NOISE = 2.5
"""Kinds of noise in a body."""
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
)
_REEL_HEADLINES = {Kind.GALLERY: Headline.MISSING, Kind.VIDEO: Headline.VIDEO_TITLE}
_LOOK = 201

T = TypeVar("T")


def _ladder(*weights: tuple[T, float]) -> tuple[T, ...]:
    """The choices in a row of 100, each as often as its weight says."""
    total = sum(weight for _, weight in weights)
    return tuple(choice for choice, weight in weights for _ in range(max(1, round(100 * weight / total))))


_TOOLBARS = _ladder(*zip(Toolbar, (50, 15, 10, 15, 10), strict=True))
_HEADLINES = _ladder((Headline.TITLE, 65), (Headline.HTAGS, 35))
_KICKERS = _ladder(*zip(Kicker, (60, 25, 15), strict=True))
_LEADS = _ladder(*zip(Lead, (70, 30), strict=True))
_ELEMENTS = _ladder(*zip(BodyElement, (50, 20, 15, 15), strict=True))
_BODY_FORMS = _ladder(*zip(BodyForm, (55, 25, 20), strict=True))
_DATE_FORMS = _ladder(*_FORMS_WITH_TIME)
_METAS = _ladder(*zip(MetaForm, (60, 35, 5), strict=True))
_MODIFIED = _ladder(*zip(Modified, (40, 25, 35), strict=True))
_JSONLD = _ladder(*zip(JsonLd, (55, 25, 10, 10), strict=True))
_PICTURES = _ladder(*zip(LeadPicture, (40, 30, 20, 10), strict=True))
_HREFS = _ladder(*zip(Hrefs, (50, 25, 25), strict=True))
_DIGITS = _ladder(*zip(Digits, (85, 8, 7), strict=True))
_PATHS = _ladder(*zip(Path, (50, 30, 20), strict=True))
_NOISE = tuple(Noise)
_DIRT = tuple(manner for manner in Writing if manner is not Writing.NUL_BYTES)


def look_of(seed: int, code: int, kind: Kind) -> Look:
    """The look of a code's page: the same for ever."""
    rnd = draws(seed, code, _LOOK)
    headline = _pick(rnd, _HEADLINES)
    date_form = _pick(rnd, _DATE_FORMS)
    if kind is not Kind.ARTICLE:
        headline = _REEL_HEADLINES[kind] if rnd() < 0.4 else headline
        date_form = DateForm.MISSING if rnd() < 0.3 else date_form
    meta_form = _pick(rnd, _METAS)
    if date_form is DateForm.MISSING and meta_form is MetaForm.MISSING:
        meta_form = MetaForm.ISO
    if date_form is DateForm.DAY_ONLY:
        meta_form = MetaForm.MISSING
    if date_form is DateForm.IMPOSSIBLE:
        meta_form = MetaForm.JALALI
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
    )


def _pick(rnd: Callable[[], float], choices: tuple[T, ...]) -> T:
    return choices[int(rnd() * len(choices))]
