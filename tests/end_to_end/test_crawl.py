"""A real crawl against the replica: what is on the site is in the database, field by field."""

from __future__ import annotations

import json
import signal
import socket
import time
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asrcrawler.items import Media, Outcome
from asrcrawler.replica import PAGE_FIELDS, Content, World, paragraphs
from asrcrawler.replica.faults import OUTCOMES, Fault
from asrcrawler.replica.server import ReplicaServer
from asrcrawler.samaneh.dates import read_moment
from asrcrawler.storage.visits import runs
from tests.end_to_end.crawling import FAST, SITE, Crawl, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

IN_HASTE = "from asrcrawler.extensions import backoff; backoff.FIRST_SLOW_DELAY = 0.05"
SEED = Path(__file__).parents[3] / "shared" / "seed" / "article-32911.txt"


def as_exported(value: object) -> object:
    if isinstance(value, list):
        return [as_exported(item) for item in value]
    return {"url": value.url, "caption": value.caption} if isinstance(value, Media) else value


def test_two_thousand_codes_agree_with_the_truth_in_every_field(crawl_of: Callable[[ReplicaServer], Crawl]) -> None:
    codes = range(30_001, 32_001)
    with ReplicaServer(World(first=codes[0], last=codes[-1])) as server:
        crawl = crawl_of(server)
        status, log = crawl.run(f"codes={codes[0]}-{codes[-1]}")
        truths = {code: server.truth(code) for code in codes}
        asked = server.requests.codes
    assert status == 0, log
    articles, ledger = crawl.articles(), crawl.ledger(codes)
    assert {code: ledger[code].outcome for code in codes} == {code: truths[code].outcome for code in codes}
    assert set(articles) == {code for code in codes if truths[code].outcome is Outcome.STORED}
    for code, article in articles.items():
        for name in PAGE_FIELDS:
            assert article[name] == as_exported(getattr(truths[code], name)), f"{name} of {code}"
    assert {c: a["duplicate_of"] for c, a in articles.items()} == {c: truths[c].duplicate_of for c in articles}
    assert not any("Traceback" in line for line in log.splitlines())
    # One request a code; the home page and other codes are asked for only where the site itself led there.
    assert all(asked[code] == 1 for code in codes)


@pytest.mark.skipif(not SEED.exists(), reason="the seed article is not beside this checkout")
def test_the_seed_article(crawl_of: Callable[[ReplicaServer], Crawl]) -> None:
    lines = [line.strip() for line in SEED.read_text("utf-8").splitlines() if line.strip()]
    date, title, lead, *body = lines[2:]
    moment = read_moment(date)
    assert moment is not None
    body[0] = body[0].removeprefix(title)  # the tool that made the text glued the lead picture's caption to it
    content = Content(title=title, lead=lead, blocks=paragraphs(*body), published_at=moment.at)
    with ReplicaServer(World(articles={32911: content})) as server:
        crawl = crawl_of(server)
        status, log = crawl.run("codes=32911")
        base_url = server.base_url
    assert status == 0, log
    article = crawl.articles()[32911]
    assert article["published_at"].isoformat() == "2023-01-24T22:54:00+03:30"
    assert article["published_jalali"] == "1401-11-04 22:54"
    assert article["short_url"] == base_url + "/0008Yp"
    assert (article["title"], article["lead"]) == (title, lead)
    assert article["body"].split("\n\n") == body
    assert len(body) == 7
    assert body[0].startswith("به گزارش عصرپرس، حسین امیرعبداللهیان")


def test_every_fault_ends_in_the_ledger_and_the_run_goes_on(crawl_of: Callable[[ReplicaServer], Crawl]) -> None:
    with ReplicaServer(World(first=1, last=60, density=1.0, deletion_share=0)) as server:
        codes = dict(zip(range(2, 60, 3), Fault, strict=False))
        for code, fault in codes.items():
            server.faults.put(code, fault, seconds=5)
        crawl = crawl_of(server)
        status, log = crawl.run("codes=1-60", settings=FAST | {"DOWNLOAD_TIMEOUT": 2, "RETRY_TIMES": 0})
    ledger = crawl.ledger(range(1, 61))
    assert {fault: ledger[code].outcome for code, fault in codes.items()} == {
        fault: OUTCOMES[fault] for fault in codes.values()
    }, log
    others = {ledger[code].outcome for code in range(1, 61) if code not in codes}
    assert others == {Outcome.STORED}
    assert status == 0
    assert "Traceback" not in log
    for code, fault in codes.items():
        if OUTCOMES[fault] not in {Outcome.STORED, Outcome.MISSING}:  # of these the log says nothing
            assert f"Code {code}: {OUTCOMES[fault]}, " in log


