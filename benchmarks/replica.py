"""Measure how many pages a second the replica serves: ``python -m benchmarks.replica [--seconds N] [--write]``.

One server process runs on one core, one client process on another. Every page is asked for once, so none comes from the
server's cache of rendered pages. Each line of the table takes N seconds (default 5).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from asrcrawler.replica import World
from asrcrawler.replica.process import ReplicaProcess
from benchmarks.readme import put

if TYPE_CHECKING:
    from collections.abc import Iterator

CODES = 1_000_000
FIRST_ASKED = 400_000  # news code; far from both ends
CONNECTIONS = 16
DEFAULT_SECONDS = 5.0
TARGET = 1500  # pages/s
_LENGTH = b"content-length:"


@dataclass(slots=True)
class Load:
    """The figures of one client."""

    answers: int = 0
    size: int = 0
    seconds: float = 0.0


def main() -> int:
    """Print the figures; give 1 if the target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replica", description=__doc__)
    parser.add_argument("--seconds", type=float, default=DEFAULT_SECONDS, help="for each line of the table")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    options = parser.parse_args()
    lines = ["| density | answers/s | KB each | CPU ms each |", "|---:|---:|---:|---:|"]
    rates = []
    for density in (1.0, 0.4):
        world = World(first=1, last=CODES, density=density)
        with ReplicaProcess(world) as replica:
            _pin(replica.pid)
            asyncio.run(_load(replica.base_url, 0.5, count(1)))  # the frames of pages are made once, before
            before = _cpu_seconds(replica.pid)
            load = asyncio.run(_load(replica.base_url, options.seconds, count(FIRST_ASKED)))
            used = _cpu_seconds(replica.pid) - before
        size, cost = load.size / load.answers / 1000, 1000 * used / load.answers
        rates.append(load.answers / load.seconds)
        lines.append(f"| {density} | {rates[-1]:,.0f} | {size:.1f} | {cost:.3f} |")
    lines += ["", f"Target: {TARGET:,} pages/s. Density 1.0 is pages alone, 0.4 has six absences to four pages."]
    print("\n".join(lines))
    if options.write:
        put("replica", "\n".join(lines))
    return int(min(rates) < TARGET)


async def _load(base_url: str, seconds: float, codes: Iterator[int]) -> Load:
    load = Load()
    start = time.perf_counter()
    port = int(base_url.rpartition(":")[2])
    await asyncio.gather(*(_client(port, start + seconds, codes, load) for _ in range(CONNECTIONS)))
    load.seconds = time.perf_counter() - start
    return load


async def _client(port: int, end: float, codes: Iterator[int], load: Load) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 18)
    while time.perf_counter() < end:
        writer.write(b"GET /fa/news/%d HTTP/1.1\r\nHost: replica\r\n\r\n" % next(codes))
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        start = head.index(_LENGTH) + len(_LENGTH)
        load.size += len(await reader.readexactly(int(head[start : head.index(b"\r", start)])))
        load.answers += 1
    writer.close()


def _pin(server: int) -> None:
    """Put the server on one core and this process on another, where there are two."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        os.sched_setaffinity(server, {cores[0]})
        os.sched_setaffinity(0, {cores[1]})


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    raise SystemExit(main())
