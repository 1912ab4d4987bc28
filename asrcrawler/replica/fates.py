"""Name what codes can turn out to be, and in which proportions."""

from __future__ import annotations

from enum import StrEnum

from asrcrawler.items import Outcome


class Fate(StrEnum):
    """What the site shows for a code."""

    ARTICLE = "article"
    NOT_FOUND = "404"
    SOFT_404 = "soft 404"
    GONE = "410"
    HOME_REDIRECT = "redirect to home"
    HOME_PAGE = "home page"
    OTHER_PAGE = "page of another code"
    OTHER_REDIRECT = "redirect to another code"
    SHELL = "article page without an article"


OUTCOMES = {
    Fate.ARTICLE: Outcome.STORED,
    Fate.NOT_FOUND: Outcome.MISSING,
    Fate.SOFT_404: Outcome.MISSING,
    Fate.GONE: Outcome.MISSING,
    Fate.HOME_REDIRECT: Outcome.MISSING,
    Fate.HOME_PAGE: Outcome.MISSING,
    Fate.OTHER_PAGE: Outcome.UNREADABLE,
    Fate.OTHER_REDIRECT: Outcome.UNREADABLE,
    Fate.SHELL: Outcome.UNREADABLE,
}
"""The outcome that a visit of such a code should have."""

ABSENCES: tuple[tuple[Fate, float], ...] = (
    (Fate.NOT_FOUND, 50),
    (Fate.SOFT_404, 35),
    (Fate.GONE, 4),
    (Fate.HOME_REDIRECT, 5),
    (Fate.HOME_PAGE, 2),
    (Fate.OTHER_PAGE, 2),
    (Fate.OTHER_REDIRECT, 1),
    (Fate.SHELL, 1),
)
"""What the codes that are no articles show, by weight."""


class Origin(StrEnum):
    """How an article came about."""

    REPORT = "report"
    AGENCY = "agency"
    """A report that other codes copy. It is never edited or deleted, so that its copies stay copies."""
    COPY = "copy"
    REWRITING = "rewriting"
    NOTICE = "notice"
    GALLERY = "gallery"
    VIDEO = "video"
    GIVEN = "given"
    """Put into the world by whoever made the world."""


ORIGINS: tuple[tuple[Origin, float], ...] = (
    (Origin.REPORT, 76),
    (Origin.AGENCY, 8),
    (Origin.COPY, 2.5),
    (Origin.REWRITING, 4),
    (Origin.NOTICE, 4),
    (Origin.GALLERY, 3),
    (Origin.VIDEO, 2.5),
)