def test_the_same_code_again_is_an_update(crawl_of: Callable[[ReplicaServer], Crawl]) -> None:
    with ReplicaServer(World(first=1, last=20, density=1.0, deletion_share=0)) as server:
        crawl = crawl_of(server)
        crawl.run("codes=5-8")
        before = crawl.articles()
        status, _ = crawl.run("codes=5-8")
    after = crawl.articles()
    assert status == 0
    assert set(after) == {5, 6, 7, 8}
    assert [after[code]["revision"] for code in after] == [1, 1, 1, 1]
    assert all(after[code]["last_seen_at"] > before[code]["last_seen_at"] for code in after)
    assert len(crawl.visits(5)) == 2


def test_pages_are_asked_for_compressed_and_again_only_if_they_changed(
    crawl_of: Callable[[ReplicaServer], Crawl],
) -> None:
    with ReplicaServer(World(first=1, last=40, density=1.0, edit_share=0, deletion_share=0), compress=True) as server:
        crawl = crawl_of(server)
        later = (server.clock + timedelta(days=3)).isoformat()
        crawl.run("limit=20", settings=FAST | {"ASR_NOW": server.clock.isoformat()})
        server.requests.clear()
        status, _ = crawl.run(settings=FAST | {"ASR_NOW": later, "ASR_BACKFILL_PER_RUN": 0})
        again = [entry for entry in server.requests.entries if entry.code]
        encodings = {entry.encoding for entry in server.requests.entries}
    articles = crawl.articles()
    assert status == 0
    assert len([entry for entry in again if entry.conditional]) >= 10
    assert all("gzip" in encoding for encoding in encodings)
    assert {article["revision"] for article in articles.values()} == {1}
    assert all(article["body"] for article in articles.values() if article["kind"] == "article")


def test_a_watchdog_is_told_of_a_good_run(crawl_of: Callable[[ReplicaServer], Crawl]) -> None:
    with ReplicaServer(World(first=1, last=20)) as server:
        ping = f"{server.base_url}/files/ping.jpg"
        status, log = crawl_of(server).run("codes=1-3", settings=FAST | {"ASR_PING_URL": ping})
        asked = [entry.path for entry in server.requests.entries]
    assert (status, asked.count("/files/ping.jpg"), asked[-1]) == (0, 1, "/files/ping.jpg"), log


def test_a_site_that_names_no_article_is_status_1(crawl_of: Callable[[ReplicaServer], Crawl]) -> None:
    with ReplicaServer(World(first=1, last=20)) as server:
        for place in ("/fa/rss/allnews", "/fa"):
            server.faults.put(place, Fault.EMPTY)
        status, log = crawl_of(server).run()
    assert status == 1, log
    assert "Neither feed nor home page names an article; give the first codes with -a codes=" in log


def test_limit_bounds_the_run(crawl_of: Callable[[ReplicaServer], Crawl]) -> None:
    with ReplicaServer(World(first=1, last=100)) as server:
        crawl = crawl_of(server)
        status, _ = crawl.run("codes=1-1000000000", "limit=7")
        assert sum(server.requests.codes.values()) >= 7
    assert status == 0
    assert sorted(crawl.ledger(range(1, 101))) == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("arguments", "settings", "line", "status"),
    [
        (["codes=abc"], {}, "scrapy crawl: spider argument `codes`: 'abc' is not a list of codes", 2),
        (["limit=0"], {}, "scrapy crawl: spider argument `limit`: '0' is not a whole number of 1 or more", 2),
        (["code=5"], {}, "scrapy crawl: spider argument `code`: '5' is not known", 2),
        ([], {"ASR_BASE_URL": "asrpress.ir"}, "scrapy crawl: setting ASR_BASE_URL: 'asrpress.ir' is not", 1),
        ([], {"ASR_FIRST_CODE": "x"}, "scrapy crawl: setting ASR_FIRST_CODE: 'x' is not a whole number", 1),
        ([], {"ASR_DATABASE_URL": "here.db"}, "scrapy crawl: setting ASR_DATABASE_URL: 'here.db' is not", 1),
    ],
)
def test_wrong_input_is_one_line(
    tmp_path: Path, arguments: list[str], settings: dict[str, object], line: str, status: int
) -> None:
    crawl = Crawl("http://127.0.0.1:9", f"sqlite:///{tmp_path / 'asr.db'}")
    found, log = crawl.run(*arguments, settings=settings)
    assert found == status
    assert log.startswith(line)
    assert log.count("\n") == 1


