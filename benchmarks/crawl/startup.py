"""What starting costs: ``scrapy crawl asr`` with nothing to do, beside an empty Scrapy project's crawl."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

from asrcrawler.replica import World
from asrcrawler.replica.server import ReplicaServer

PROJECT = Path(__file__).parents[2]
ROUNDS = 7

_CFG = "[settings]\ndefault = empty.settings\n"
_SETTINGS = 'BOT_NAME = "empty"\nSPIDER_MODULES = ["empty.spiders"]\n'
_SPIDER = textwrap.dedent("""
    from scrapy import Spider

    class EmptySpider(Spider):
        name = "empty"

        async def start(self):
            return
            yield
""")


class Startup(NamedTuple):
    """Median seconds of a whole process."""

    empty: float
    ours: float


def measure() -> Startup:
    """Both in turn. The last article has been stored before: our runs read the feed and end."""
    with tempfile.TemporaryDirectory() as folder, ReplicaServer(World(first=1, last=200, density=1.0)) as server:
        empty = _empty_project(Path(folder))
        own = os.environ | {"ASR_BASE_URL": server.base_url, "ASR_DATABASE_URL": f"sqlite:///{folder}/startup.db"}
        ours = [
            sys.executable,
            "-m",
            "scrapy",
            "crawl",
            "asr",
            "-s",
            "DOWNLOAD_DELAY=0",
            "-s",
            "ASR_BACKFILL_PER_RUN=0",
        ]
        _seconds(ours, PROJECT, own)
        rounds = [
            (_seconds([sys.executable, "-m", "scrapy", "crawl", "empty"], empty, dict(os.environ)),
             _seconds(ours, PROJECT, own))
            for _ in range(ROUNDS)
        ]  # fmt: skip
    return Startup(median(empty for empty, _ in rounds), median(ours for _, ours in rounds))


def _empty_project(folder: Path) -> Path:
    spiders = folder / "empty" / "spiders"
    spiders.mkdir(parents=True)
    (folder / "scrapy.cfg").write_text(_CFG)
    (folder / "empty" / "__init__.py").touch()
    (folder / "empty" / "settings.py").write_text(_SETTINGS)
    (spiders / "__init__.py").touch()
    (spiders / "empty.py").write_text(_SPIDER)
    return folder


def _seconds(command: list[str], folder: Path, environment: dict[str, str]) -> float:
    begun = perf_counter()
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)
    return perf_counter() - begun
