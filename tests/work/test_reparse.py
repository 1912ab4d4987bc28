"""Reading captures again, here and in other processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import active_children
from multiprocessing.spawn import get_preparation_data
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import pytest

from asrcrawler.exceptions import WorkerError
from asrcrawler.http.completeness import BREAKS_OFF
from asrcrawler.items import Absence, Article, Capture, Outcome, StoredCapture
from asrcrawler.pipelines import reading
from asrcrawler.replica import World
from asrcrawler.replica.rendering import Pages
from asrcrawler.storage.reparse.rereading import CodeHistory
from asrcrawler.text.packing import Dictionary, pack, train
from asrcrawler.work import reparse
from asrcrawler.work.reparse import Reader, Reading, _pool, read_again, whole
from tests.storage.samples import NOON, SITE

if TYPE_CHECKING:
    from collections.abc import Iterable

WORLD = World(first=1, last=60, density=1.0, deletion_share=0)
RENDERED = Pages(WORLD, f"http://{SITE}")
READER = Reader(SITE, f"http://{SITE}", {})


def capture(
    code: int, body: bytes | None = None, *, dictionary: Dictionary | None = None, **given: Any
) -> StoredCapture:
    body = RENDERED.article(code, WORLD.now) if body is None else body
    url = f"http://{SITE}/fa/news/{code}"
    packed = pack(Capture(url=url, headers={}, body=body), dictionary)
    found = StoredCapture(
        visit_id=code,
        code=code,
        at=NOON,
        outcome="stored",
        url=url,
        http_status=200,
        headers={"etag": '"1"'},
        size=packed.size,
        digest=packed.digest,
        content=packed.content,
        dictionary_id=packed.dictionary,
    )
    return found._replace(**given)


def portions(codes: Iterable[int], each: int = 7) -> list[list[CodeHistory]]:
    histories = [CodeHistory(code, [], [capture(code)], lost=False) for code in codes]
    return [histories[start : start + each] for start in range(0, len(histories), each)]


def test_a_page_is_read_as_a_crawl_reads_it() -> None:
    [item] = READER.read([capture(6)])
    truth = WORLD.truth(6)
    assert isinstance(item, Article)
    assert (item.title, item.lead, item.body) == (truth.title, truth.lead, truth.body)
    assert item.text_digest is not None
    assert item.fetch is not None
    assert (item.fetch.at, item.fetch.etag, item.fetch.capture) == (NOON, '"1"', None)
    assert item.url == f"http://{SITE}/fa/news/6"


def test_a_process_that_reads_loads_neither_scrapy_nor_sqlalchemy() -> None:
    needed = f"{reparse.__name__}, {StoredCapture.__module__}"
    code = f"import sys, {needed}; print({{'scrapy', 'sqlalchemy'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_addresses_are_those_of_where_the_page_was_fetched() -> None:
    stand_in = capture(5, url="http://127.0.0.1:8765/fa/news/5")
    [item] = READER.read([stand_in])
    assert isinstance(item, Article)
    assert item.url == "http://127.0.0.1:8765/fa/news/5"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"content": b"broken"}, "damaged capture: it does not unpack"),
        ({"digest": b"d" * 32}, "damaged capture: it is not what was kept"),
        ({"dictionary_id": 9}, "damaged capture: it was packed with dictionary 9, which is not in the database"),
    ],
)
def test_a_damaged_page_is_told_and_speaks_for_nothing(given: dict[str, Any], reason: str) -> None:
    damaged = capture(5, **given)
    [item] = READER.read([damaged])
    assert isinstance(item, Absence)
    assert item.reason.startswith(reason)
    kept = whole(Reading(CodeHistory(5, [], [damaged, capture(5)], lost=False), [item, *READER.read([capture(5)])]))
    assert [len(kept.items), len(kept.history.captures)] == [1, 1]


@pytest.mark.parametrize(
    ("body", "status", "headers"),
    [(b"", 200, {}), (b"\0" * 100, 200, {}), (b"<html>", 302, {"location": f"http://{SITE}/fa/news/5/slug"})],
)
def test_whatever_was_kept_is_an_item(body: bytes, status: int, headers: dict[str, str]) -> None:
    [item] = READER.read([capture(5, body, http_status=status, headers=headers)])
    assert isinstance(item, Absence)
    assert item.outcome in {Outcome.FAILED, Outcome.UNREADABLE}


def test_a_page_that_breaks_off_is_no_article_and_says_what_it_reads() -> None:
    body = RENDERED.article(6, WORLD.now)
    [item] = READER.read([capture(6, body[: body.rindex(b"</body>")])])
    assert isinstance(item, Absence)
    assert (item.outcome, item.reason) == (Outcome.FAILED, BREAKS_OFF)
    assert item.reading is not None
    assert (item.reading.title, item.reading.text_digest is not None) == (WORLD.truth(6).title, True)
    assert item.reading.fetch is not None
    assert item.reading.fetch.capture is None


def test_a_parser_that_fails_on_a_page_does_not_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(reading, "judge", fail)
    [item] = READER.read([capture(5)])
    assert isinstance(item, Absence)
    assert (item.outcome, item.reason) == (Outcome.UNREADABLE, "parser error: RecursionError")


def test_processes_give_what_this_one_gives_in_the_same_order() -> None:
    trained = train([RENDERED.article(code, WORLD.now) for code in range(1, 31)])
    assert trained is not None
    dictionary = Dictionary(3, trained.data)
    histories = [CodeHistory(code, [], [capture(code, dictionary=dictionary)], lost=False) for code in range(1, 61)]
    reader = READER._replace(dictionaries={3: trained.data})
    each = [histories[start : start + 4] for start in range(0, 60, 4)]
    here = list(read_again(reader, each, codes=10))
    elsewhere = list(read_again(reader, each, codes=60, processes=2))
    assert elsewhere == here
    assert sum(isinstance(item, Article) for portion in here for reading in portion for item in reading.items) == 60


def test_no_more_than_a_few_portions_are_in_flight() -> None:
    asked: list[int] = []

    def endless() -> Iterable[list[CodeHistory]]:
        for code in range(1, 61):
            asked.append(code)
            yield [CodeHistory(code, [], [capture(code)], lost=False)]

    reading = read_again(READER, endless(), codes=60, processes=1)
    next(reading)
    assert len(asked) == reparse.AHEAD + 1
    reading.close()


def end_at_once(_: object) -> None:
    """What the system does to a process that takes too much memory."""
    os._exit(9)


POOL = """
import os, time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from asrcrawler.work import reparse
pool = ProcessPoolExecutor(1, get_context("spawn"), initializer=reparse._begin, initargs=(None,))
print(pool.submit(os.getpid).result(), flush=True)
time.sleep(60)
"""


def is_at_work(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"  # ended, and nobody has asked how


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_no_process_is_left_when_the_one_that_writes_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", POOL], stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        reading = int(killed.stdout.readline())
        assert is_at_work(reading)
        killed.kill()
    until = monotonic() + 20
    while is_at_work(reading) and monotonic() < until:
        sleep(0.05)
    left = is_at_work(reading)
    if left:
        os.kill(reading, signal.SIGKILL)
    assert not left


def test_a_process_that_is_gone_is_one_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reparse, "_read", end_at_once)
    with pytest.raises(WorkerError, match="was ended"):
        list(read_again(READER, portions([1]), codes=60, processes=1))


def test_a_process_does_not_run_the_script_of_the_program_again(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, Any]] = []

    def submit(*_: object) -> Future[Any]:
        told.append(get_preparation_data(""))
        return Future()

    monkeypatch.setattr(ProcessPoolExecutor, "submit", submit)
    before = sys.modules["__main__"].__spec__
    with _pool(READER, 1) as read:
        read([])
    assert told[0]["init_main_from_name"].endswith(".__main__")  # which multiprocessing does not run
    assert "init_main_from_path" not in told[0]
    assert sys.modules["__main__"].__spec__ is before


def test_ctrl_c_is_not_for_the_processes_that_read() -> None:
    with _pool(READER, 1) as read:
        assert read([])() == []
        [child] = active_children()
        status = Path(f"/proc/{child.pid}/status").read_text()
        blocked = int(status.partition("SigBlk:")[2].split()[0], 16)
        assert blocked >> (signal.SIGINT - 1) & 1
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
