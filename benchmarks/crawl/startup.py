"""What starting costs: ``scrapy crawl asr`` with nothing to do, beside an empty Scrapy project's crawl."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from statistics import median
from typing import NamedTuple

from asrcrawler.replica import World
from asrcrawler.replica.server import ReplicaServer

PROJECT = Path(__file__).parents[2]
ROUNDS = 7
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

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
    """Median seconds of CPU of a whole process."""

    empty: float
    ours: float


def measure() -> Startup:
    """Both in turn. The last article has been stored before: our runs read the feed and end."""
    with tempfile.TemporaryDirectory() as folder, ReplicaServer(World(first=1, last=200, density=1.0)) as server:
        empty = _empty_project(Path(folder))
        own = _ENVIRONMENT | {"ASR_BASE_URL": server.base_url, "ASR_DATABASE_URL": f"sqlite:///{folder}/startup.db"}
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
        _seconds(ours, PROJECT, own)  # writes its byte code too
        rounds = [
            (_seconds([sys.executable, "-m", "scrapy", "crawl", "empty"], empty, _ENVIRONMENT),
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
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
