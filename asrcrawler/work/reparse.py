"""Read captures again with today's parser, on all cores, in the order they were asked for.

A capture goes to another process packed, and comes back as an item that the functions of the pipelines have worked on.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from importlib.machinery import ModuleSpec
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

from asrcrawler.exceptions import WorkerError
from asrcrawler.items import Absence
from asrcrawler.pipelines.reading import read_capture
from asrcrawler.text.packing import Dictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence

    from asrcrawler.items import Article, StoredCapture
    from asrcrawler.storage.reparse.rereading import CodeHistory

FEW = 50  # codes; so many are read here before other processes have started
AHEAD = 3  # portions in flight for each process; bounds the memory, and no process waits


class Reading(NamedTuple):
    """The history of a code, and an item for each of its captures: what it says today."""

    history: CodeHistory
    items: list[Article | Absence]


class Reader(NamedTuple):
    """All that reading captures needs; it is sent to every process once."""

    site: str
    base_url: str
    dictionaries: Mapping[int, bytes]

    def read(self, captures: Sequence[StoredCapture]) -> list[Article | Absence]:
        """Read captures, an item for each; raise nothing, whatever they hold."""
        known = {number: Dictionary(number, data) for number, data in self.dictionaries.items()}
        return [
            read_capture(capture, known.get(capture.dictionary_id or 0), site=self.site, base_url=self.base_url)
            for capture in captures
        ]


def read_again(
    reader: Reader, portions: Iterable[list[CodeHistory]], codes: int, *, processes: int | None = None
) -> Generator[list[Reading], None, None]:
    """Read the captures of every history, portion by portion, in order.

    ``codes`` is how many codes will come: for a few, no process is started. Raises :exc:`WorkerError`.
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
    """Leave out of a reading the captures that are damaged."""
    pairs = zip(reading.history.captures, reading.items, strict=True)
    sound = [(capture, item) for capture, item in pairs if not (isinstance(item, Absence) and item.is_damaged)]
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
    """Submit captures to a pool.

    A process that it starts meanwhile inherits that it ignores Ctrl-C. By default it would also run the program's
    script again, and so load Scrapy; a script of such a name is one that multiprocessing leaves alone.
    """
    main = sys.modules["__main__"]
    before, spec = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}), main.__spec__
    main.__spec__ = ModuleSpec("asrcrawler.__main__", None)
    try:
        return pool.submit(_read, captures).result
    finally:
        main.__spec__ = spec
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_reader: Reader


def _begin(reader: Reader) -> None:
    global _reader
    Thread(target=_end_with_parent, daemon=True).start()
    _reader = reader


def _end_with_parent() -> None:
    """End this process when its parent was killed; it would wait for work for ever."""
    if (parent := parent_process()) is not None:
        parent.join()
        os._exit(1)


def _read(captures: list[StoredCapture]) -> list[Article | Absence]:
    return _reader.read(captures)
