"""Say what is wrong with an address: the exceptions that ``app`` answers, and what people are told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_UNREAD = "خوانده نشد. شمسی بنویسید، مانند ۱۴۰۱/۱۱/۰۴، یا میلادی، مانند ۲۰۲۳/۰۱/۲۴."
_NUMBER = "شماره‌ای که در نشانی آمده درست نیست."
_PERSIAN = {
    "no_words": "در آنچه نوشته‌اید واژه‌ای برای جستن نیست.",
    "reversed": "روز «از» پس از روز «تا» است.",
    "texts_reversed": "متن نخست باید پیش از متن دوم باشد.",
    "q": "این همه واژه را نمی‌توان با هم جست. کوتاه‌تر بنویسید.",
    "class": "چنین نوعی از ویرایش نیست.",
    "state": "چنین وضعیتی نیست.",
    "outcome": "چنین نتیجه‌ای نیست.",
    "reason": "چنین علتی نیست.",
    "order": "ترتیبی که در نشانی آمده شناخته نیست.",
    "since": f"روز «از» {_UNREAD}",
    "until": f"روز «تا» {_UNREAD}",
    "day": f"این روز {_UNREAD}",
    "category": "نام بخش بیش از اندازه بلند است.",
    "tag": "نام برچسب بیش از اندازه بلند است.",
    **dict.fromkeys(("code", "number"), "چنین کد خبری نیست."),
    **dict.fromkeys(("before", "after", "page", "limit", "from", "to", "behind"), _NUMBER),
}
"""What people are told of an error of this kind, or of any error of the parameter."""


class NotThere(Exception):
    """An address of something the archive does not have; ``app`` answers it with status 404."""

    def __init__(self, persian: str, english: str) -> None:
        super().__init__(english)
        self.persian = persian


class NoArticle(NotThere):
    """An address of an article that the archive does not have."""

    def __init__(self, code: int) -> None:
        super().__init__("خبری با این کد در بایگانی نیست.", "no article with this code is stored")
        self.code = code


class NoOutlet(NotThere):
    """The name of an outlet that the archive does not have."""

    def __init__(self, name: str, there: Sequence[str], *, in_path: bool) -> None:
        persian = "چنین صفحه‌ای نیست." if in_path else "چنین رسانه‌ای در بایگانی نیست."
        super().__init__(persian, f"outlet: there is no {name!r}; there is: {', '.join(there)}")
        self.status = 404 if in_path else 400


class Undecided(Exception):
    """An address that leaves open which of several outlets it is about; ``choosing`` answers it."""

    def __init__(self, code: int | None = None) -> None:
        super().__init__("which outlet?")
        self.code = code


def problem(errors: Sequence[Mapping[str, Any]]) -> tuple[int, str, str]:
    """Tell of the first error that was found in an address: the status, a line for people, one for machines."""
    first = errors[0]
    place, name = (*first["loc"], "", "")[:2]
    persian = _PERSIAN.get(first["type"]) or _PERSIAN.get(name, "نشانی درست نیست.")
    english = str(first.get("ctx", {}).get("error", first["msg"]))
    return 404 if place == "path" else 400, persian, f"{name}: {english}" if name else english
