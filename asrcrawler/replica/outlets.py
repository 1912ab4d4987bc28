"""Name the outlets that the replica can stand for, and their habits. All but the name of the first are invented."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from asrcrawler.replica.fates import ABSENCES, Fate
from asrcrawler.replica.templates import template

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asrcrawler.replica.look import Look

MOST_OUTLETS = 999
"""How many can be asked for by name."""
HABIT_WEIGHT = 6
"""How much oftener an outlet shows its usual kind of absence than outlets do on average."""
_WORDS = (
    ("narvan", "نارون"),
    ("senobar", "صنوبر"),
    ("shamshad", "شمشاد"),
    ("arghavan", "ارغوان"),
    ("niloofar", "نیلوفر"),
    ("avishan", "آویشن"),
    ("chenar", "چنار"),
    ("toska", "توسکا"),
    ("afra", "افرا"),
    ("banafsheh", "بنفشه"),
    ("nastaran", "نسترن"),
    ("pooneh", "پونه"),
    ("babooneh", "بابونه"),
    ("zoghalakhteh", "زغال‌اخته"),
    ("shaghayegh", "شقایق"),
    ("zaferan", "زعفران"),
    ("reyhan", "ریحان"),
    ("narges", "نرگس"),
    ("mamraz", "ممرز"),
    ("vanooshk", "ونوشک"),
    ("sanjed", "سنجد"),
    ("zalzalak", "زالزالک"),
    ("anjir", "انجیر"),
    ("shahtoot", "شاه‌توت"),
    ("kahkashan", "کهکشان"),
)
_ENDINGS = (("press", "پرس"), ("news", "نیوز"), ("online", "آنلاین"), ("khabar", "خبر"))
_PLAIN_ABSENCES = (Fate.NOT_FOUND, Fate.SOFT_404, Fate.HOME_REDIRECT, Fate.GONE, Fate.HOME_PAGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class InventedOutlet:
    """A news site that the replica stands for."""

    number: int
    """Its place among all of them, from 0; its codes, its texts and its habits follow from it."""
    name: str
    """The short name by which a crawler follows it."""
    title: str
    """The name by which its texts call it."""
    host: str
    """The host that its pages name as their own; it exists nowhere."""
    template: Look | None = None
    """The look that its pages have in common; None for a site where every page has another one."""
    absences: Sequence[tuple[Fate, float]] = ABSENCES
    """What its codes without an article show, by weight."""
    has_compression: bool = False
    has_validators: bool = True
    """Whether it answers conditional requests."""
    has_sitemaps: bool = True

    @property
    def site_name(self) -> str:
        """The name in the head and the header of its pages."""
        return f"{self.title} | نسخه نمایشی"

    @property
    def habits(self) -> dict[str, bool]:
        """Give the options of :class:`~asrcrawler.replica.server.ReplicaServer` that it is served with."""
        return {
            "compress": self.has_compression,
            "conditional": self.has_validators,
            "sitemaps": self.has_sitemaps,
        }


ASR = InventedOutlet(number=0, name="asr", title="عصرپرس", host="asrpress.example")
"""The outlet of a replica that stands for one only; its pages look in all the ways of the CMS."""


@cache
def invented(number: int) -> InventedOutlet:
    """Give the outlet of this number, from 0 on, the same each time; names that were given already get a number."""
    if number == ASR.number:
        return ASR
    round_, place = divmod(number - 1, len(_WORDS))
    if number < 0:
        raise IndexError(f"there is no invented outlet of number {number}")
    word, title = _WORDS[place]
    ending, title_ending = _ENDINGS[(place + round_) % len(_ENDINGS)]
    if again := round_ // len(_ENDINGS):
        ending, title_ending = f"{ending}{again + 1}", f"{title_ending} {again + 1}"
    usual = _PLAIN_ABSENCES[number % len(_PLAIN_ABSENCES)]
    return InventedOutlet(
        number=number,
        name=word + ending,
        title=f"{title} {title_ending}",
        host=f"{word}{ending}.example",
        template=template(number),
        absences=tuple((fate, weight * HABIT_WEIGHT if fate is usual else weight) for fate, weight in ABSENCES),
        has_compression=number % 3 == 1,
        has_validators=number % 4 != 2,
        has_sitemaps=number % 5 != 3,
    )


def every_outlet() -> dict[str, InventedOutlet]:
    """Give all outlets by name, in the order of their numbers."""
    return {outlet.name: outlet for outlet in map(invented, range(MOST_OUTLETS))}
