"""Name every variation that is known of the CMS's pages, as seen on saved pages of its outlets."""

from __future__ import annotations

from enum import StrEnum, auto


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
    """The element of the headline."""

    TITLE = auto()
    """``div.title > h1.title > a``."""
    HTAGS = auto()
    """``h1.Htags > a.title``."""
    MISSING = auto()
    """Only in the head of the page (galleries)."""
    VIDEO_TITLE = auto()
    """``.video_title`` (videos)."""
    SECOND = auto()
    """``h2 > a``."""
    SPAN = auto()
    """``h1 > span.title-news``, its line broken."""


class Kicker(StrEnum):
    """The class of the line above the headline."""

    RUTITR = "rutitr"
    RUTITR_BODY = "rutitr_body"
    NEWSPAGE_RUTITR = "newspage_rutitr"
    ROTITR = "rotitr"


class Lead(StrEnum):
    """The element of the lead."""

    SUBTITLE = auto()
    HTAGS = auto()
    """``div.subtitle > h2.Htags_news_subtitle > strong.news_strong``."""
    LINES = auto()
    """With ``<br>`` between its words."""


class BodyElement(StrEnum):
    """The element around the text."""

    DIV = '<div class="body col-xs-36" style="padding-left:18px; padding-right: 11px;">'
    COLUMNS_FIRST = '<div class="col-xs-36 body">'
    MEDIA = '<div class="body body_media_content_show" style="text-align: justify;padding: 10px;">'
    SECTION = '<section class="body" id="newsMainBody">'


class BodyForm(StrEnum):
    """How the text is divided into paragraphs."""

    PARAGRAPHS = auto()
    """``<p>`` blocks."""
    BREAKS = auto()
    """One run of text with ``<br>``."""
    WORD = auto()
    """Nested ``div``, ``span``, ``strong`` and ``br``, as pasted from a word processor."""


class DateForm(StrEnum):
    """The form of the date of publication on the page."""

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
    """As the target's, with a Gregorian date of another day. The Jalali one is true."""
    IMPOSSIBLE = auto()
    """``۳۱ مهر ۱۴۰۱ - ۱۰:۲۰``; in the head of the page too."""
    MISSING = auto()
    """Only in the head of the page (galleries, videos)."""
    TWELVE_HOURS = auto()
    """``۰۴ بهمن ۱۴۰۱ ساعت ۱۰:۵۴ ب.ظ``, which is not read: the head of the page has the truth."""


class DatePlace(StrEnum):
    """The class of the element of the date."""

    SURE = "news_pdate_c"
    FAMILY = "news-publishdate"


class Comments(StrEnum):
    """How a page shows that there are comments."""

    ITEMS = auto()
    """``div.comments_item``, and no number."""
    COUNTER = auto()
    """The number in the toolbar too."""
    NUMBERED = auto()
    """``div#comm_N`` with the number above them."""


class TagPlace(StrEnum):
    """Where the tags stand."""

    BELOW = auto()
    """Below the article."""
    IN_BODY = auto()


class Reel(StrEnum):
    """How a gallery or a film is put into its page."""

    USUAL = auto()
    """``album_content``, ``video_content``."""
    OTHER = auto()
    """``image_set`` alone; a bare ``video`` in ``div.video``."""
    SCRIPT = auto()
    """``album_list_content``; the film's file in the script of its player."""


class MetaForm(StrEnum):
    """The form of the dates in ``meta``."""

    JALALI = auto()
    """``۱۳۹۶/۰۲/۲۸ - ۲۲:۵۷``"""
    ISO = auto()
    """``2026-10-01T15:45:01+03:30``"""
    MISSING = auto()


class Modified(StrEnum):
    """What the site gives as the time of the last change before any edit."""

    NEVER = auto()
    """``۰/۰۰/۰۰ - ۰۰:۰۰``"""
    BEFORE = auto()
    """Before the publication: the draft's last change."""
    AFTER = auto()


class JsonLd(StrEnum):
    """The state of the JSON-LD of a page."""

    MISSING = auto()
    WHOLE = auto()
    TRUNCATED = auto()
    WRONG = auto()
    """Of another article."""


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
    """With «گروه :» before it and ``»`` between its links."""


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
    """The text of an inline script, shown as text."""
    SIGN_OFF = auto()
    """«انتهای پیام/» and what follows it."""
    NEWS_END = auto()
    """``div.news_end`` and what follows it."""
    AFTER_BODY = auto()
    """``#MV_afterBody`` and what follows it."""
    HOME_LINK = auto()
    """A link to the outlet's home at the head of the text."""
    ADVERT = auto()
    """A link by way of the site's advertising addresses, another one every day."""
    SUGGESTION = auto()
    """A box with a label and another article's link, another one every day."""
    FILM_BOX = auto()
    """Headings over links: a film, an old article."""
    VISITS = auto()
    """How often the page was read."""


class Writing(StrEnum):
    """Characters that mean the same as the clean ones."""

    ARABIC_LETTERS = auto()
    ARABIC_DIGITS = auto()
    NBSP = auto()
    TATWEEL = auto()
    BIDI_MARKS = auto()
    ZWNJ_ENTITIES = auto()
    ESCAPED_TWICE = auto()
    """Entities that were escaped once too often."""
    STRAY_ZWNJ = auto()
    BLANK_RUNS = auto()
    NUL_BYTES = auto()
    """Only where a fault puts them."""
