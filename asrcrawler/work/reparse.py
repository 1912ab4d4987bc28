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
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from asrcrawler.exceptions import DamagedPageError, WorkerError
from asrcrawler.items import Article
from asrcrawler.pipelines.clean import clean_article
from asrcrawler.pipelines.dedupe import fingerprint
from asrcrawler.samaneh.urls import same_site
from asrcrawler.samaneh.visit import Answer, Asked, Elsewhere, judge, unread
from asrcrawler.text.packing import Dictionary, unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence

    from asrcrawler.items import Absence
    from asrcrawler.storage.reparse.rereading import Sheet, Story

FEW = 50  # codes; so many are read here before other processes have started
AHEAD = 3  # portions in flight for each process; bounds the memory, and no process waits

DAMAGED = "damaged page"
"""How the reason of an absence begins whose page could not be unpacked."""


class Reading(NamedTuple):
    """A story and what its sheets say today, an item a sheet."""

    story: Story
    items: list[Article | Absence]


class Reader(NamedTuple):
    """What is needed to read sheets; goes to every process once."""

    site: str
    base_url: str
    dictionaries: Mapping[int, bytes]

    def read(self, sheets: Sequence[Sheet]) -> list[Article | Absence]:
        """What the pages say. Never raises for anything a page may hold."""
        known = {number: Dictionary(number, data) for number, data in self.dictionaries.items()}
        return [self._read(sheet, known) for sheet in sheets]

    def _read(self, sheet: Sheet, dictionaries: Mapping[int, Dictionary]) -> Article | Absence:
        asked = Asked(site=self.site, code=sheet.code, base_url=self._base_url(sheet.url))
        answer = Answer(url=sheet.url, status=sheet.http_status or 200, at=sheet.at, headers=sheet.headers)
        try:
            item = self._judge(answer, asked, sheet, dictionaries)
        except DamagedPageError as error:
            item = unread(answer, asked, f"{DAMAGED}: it {error}")
        except Exception as error:
            item = unread(answer, asked, f"parser error: {type(error).__name__}")
        assert item.fetch is not None
        item.fetch.page, item.fetch.size = None, sheet.size  # it is kept already
        return item

    def _judge(
        self, answer: Answer, asked: Asked, sheet: Sheet, dictionaries: Mapping[int, Dictionary]
    ) -> Article | Absence:
        if sheet.dictionary_id is not None and sheet.dictionary_id not in dictionaries:
            raise DamagedPageError(f"was packed with dictionary {sheet.dictionary_id}, which is not in the database")
        dictionary = None if sheet.dictionary_id is None else dictionaries[sheet.dictionary_id]
        body = unpack(sheet.content, size=sheet.size, digest=sheet.digest, dictionary=dictionary)
        item = judge(answer.with_body(body), asked)
        if isinstance(item, Elsewhere):
            return unread(answer, asked, f"status {answer.status} leads to {item.url}")
        if isinstance(item, Article):
            clean_article(item)
            fingerprint(item)
        return item

    def _base_url(self, url: str) -> str:
        """Where the site was when the page was fetched; today's address, unless that was a mirror or a stand-in."""
        if same_site(url, self.base_url):
            return self.base_url
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}"


def read_again(
    reader: Reader, portions: Iterable[list[Story]], codes: int, *, processes: int | None = None
) -> Generator[list[Reading], None, None]:
    """What the sheets of every story say today, portion by portion, in order.

    ``codes`` is how many there will be: for a few, no process is started. Raises :exc:`WorkerError`.
    """
    if codes <= FEW and processes is None:
        for portion in portions:
            yield _matched(portion, reader.read(_sheets(portion)))
        return
    count = processes or len(os.sched_getaffinity(0))
    with _pool(reader, count) as read:
        waiting: deque[tuple[list[Story], Callable[[], list[Article | Absence]]]] = deque()
        for portion in portions:
            waiting.append((portion, read(_sheets(portion))))
            if len(waiting) > count * AHEAD:
                portion, result = waiting.popleft()
                yield _matched(portion, result())
        while waiting:
            portion, result = waiting.popleft()
            yield _matched(portion, result())


def whole(reading: Reading) -> Reading:
    """A reading without the sheets that are damaged."""
    pairs = list(zip(reading.story.sheets, reading.items, strict=True))
    sound = [(sheet, item) for sheet, item in pairs if not getattr(item, "reason", "").startswith(DAMAGED)]
    story = reading.story._replace(sheets=[sheet for sheet, _ in sound])
    return Reading(story, [item for _, item in sound])


def _sheets(portion: Sequence[Story]) -> list[Sheet]:
    return [sheet for story in portion for sheet in story.sheets]


def _matched(portion: Sequence[Story], items: Sequence[Article | Absence]) -> list[Reading]:
    rest = iter(items)
    return [Reading(story, [next(rest) for _ in story.sheets]) for story in portion]


@contextmanager
def _pool(reader: Reader, processes: int) -> Iterator[Callable[[list[Sheet]], Callable[[], list[Article | Absence]]]]:
    pool = ProcessPoolExecutor(processes, get_context("spawn"), initializer=_begin, initargs=(reader,))
    try:
        yield lambda sheets: pool.submit(_read, sheets).result
    except BrokenProcessPool as error:
        raise WorkerError("a process that reads pages was ended; what it had in hand was not written") from error
    finally:
        pool.shutdown(cancel_futures=True)


_reader: Reader


def _begin(reader: Reader) -> None:
    global _reader
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that writes
    Thread(target=_end_with_parent, daemon=True).start()
    _reader = reader


def _end_with_parent() -> None:
    """A process of a pool waits for work, and would for ever after ``kill`` of the one that has it."""
    if (parent := parent_process()) is not None:
        parent.join()
        os._exit(1)


def _read(sheets: list[Sheet]) -> list[Article | Absence]:
    return _reader.read(sheets)