def test_a_database_that_cannot_be_opened_is_one_line_and_status_1(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    crawl = Crawl("http://127.0.0.1:9", f"sqlite:///{tmp_path / 'file' / 'asr.db'}")
    status, log = crawl.run("codes=1")
    assert status == 1
    assert [line for line in log.splitlines() if "ERROR" in line and "database sqlite:" in line]
    assert "Traceback" not in log


def test_a_site_that_cannot_be_reached_is_status_75(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        crawl = Crawl(base_url, f"sqlite:///{tmp_path / 'asr.db'}")
        status, log = crawl.run("codes=5", settings=FAST | {"RETRY_TIMES": 0})
    assert status == 75, log
    assert crawl.ledger([5])[5].outcome is Outcome.FAILED


def test_a_site_that_refuses_is_left_after_a_few_requests(crawl_of: Callable[[ReplicaServer], Crawl]) -> None:
    with ReplicaServer(World(first=1, last=500, density=1.0)) as server:
        server.faults.put_on_share(1.0, Fault.FORBIDDEN)
        crawl = crawl_of(server)
        status, log = crawl.run("codes=1-500", settings=FAST | {"CONCURRENT_REQUESTS_PER_DOMAIN": 1}, before=IN_HASTE)
        asked = sum(server.requests.codes.values())
    assert status == 75
    assert asked <= 7
    assert "Leaving the site in peace: 5 refusals in a row" in log


def test_robots_txt_is_obeyed_and_its_crawl_delay_too(crawl_of: Callable[[ReplicaServer], Crawl]) -> None:
    with ReplicaServer(World(first=1, last=50), crawl_delay=0.5) as server:
        crawl = crawl_of(server)
        status, log = crawl.run("codes=1-5", settings={"DOWNLOAD_DELAY": 0, "DOWNLOAD_DELAY_JITTER": 0})
        times = [entry.at for entry in server.requests.entries if entry.code]
        agents = {entry.user_agent for entry in server.requests.entries}
    assert status == 0
    assert "robots.txt asks for 0.5 seconds between requests" in log
    assert all(after - before > 0.4 for before, after in pairwise(times))
    assert all(agent.startswith("asrcrawler/") for agent in agents)


def test_a_killed_run_loses_only_what_was_not_written_and_blocks_nobody(
    crawl_of: Callable[[ReplicaServer], Crawl],
) -> None:
    with ReplicaServer(World(first=1, last=400, density=1.0), latency=0.01) as server:
        crawl = crawl_of(server)
        process = crawl.start("codes=1-400", settings=FAST | {"ASR_BATCH_SIZE": 20})
        wait_until(lambda: len(server.requests) > 100)
        process.kill()
        process.communicate()
        kept = crawl.ledger(range(1, 401))
        status, log = crawl.run("codes=1-400")
    assert 0 < len(kept) < 400
    assert status == 0, log
    assert len(crawl.ledger(range(1, 401))) == 400
    assert [run.end_reason for run in runs.last_runs(crawl.database, SITE, 5)] == ["finished", "killed"]


def test_a_second_run_steps_aside_at_once(crawl_of: Callable[[ReplicaServer], Crawl]) -> None:
    with ReplicaServer(World(first=1, last=400, density=1.0), latency=0.05) as server:
        crawl = crawl_of(server)
        first = crawl.start("codes=1-400", settings={"DOWNLOAD_DELAY": 0.1})
        wait_until(lambda: len(server.requests) > 2)
        status, log = crawl.run("codes=1-400")
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=20)
    assert status == 0
    assert len([line for line in log.splitlines() if "another run on asrpress.ir is at work since" in line]) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_writes_what_is_in_hand_and_ends_within_seconds(
    crawl_of: Callable[[ReplicaServer], Crawl], number: signal.Signals
) -> None:
    with ReplicaServer(World(first=1, last=400, density=1.0)) as server:
        crawl = crawl_of(server)
        process = crawl.start("codes=1-400", settings={"DOWNLOAD_DELAY": 0.05})
        wait_until(lambda: sum(server.requests.codes.values()) > 20)
        stopped = time.monotonic()
        process.send_signal(number)
        log, _ = process.communicate(timeout=30)
        asked = server.requests.codes
    assert time.monotonic() - stopped < 8
    assert process.returncode == 0, log
    assert set(crawl.ledger(range(1, 401))) == set(asked)
    assert runs.last_runs(crawl.database, SITE, 1)[0].end_reason == "shutdown"


def test_what_is_exported_is_json_with_the_tehran_offset(crawl_of: Callable[[ReplicaServer], Crawl]) -> None:
    with ReplicaServer(World(first=1, last=30, density=1.0)) as server:
        crawl = crawl_of(server)
        crawl.run("codes=1-30")
    article = next(iter(crawl.articles().values()))
    assert json.dumps(article, default=str, ensure_ascii=False)
    assert isinstance(article["published_at"], datetime)
    assert str(article["published_at"].tzinfo) == "Asia/Tehran"
