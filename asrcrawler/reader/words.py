"""Write figures, days and moments in Persian. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jdatetime

from asrcrawler import endings
from asrcrawler.items import Change
from asrcrawler.policy import MISSING
from asrcrawler.samaneh.body import CELL_SEPARATOR
from asrcrawler.text.calendar import TEHRAN, day_of
from asrcrawler.text.persian import clean, to_persian_digits

if TYPE_CHECKING:
    from datetime import date, datetime

    from asrcrawler.policy import Fall

MINUTE, HOUR, DAY = 60, 3600, 86400  # seconds
SHORTEST_IN_DAYS = 2 * DAY  # seconds; shorter durations are told in hours

JALALI_MONTHS: tuple[str, ...] = tuple(jdatetime.date.j_months_fa)
WEEKDAYS = ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه")  # in the order of date.weekday()
WEEKDAYS_FROM_SATURDAY = (*WEEKDAYS[5:], *WEEKDAYS[:5])
GREGORIAN_MONTHS = ("ژانویهٔ", "فوریهٔ", "مارس", "آوریل", "مهٔ", "ژوئن", "ژوئیهٔ", "اوت", "سپتامبر", "اکتبر",
                    "نوامبر", "دسامبر")  # fmt: skip

OUTCOMES = {
    "stored": "ذخیره‌شده",
    "missing": "ناموجود",
    "failed": "ناموفق",
    "refused": "ردشده از سوی سایت",
    "unreadable": "ناخوانا",
    "unvisited": "هنوز بازدیدنشده",
}
OUTCOME_MEANINGS = {
    "stored": "صفحهٔ خبر رسیده و خوانده شده است",
    "missing": "سایت گفته است چنین خبری ندارد",
    "failed": "پاسخ کاملی نرسیده است",
    "refused": "سایت اجازهٔ دیدن نداده است",
    "unreadable": "پاسخ کامل رسیده، اما خبری از آن خوانده نشده است",
    "unvisited": "تاکنون بازدید نشده‌اند",
}
FIELDS = {
    "kicker": "روتیتر",
    "title": "تیتر",
    "lead": "لید",
    "body": "متن",
    "category": "بخش",
    "tags": "برچسب‌ها",
    "images": "عکس‌ها",
    "videos": "ویدئوها",
    "author": "نویسنده",
    "published_at": "تاریخ انتشار",
    "modified_at": "تاریخ ویرایش",
    "comment_count": "تعداد نظرها",
}
"""Fields of an article that a page may lack."""
PLACES = {"page": "خود صفحه", "meta": "تگ‌های meta", "jsonld": "JSON-LD", MISSING: "پیدا نشد"}
"""Where the value of a field may come from, in the order in which the health page shows them."""
KINDS = {"gallery": "گالری", "video": "ویدئو"}
CHANGES = {
    Change.HEADLINE: "تیتر",
    Change.LEAD: "لید",
    Change.BODY: "متن",
    Change.TAGS: "برچسب یا بخش",
    Change.COSMETIC: "نگارشی",
}
ENDS = {
    endings.FINISHED: "تا پایان رفت",
    endings.ANOTHER_RUN: "اجرای دیگری در کار بود",
    endings.DATABASE_HELD: "برنامه‌ای دیگر پایگاه داده را در دست داشت",
    endings.DATABASE_FAILED: "پایگاه داده از کار افتاد",
    endings.START_ERROR: "آغاز نشد",
    endings.NOT_FOLLOWED: "این رسانه برای خزش نیست",
    endings.REFUSED: "سایت درخواست‌ها را رد کرد",
    endings.ASKED_TO_WAIT: "سایت خواست صبر کنیم",
    endings.RESTING: "سایت چندی به حال خود گذاشته شد",
    endings.UNREACHABLE: "سایت در دسترس نبود",
    endings.NOTHING_NAMED: "سایت هیچ خبری نام نبرد",
    endings.SHUTDOWN: "پیش از پایان متوقف شد",
    endings.CLOSED_BY_ANOTHER: "اجرایی دیگر جای آن را گرفت",
    endings.SILENT: "کارگر آن از کار افتاد",
    endings.REPARSED: "بازخوانی صفحه‌های نگه‌داشته، تا پایان",
    endings.REPARSE_INTERRUPTED: "بازخوانی صفحه‌های نگه‌داشته نیمه‌کاره ماند",
    "cancelled": "لغو شد",
    "closespider_timeout": "زمانی که داشت به پایان رسید",
    "closespider_timeout_no_item": "زمانی دراز چیزی نیافت",
    "closespider_itemcount": "به سقف تعداد نتیجه‌ها رسید",
    "closespider_pagecount": "به سقف تعداد صفحه‌ها رسید",
    "closespider_pagecount_no_item": "صفحه‌های بسیاری پیاپی چیزی نداشتند",
    "closespider_errorcount": "به سقف تعداد خطاها رسید",
    "memusage_exceeded": "بیش از اندازهٔ مجاز حافظه گرفت",
    "killed": "ناگهان قطع شد",
}
"""Why a run ended; Scrapy's reasons among ours. What is not here is shown as it is."""
STATES = {"working": "در حال کار", "killed": "ناتمام", "ended": "پایان‌یافته"}


