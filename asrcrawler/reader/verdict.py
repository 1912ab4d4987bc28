"""Say in Persian how an archive stands: one sentence, and what is wrong. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.reader.words import duration, fallen, number, short_moment
from asrcrawler.storage.figures.verdicts import Kind

if TYPE_CHECKING:
    from datetime import datetime

    from asrcrawler.reader.health import Standing
    from asrcrawler.storage.figures.verdicts import Problem


def sentence(standing: Standing) -> str:
    """Sum up how the archive stands."""
    ended = standing.last_good.ended_at if standing.last_good else None
    ago = f"آخرین اجرای خوب {duration((standing.at - ended).total_seconds())} پیش پایان یافت" if ended else ""
    working = "خزشی در جریان است" if standing.is_working else ""
    if standing.judgement == "bad":
        return f"{working or 'خبرهای تازه دریافت نمی‌شوند'}{'؛ ' if ago else ''}{ago}."
    head = "به‌روز است، اما نیاز به توجه دارد" if standing.judgement == "warn" else "به‌روز است"
    return f"{head}: {'؛ '.join(part for part in (working, ago) if part)}."


def told(problem: Problem, now: datetime) -> str:
    """Say in a sentence what is wrong."""
    at = "" if problem.at is None else short_moment(problem.at)
    ago = "" if problem.at is None else duration((now - problem.at).total_seconds())
    before, share = (f"{number(round(100 * value, 1))}٪" for value in (problem.before, problem.now))
    return {
        Kind.NO_RUN: "هنوز هیچ اجرایی نبوده است.",
        Kind.NO_GOOD_RUN: f"از نخستین اجرا در {at} تاکنون هیچ اجرایی به‌خوبی پایان نیافته است.",
        Kind.OLD: f"از آخرین اجرای خوب {ago} می‌گذرد ({at}).",
        Kind.AHEAD: f"اجرایی در {at} ثبت شده که هنوز نیامده است: ساعت آن رایانه ({problem.host}) نادرست است، یا این.",
        Kind.COVERAGE: f"سهم کدهای بازدیدشده در یک روز از {before} به {share} کم شده است.",
        Kind.FIELD: "" if problem.fall is None else fallen(problem.fall, problem.articles),
    }[problem.kind]
