"""Crawls with one of the general tools: ``python -m benchmarks.crawl.general`` with a JSON object on stdin, in an
environment that has the tools.

What a short script of one of their users does: a page after the other is fetched with requests, read by the tool and
stored in SQLite, with a commit each. Answers as ``benchmarks/crawl/worker.py`` does; the first pages are read before
the clock starts. Imports nothing of asrcrawler.
"""

from __future__ import annotations

import json
import logging
import resource
import sqlite3
import sys
import time
import warnings
from typing import Any

import requests

from benchmarks.extraction import peers

FIELDS = ("title", "lead", "published_at", "category", "tags", "body")


def main() -> None:
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    order: dict[str, Any] = json.load(sys.stdin)
    urls = [f"{order['base_url']}/fa/news/{code}" for code in range(order["first"], order["first"] + order["pages"])]
    database = sqlite3.connect(order["database"])
    database.execute(f"CREATE TABLE article (url TEXT PRIMARY KEY, {', '.join(FIELDS)})")
    with requests.Session() as session:
        for url in urls[: peers.WARM_UP]:
            peers.read(order["crawler"], session.get(url).content.decode(), url)
        began, cpu_before = time.perf_counter(), time.process_time()
        pages = sum(_crawled(session, database, order["crawler"], url) for url in urls)
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu_before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    json.dump({"pages": pages, "seconds": seconds, "cpu": cpu, "peak": peak}, sys.stdout)


def _crawled(session: requests.Session, database: sqlite3.Connection, tool: str, url: str) -> bool:
    """Fetch, read and store one page; tell whether there is one."""
    answer = session.get(url)
    if answer.status_code != requests.codes.ok:
        return False
    found = peers.read(tool, answer.content.decode(), url)
    values = [json.dumps(value) if isinstance(value, list) else value for value in map(found.get, FIELDS)]
    with database:
        database.execute(f"INSERT INTO article VALUES ({', '.join('?' * (len(FIELDS) + 1))})", [url, *values])
    return True


if __name__ == "__main__":
    main()
