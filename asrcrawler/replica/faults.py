"""Make a site fail in chosen ways, for chosen codes or paths, switched on and off while the server runs.

:data:`OUTCOMES` says how a visit should end with each fault. A fault can heal: after so many tries the page is as
without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto
from threading import Lock
from zlib import crc32

from asrcrawler.items import Outcome


class Fault(StrEnum):
    """A way in which the site fails."""

    ERROR_500 = auto()
    RETRY_SECONDS = auto()
    """503 with ``Retry-After`` in seconds."""
    RETRY_DATE = auto()
    """503 with ``Retry-After`` as an HTTP date."""
    TOO_MANY = auto()
    """429 with ``Retry-After`` in seconds."""
    FORBIDDEN = auto()
    """403."""
    NOT_FOUND = auto()
    """404, as of a site whose articles are out of reach for a while."""
    RESET = auto()
    """The connection is reset in place of an answer."""
    TRUNCATED = auto()
    """Half (:attr:`Rule.share`) of the page that ``Content-Length`` announces, then the end."""
    CUT_CHUNKS = auto()
    """Chunks without the last one."""
    CUT_CLOSED = auto()
    """A part of the page without a length, ended by closing the connection."""
    CUT_PAGE = auto()
    """A part of the page, with the length of that part."""
    CUT_GZIP = auto()
    """A part of the page's gzip, with the length of that part."""
    CUT_GZIP_CLOSED = auto()
    """The same without a length."""
    EMPTY = auto()
    """200 without a body."""
    SLOW = auto()
    """The right answer after :attr:`Rule.seconds`: stored by a client that waits so long, else failed."""
    CHALLENGE = auto()
    """A small page with status 200 that wants a script to be run (ArvanCloud)."""
    CHALLENGE_REDIRECT = auto()
    """307 to the same address with a cookie (ArvanCloud)."""
    OTHER_HOST = auto()
    """302 to another host."""
    HUGE = auto()
    """A page of 50 MB."""
    GZIP_BOMB = auto()
    """50 kB of gzip that become 50 MB."""
    WRONG_CHARSET = auto()
    """The right page, in UTF-8, declared as windows-1256 in the header and in ``meta``."""
    DIRTY_BYTES = auto()
    """The right page with NUL bytes in the text and lone surrogates in JSON-LD."""


OUTCOMES: dict[Fault, Outcome] = {
    Fault.ERROR_500: Outcome.FAILED,
    Fault.RETRY_SECONDS: Outcome.FAILED,
    Fault.RETRY_DATE: Outcome.FAILED,
    Fault.TOO_MANY: Outcome.REFUSED,
    Fault.FORBIDDEN: Outcome.REFUSED,
    Fault.NOT_FOUND: Outcome.MISSING,
    Fault.RESET: Outcome.FAILED,
    Fault.TRUNCATED: Outcome.FAILED,
    Fault.CUT_CHUNKS: Outcome.FAILED,
    Fault.CUT_CLOSED: Outcome.FAILED,
    Fault.CUT_PAGE: Outcome.FAILED,
    Fault.CUT_GZIP: Outcome.FAILED,
    Fault.CUT_GZIP_CLOSED: Outcome.FAILED,
    Fault.EMPTY: Outcome.FAILED,
    Fault.SLOW: Outcome.FAILED,
    Fault.CHALLENGE: Outcome.REFUSED,
    Fault.CHALLENGE_REDIRECT: Outcome.REFUSED,
    Fault.OTHER_HOST: Outcome.REFUSED,
    Fault.HUGE: Outcome.UNREADABLE,
    Fault.GZIP_BOMB: Outcome.UNREADABLE,
    Fault.WRONG_CHARSET: Outcome.STORED,
    Fault.DIRTY_BYTES: Outcome.STORED,
}
"""The outcome of visiting an article with this fault. Where it is ``STORED``, the truth is the usual one."""

CUTTING = frozenset(
    {
        Fault.TRUNCATED,
        Fault.CUT_CHUNKS,
        Fault.CUT_CLOSED,
        Fault.CUT_PAGE,
        Fault.CUT_GZIP,
        Fault.CUT_GZIP_CLOSED,
    }
)
"""The transports over which an answer can break off."""
ALTERING = CUTTING | {Fault.SLOW, Fault.WRONG_CHARSET, Fault.DIRTY_BYTES}
"""Faults that do something to the usual answer; the others take its place."""

DEFAULT_SECONDS = 30.0
HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A fault in force."""

    fault: Fault
    heals_after: int | None = None
    """Number of answers until it is over; None for never."""
    seconds: float = DEFAULT_SECONDS
    """The wait of ``SLOW``; what ``Retry-After`` asks for."""
    share: float = HALF
    """Of an answer that breaks off, how much comes."""


@dataclass(frozen=True, slots=True)
class _Share:
    rule: Rule
    share: float


class Faults:
    """The faults of a server. All methods may be called while it runs, from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._rules: dict[int | str, Rule] = {}
        self._shares: list[_Share] = []
        self._everywhere: Rule | None = None
        self._tries: dict[int | str, int] = {}

    def put(
        self,
        where: int | str,
        fault: Fault,
        *,
        heals_after: int | None = None,
        seconds: float = DEFAULT_SECONDS,
        share: float = HALF,
    ) -> None:
        """Put ``fault`` on the page of a code, or on a path such as ``/fa/rss/allnews``."""
        with self._lock:
            self._rules[where] = Rule(fault=fault, heals_after=heals_after, seconds=seconds, share=share)
            self._tries.pop(where, None)

    def put_on_share(
        self, share: float, fault: Fault, *, heals_after: int | None = None, seconds: float = DEFAULT_SECONDS
    ) -> None:
        """Put ``fault`` on this share of all codes, always the same ones. Shares of several faults add up."""
        with self._lock:
            self._shares.append(_Share(Rule(fault=fault, heals_after=heals_after, seconds=seconds), share))

    def put_everywhere(self, fault: Fault | None, *, seconds: float = DEFAULT_SECONDS) -> None:
        """Put ``fault`` on every address of the site until :meth:`clear`, or until it is lifted by None."""
        with self._lock:
            self._everywhere = Rule(fault=fault, seconds=seconds) if fault else None

    def lift(self, where: int | str) -> None:
        """Remove the fault of a code or path."""
        with self._lock:
            self._rules.pop(where, None)

    def clear(self) -> None:
        """Remove all faults and forget all tries."""
        with self._lock:
            self._rules.clear()
            self._shares.clear()
            self._tries.clear()
            self._everywhere = None

    def rule(self, where: int | str) -> Rule | None:
        """Give the fault on a code or path, healed or not, without counting a try."""
        if self._everywhere is not None:
            return self._everywhere
        rule = self._rules.get(where)
        if rule is None and self._shares and isinstance(where, int):
            rule = self._by_share(where)
        return rule

    def meet(self, where: int | str) -> Rule | None:
        """Give the fault that an answer for ``where`` meets, and count a try."""
        if not (self._rules or self._shares or self._everywhere):
            return None
        with self._lock:
            rule = self.rule(where)
            if rule is None or rule.heals_after is None:
                return rule
            tries = self._tries[where] = self._tries.get(where, 0) + 1
            return rule if tries <= rule.heals_after else None

    def _by_share(self, code: int) -> Rule | None:
        value = crc32(b"fault %d" % code) / 2**32
        for entry in self._shares:
            value -= entry.share
            if value < 0:
                return entry.rule
        return None
