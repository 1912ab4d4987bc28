"""Say what the archive knows of a code that it has no article of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asrcrawler.items import Outcome
from asrcrawler.reader.words import relative_moment
from asrcrawler.storage.figures.status import code_history
from asrcrawler.storage.visits.ledger import newest_known
from asrcrawler.text.calendar import day_of
from asrcrawler.text.persian import to_persian_digits

if TYPE_CHECKING:
    from asrcrawler.reader.addresses import Scope

_SAID = {
    Outcome.MISSING: "سایت گفت چنین خبری ندارد",
    Outcome.FAILED: "پاسخ کاملی از سایت نرسید",
    Outcome.REFUSED: "سایت درخواست را رد کرد",
    Outcome.UNREADABLE: "پاسخ رسید، اما خبری از آن خوانده نشد",
    Outcome.STORED: "خبر ذخیره شد",
}


def known_of(scope: Scope, code: int) -> str:
    """Say in a sentence or two why there is no article with ``code``, and when it is looked at next."""
    if scope.outlet is None:
        return f"هیچ‌یک از رسانه‌های این بایگانی خبری با کد {_digits(code)} ندارد."
    row, _ = code_history(scope.database, scope.site, code)
    newest, name, today = newest_known(scope.database, scope.site), _digits(code), day_of(scope.now)
    if row is None or row["outcome"] is None:
        if newest is not None and code > newest:
            return (
                f"کد {name} از بزرگ‌ترین کد شناخته‌شده، {_digits(newest)}، بزرگ‌تر است."
                " خبرهای تازه معمولاً چند دقیقه پس از انتشار می‌رسند."
            )
        return f"کد {name} هنوز بازدید نشده است{'، اما سایت از آن نام برده است' if row is not None else ''}."
    said = f"کد {name} بازدید شده است: {_SAID[Outcome(row['outcome'])]} ({relative_moment(row['visited_at'], today)})."
    if row["next_visit_at"] is None:
        return f"{said} دیگر بازدید نمی‌شود."
    if row["next_visit_at"] <= scope.now:
        return f"{said} اکنون در نوبت بازدید دوباره است."
    return f"{said} بازدید بعدی: {relative_moment(row['next_visit_at'], today)}."


def _digits(code: int) -> str:
    return to_persian_digits(str(code))