def failure(why: str) -> str:
    """Say why a run of the queue failed; ``why`` is as :mod:`asrcrawler.storage.queue.standing` has it.

    >>> failure("unreachable, exit status 75")
    'سایت در دسترس نبود (وضعیت ۷۵)'
    """
    reason, _, status = why.partition(", exit status ")
    told = ENDS.get(reason, reason)
    return f"{told} (وضعیت {to_persian_digits(status)})" if status else told


def number(value: float) -> str:
    """Write a number as ``۱٬۲۳۴`` or ``۱٫۵``.

    >>> number(1234)
    '۱٬۲۳۴'
    """
    text = f"{value:,}" if isinstance(value, int) else f"{value:,g}"
    return to_persian_digits(text.replace(",", "٬").replace(".", "٫"))


def thousands(value: int) -> str:
    """Write a number in thousands as ``۵۶`` or ``۹٫۲``.

    >>> thousands(9_240), thousands(56_765)
    ('۹٫۲', '۵۶')
    """
    return number(value // 1000 if value >= 10_000 else value // 100 / 10)


def percentage(part: int, whole: int) -> str:
    """Write a share as ``۴٫۵٪``, rounded down, so that ۱۰۰٪ means all.

    >>> percentage(1999, 2000)
    '۹۹٫۹٪'
    """
    return f"{number(part * 1000 // whole / 10)}٪" if whole else "۰٪"


def fallen(fall: Fall, articles: int) -> str:
    """Say in a sentence that a field has left its main place; ``articles`` are the last ones."""
    name, place = FIELDS.get(fall.field, fall.field), PLACES.get(fall.place, fall.place)
    now, before = (number(round(100 * share)) for share in (fall.now, fall.before))
    return (
        f"«{name}» تنها در {now}٪ از {number(articles)} خبر اخیر از {place} خوانده شده، در حالی که این رقم"
        f" پیش‌تر {before}٪ بود؛ شاید قالب سایت تغییر کرده باشد."
    )


def size(count: int) -> str:
    """Write a number of bytes; a kilobyte has 1,000."""
    for step, unit in ((1_000_000_000, "گیگابایت"), (1_000_000, "مگابایت"), (1_000, "کیلوبایت")):
        if count >= step:
            return f"{number(round(count / step, 1))} {unit}"
    return f"{number(count)} بایت"


def duration(seconds: float) -> str:
    """Write a duration as ``۳ ساعت و ۲۰ دقیقه``, no more exact than is of use.

    >>> duration(12_000)
    '۳ ساعت و ۲۰ دقیقه'
    """
    whole = round(abs(seconds))
    if whole < MINUTE:
        return f"{number(whole)} ثانیه"
    if whole < HOUR:
        return f"{number(whole // MINUTE)} دقیقه"
    if whole < SHORTEST_IN_DAYS:
        hours, rest = divmod(whole, HOUR)
        minutes = f" و {number(rest // MINUTE)} دقیقه" if rest >= MINUTE else ""
        return f"{number(hours)} ساعت{minutes}"
    return f"{number(whole // DAY)} روز"


def jalali_day(day: date) -> jdatetime.date:
    return jdatetime.date.fromgregorian(date=day)


def day_in_words(day: date, *, weekday: bool = True) -> str:
    """Write a day as ``سه‌شنبه ۴ بهمن ۱۴۰۱``.

    >>> from datetime import date
    >>> day_in_words(date(2023, 1, 24))
    'سه‌شنبه ۴ بهمن ۱۴۰۱'
    """
    shown = jalali_day(day)
    name = f"{WEEKDAYS[day.weekday()]} " if weekday else ""
    return f"{name}{to_persian_digits(str(shown.day))} {month_in_words(shown.year, shown.month)}"


def short_day(day: date) -> str:
    """Write a day as ``۴ بهمن``."""
    shown = jalali_day(day)
    return f"{to_persian_digits(str(shown.day))} {JALALI_MONTHS[shown.month - 1]}"


def month_in_words(year: int, month: int) -> str:
    """Write a Jalali month as ``بهمن ۱۴۰۱``."""
    return f"{JALALI_MONTHS[month - 1]} {to_persian_digits(str(year))}"


def gregorian_in_words(day: date) -> str:
    """Write a day as ``۲۴ ژانویهٔ ۲۰۲۳``."""
    return to_persian_digits(f"{day.day} {GREGORIAN_MONTHS[day.month - 1]} {day.year}")


def clock(at: datetime) -> str:
    """Write the time of day as ``۲۲:۵۴``, in Tehran."""
    return to_persian_digits(f"{at.astimezone(TEHRAN):%H:%M}")


def moment(at: datetime) -> str:
    """Write a moment as ``سه‌شنبه ۴ بهمن ۱۴۰۱، ساعت ۲۲:۵۴``, in Tehran."""
    return f"{day_in_words(day_of(at))}، ساعت {clock(at)}"


def relative_day(day: date, today: date) -> str:
    """Write a day as ``امروز، سه‌شنبه ۴ بهمن ۱۴۰۱``, with a word for today and yesterday only."""
    near = {0: "امروز، ", 1: "دیروز، "}.get((today - day).days, "")
    return f"{near}{day_in_words(day)}"


def relative_moment(at: datetime, today: date) -> str:
    """Write a moment as ``۲۲:۵۴``, ``دیروز ۲۲:۵۴`` or ``۴ بهمن ۱۴۰۱، ۲۲:۵۴``, in Tehran."""
    day = day_of(at)
    if day == today:
        return clock(at)
    near = "دیروز " if (today - day).days == 1 else f"{day_in_words(day, weekday=False)}، "
    return f"{near}{clock(at)}"


def short_moment(at: datetime) -> str:
    """Write a moment as ``۴ بهمن ۱۴۰۱، ۲۲:۵۴``, in Tehran."""
    return f"{day_in_words(day_of(at), weekday=False)}، {clock(at)}"


def has_time(published_jalali: str | None) -> bool:
    """Tell whether the page gave a time beside the day of publication."""
    return published_jalali is None or " " in published_jalali


def shown(text: str | None) -> str:
    """Make an article's text safe to show: without characters that turn its direction or hide in it."""
    return clean(text) if text else ""


def shown_in_row(text: str) -> str:
    """Make a part of a text safe to show, and keep the blanks at its ends."""
    inner = shown(text)
    if not inner:
        return " " if text else ""
    return f"{' ' if text[0].isspace() else ''}{inner}{' ' if text[-1].isspace() else ''}"


def blocks(body: str | None) -> list[str | list[list[str]]]:
    """Split a body into paragraphs; successive table rows with equally many cells become one table."""
    found: list[str | list[list[str]]] = []
    for paragraph in (body or "").split("\n\n"):
        text = shown(paragraph)
        cells = text.split(CELL_SEPARATOR)
        last = found[-1] if found else None
        if len(cells) > 1 and isinstance(last, list) and len(last[0]) == len(cells):
            last.append(cells)
        elif len(cells) > 1:
            found.append([cells])
        elif text:
            found.append(text)
    return [CELL_SEPARATOR.join(block[0]) if isinstance(block, list) and len(block) == 1 else block for block in found]
