"""The same crawl with PostgreSQL: killed, gone on with, looked at, exported; and a connection that is lost."""

from __future__ import annotations

import json
import time
from contextlib import closing

from sqlalchemy import create_engine, text

from asrcrawler.items import Outcome
from asrcrawler.replica import World
from asrcrawler.replica.server import ReplicaServer
from asrcrawler.storage.checks import findings
from asrcrawler.storage.visits import runs
from tests.commands import run
from tests.end_to_end.crawling import FAST, SITE, Crawl, wait_until


def test_a_killed_crawl_is_gone_on_with_and_its_articles_come_out(postgresql_url: str) -> None:
    with ReplicaServer(World(first=1, last=150, density=1.0, deletion_share=0), latency=0.01) as server:
        crawl = Crawl(server.base_url, postgresql_url)
        process = crawl.start("codes=1-150", settings=FAST | {"ASR_BATCH_SIZE": 10})
        wait_until(lambda: len(server.requests) > 60 and bool(crawl.ledger(range(1, 151))))
        process.kill()
        process.communicate()
        kept = crawl.ledger(range(1, 151))
        status, log = crawl.run("codes=1-150")
    assert 0 < len(kept) < 150
    assert status == 0, log
    assert {found.outcome for found in crawl.ledger(range(1, 151)).values()} == {Outcome.STORED}
    environment = {"ASR_DATABASE_URL": postgresql_url}
    exported = [json.loads(line) for line in run("export", environment=environment).stdout.splitlines()]
    assert [article["code"] for article in exported] == list(range(1, 151))
    assert json.loads(run("status", "--json", environment=environment).stdout)["articles"] == 150
    with closing(crawl.database) as database:
        assert [run.end_reason for run in runs.last_runs(database, SITE, 5)] == ["finished", "killed"]
        assert list(findings(database)) == []


def test_a_crawl_has_one_connection_whatever_it_does(postgresql_url: str) -> None:
    counted = []
    admin = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    count = text("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'asrcrawler %'")
    with (
        ReplicaServer(World(first=1, last=150, density=1.0, deletion_share=0)) as server,
        admin.connect() as connection,
    ):
        process = Crawl(server.base_url, postgresql_url).start("codes=1-150", settings=FAST | {"ASR_BATCH_SIZE": 5})
        while process.poll() is None:  # a dictionary is learnt from a hundred pages on
            if server.requests.codes:  # before, what the start asked for may still be closing its connection
                counted.append(connection.scalar(count))
            time.sleep(0.02)
        log, _ = process.communicate()
    admin.dispose()
    assert process.returncode == 0, log
    assert max(counted) == 1


def test_a_connection_that_is_lost_in_the_middle_loses_nothing(postgresql_url: str) -> None:
    with ReplicaServer(World(first=1, last=60, density=1.0, deletion_share=0)) as server:
        crawl = Crawl(server.base_url, postgresql_url)
        process = crawl.start("codes=1-60", settings={"DOWNLOAD_DELAY": 0.05, "ASR_BATCH_SIZE": 5})
        admin = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
        others = text(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE application_name LIKE 'asrcrawler %' AND pid <> pg_backend_pid()"
        )
        with admin.connect() as connection:
            for seen in (10, 25):  # where the last cut has not been noticed yet there is nothing to cut: wait for it
                wait_until(lambda enough=seen: len(server.requests) > enough)
                wait_until(lambda: connection.execute(others).scalar_one())
        admin.dispose()
        log, _ = process.communicate(timeout=60)
    assert process.returncode == 0, log
    assert "Traceback" not in log
    assert set(crawl.ledger(range(1, 61))) == set(range(1, 61))
    with closing(crawl.database) as database:
        assert list(findings(database)) == []
