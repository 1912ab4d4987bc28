"""Serve several invented outlets at once, each at an address of its own, with one clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any, Self

from asrcrawler.replica.draws import mix
from asrcrawler.replica.hosting import Hosting
from asrcrawler.replica.outlets import ASR, invented
from asrcrawler.replica.server import ReplicaServer
from asrcrawler.replica.site import PAGES_KEPT
from asrcrawler.replica.wire import Wire
from asrcrawler.replica.world import DEFAULT_FIRST, DEFAULT_LAST, DEFAULT_PACE, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from asrcrawler.replica.outlets import InventedOutlet

FEWEST_PAGES_KEPT = 4
ARTICLES_PER_REPORT = 10
"""Articles of an outlet between two reports of the wire. As one in twelve is an agency report, an outlet prints about
half of the wire's, and two outlets have about a third in common."""
_SEED = 801


def worlds(
    outlets: Sequence[InventedOutlet],
    *,
    first: int = DEFAULT_FIRST,
    last: int = DEFAULT_LAST,
    seed: int = 1,
    articles_per_day: float = DEFAULT_PACE,
    **others: Any,
) -> list[World]:
    """Build a world for each outlet, with a wire that they share; ``others`` are options of :class:`World`.

    ``first`` and ``last`` are the codes of the first of all outlets, ``asr``. Each other one has as many, beginning
    further up by a third of them for each number before its own, so that neighbours have codes in common. An outlet has
    the same articles whichever others there are; ``asr`` alone has no wire, as the usual replica.
    """
    wire = Wire(seed, timedelta(days=ARTICLES_PER_REPORT / articles_per_day)) if list(outlets) != [ASR] else None
    step = max(1, (last - first + 1) // 3)
    return [
        World(
            first=first + step * outlet.number,
            last=last + step * outlet.number,
            seed=mix(seed, outlet.number, _SEED) if outlet.number else seed,
            articles_per_day=articles_per_day,
            outlet=outlet,
            wire=wire,
            **{"absences": outlet.absences, **others},
        )
        for outlet in outlets
    ]


class Replicas(Mapping[str, ReplicaServer]):
    """Servers by the name of their outlet, in one thread; a context manager that serves while it is open.

    The first is served on ``port``, each other one on the next; 0 takes free ones. ``habits`` are options of
    :class:`ReplicaServer` for all of them, and come before the outlets' own.
    """

    def __init__(self, worlds: Sequence[World], *, port: int = 0, **habits: Any) -> None:
        kept = max(FEWEST_PAGES_KEPT, PAGES_KEPT // max(1, len(worlds)))
        self._servers = {
            world.outlet.name: ReplicaServer(
                world,
                port=port and port + place,
                **{"pages_kept": kept, **world.outlet.habits, **habits},
            )
            for place, world in enumerate(worlds)
        }
        self._hosting = Hosting(self._servers.values())

    @classmethod
    def of(cls, count: int, **options: Any) -> Self:
        """Make those of the first ``count`` outlets, with options of :func:`worlds`."""
        return cls(worlds([invented(number) for number in range(count)], **options))

    def __getitem__(self, name: str) -> ReplicaServer:
        return self._servers[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._servers)

    def __len__(self) -> int:
        return len(self._servers)

    @property
    def worlds(self) -> list[World]:
        return [server.world for server in self.values()]

    @property
    def clock(self) -> datetime:
        """The present moment on all sites. Set it to move all worlds on (or back)."""
        return self.worlds[0].now

    @clock.setter
    def clock(self, moment: datetime) -> None:
        for world in self.worlds:
            world.now = moment

    def advance(self, span: timedelta) -> datetime:
        """Move the clock on, and give the new moment."""
        self.clock = (self.clock.astimezone(UTC) + span).astimezone(self.clock.tzinfo)
        return self.clock

    def __enter__(self) -> Self:
        """Serve in another thread. Raises :exc:`~asrcrawler.exceptions.ReplicaError` when a port is taken."""
        self._hosting.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._hosting.stop()

    def run(self, ready: Callable[[], None]) -> None:
        """Serve in this thread until interrupted, and call ``ready`` when that begins. Raises as opening it does."""
        self._hosting.run(ready)
