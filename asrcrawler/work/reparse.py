"""Reads kept pages again with today's parser, on all cores, in the order they were asked for.

A page crosses to another process packed, and comes back as an item that went through the functions of the pipelines.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

from asrcrawler.exceptions import WorkerError
from asrcrawler.pipelines.reading import DAMAGED, read_capture
from asrcrawler.text.packing import Dictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence

    from asrcrawler.items import Absence, Article
    from asrcrawler.storage.reparse.rereading import CodeHistory, StoredCapture

FEW = 50  # codes; so many are read here before other processes have started
AHEAD = 3  # portions in flight for each process; bounds the memory, and no process waits


class Reading(NamedTuple):
    """A history and what its captures say today, an item a capture."""

    history: CodeHistory
    items: list[Article | Absence]


class Reader(NamedTuple):
    """What is needed to read captures; goes to every process once."""

    site: str
    base_url: str
    dictionaries: Mapping[int, bytes]

    def read(self, captures: Sequence[StoredCapture]) -> list[Article | Absence]:
        """What the pages say. Never raises for anything a page may hold."""
        known = {number: Dictionary(number, data) for number, data in self.dictionaries.items()}
        return [
            read_capture(capture, known.get(capture.dictionary_id or 0), site=self.site, base_url=self.base_url)
            for capture in captures
        ]


def read_again(
    reader: Reader, portions: Iterable[list[CodeHistory]], codes: int, *, processes: int | None = None
) -> Generator[list[Reading], None, None]:
    """What the captures of every history say today, portion by portion, in order.

    ``codes`` is how many there will be: for a few, no process is started. Raises :exc:`WorkerError`.
    """
    if codes <= FEW and processes is None:
        for portion in portions:
            yield _matched(portion, reader.read(_captures(portion)))
        return
    count = processes or len(os.sched_getaffinity(0))
    with _pool(reader, count) as read:
        waiting: deque[tuple[list[CodeHistory], Callable[[], list[Article | Absence]]]] = deque()
        for portion in portions:
            waiting.append((portion, read(_captures(portion))))
            if len(waiting) > count * AHEAD:
                portion, result = waiting.popleft()
                yield _matched(portion, result())
        while waiting:
            portion, result = waiting.popleft()
            yield _matched(portion, result())


def whole(reading: Reading) -> Reading:
    """A reading without the captures that are damaged."""
    pairs = list(zip(reading.history.captures, reading.items, strict=True))
    sound = [(capture, item) for capture, item in pairs if not getattr(item, "reason", "").startswith(DAMAGED)]
    history = reading.history._replace(captures=[capture for capture, _ in sound])
    return Reading(history, [item for _, item in sound])


def _captures(portion: Sequence[CodeHistory]) -> list[StoredCapture]:
    return [capture for history in portion for capture in history.captures]


def _matched(portion: Sequence[CodeHistory], items: Sequence[Article | Absence]) -> list[Reading]:
    rest = iter(items)
    return [Reading(history, [next(rest) for _ in history.captures]) for history in portion]


@contextmanager
def _pool(
    reader: Reader, processes: int
) -> Iterator[Callable[[list[StoredCapture]], Callable[[], list[Article | Absence]]]]:
    pool = ProcessPoolExecutor(processes, get_context("spawn"), initializer=_begin, initargs=(reader,))
    try:
        yield partial(_submit, pool)
    except BrokenProcessPool as error:
        raise WorkerError("a process that reads pages was ended; what it had in hand was not written") from error
    finally:
        pool.shutdown(cancel_futures=True)


def _submit(pool: ProcessPoolExecutor, captures: list[StoredCapture]) -> Callable[[], list[Article | Absence]]:
    """Hand captures to a pool. A process that begins meanwhile inherits that Ctrl-C is not for it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return pool.submit(_read, captures).result
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_reader: Reader


def _begin(reader: Reader) -> None:
    global _reader
    Thread(target=_end_with_parent, daemon=True).start()
    _reader = reader


def _end_with_parent() -> None:
    """A process of a pool waits for work, and would for ever after ``kill`` of the one that has it."""
    if (parent := parent_process()) is not None:
        parent.join()
        os._exit(1)


def _read(captures: list[StoredCapture]) -> list[Article | Absence]:
    return _reader.read(captures)
