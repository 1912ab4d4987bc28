"""Run ``scrapy replica``: serve a stand-in of one outlet or several on loopback, to try the crawler on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from asrcrawler.cli.command import AsrCommand
from asrcrawler.cli.options import HIGHEST_PORT, number, whole_number
from asrcrawler.exceptions import UsageError
from asrcrawler.text.numbers import HIGHEST, plain

if TYPE_CHECKING:
    import argparse

    from asrcrawler.replica import InventedOutlet, Replicas, ReplicaServer

DEFAULT_PORT = 8765
_CODES = re.compile(r"([0-9]{1,10})-([0-9]{1,10})")


class Command(AsrCommand):
    """A command that serves replicas until Ctrl-C."""

    summary = "Serve a stand-in of one outlet or several, with invented articles, on 127.0.0.1 until Ctrl-C."
    example = "scrapy replica --port 8765 --codes 30001-33000 --outlets 2"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--port",
            type=whole_number(0, HIGHEST_PORT),
            default=DEFAULT_PORT,
            help=f"port, of several outlets the first one's, and each other one has the next; 0 takes free ones "
            f"(default {DEFAULT_PORT})",
        )
        parser.add_argument(
            "--codes",
            default=None,
            metavar="A-B",
            help="first and last news code, of asr; other outlets have as many, further up (default 30001-33000)",
        )
        parser.add_argument(
            "--density",
            type=number(1),
            default=0.4,
            metavar="SHARE",
            help="share of codes that are articles (default 0.4)",
        )
        parser.add_argument(
            "--seed",
            type=whole_number(0, HIGHEST),
            default=1,
            metavar="N",
            help="another number, another world (default 1)",
        )
        parser.add_argument(
            "--outlets",
            default="asr",
            metavar="N",
            help="how many outlets, up to 999, or their names, with commas between; all but asr are invented "
            "(default asr)",
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        replicas = replicas_of(opts)
        replicas.run(lambda: announce(replicas))
        return 0


def replicas_of(opts: argparse.Namespace) -> Replicas:
    """Make the outlets that the options ask for. Raises :exc:`~asrcrawler.exceptions.UsageError`."""
    from asrcrawler.replica import Replicas, worlds
    from asrcrawler.replica.world import DEFAULT_FIRST, DEFAULT_LAST
    from asrcrawler.samaneh.urls import HIGHEST_CODE

    first, last = _codes(opts.codes) if opts.codes is not None else (DEFAULT_FIRST, DEFAULT_LAST)
    made = worlds(_outlets(opts.outlets), first=first, last=last, density=opts.density, seed=opts.seed)
    if max(world.last for world in made) > HIGHEST_CODE:
        raise UsageError(f"--codes: {opts.codes!r} leaves no codes for the other outlets; begin lower")
    if opts.port and opts.port + len(made) - 1 > HIGHEST_PORT:
        raise UsageError(f"--port: {opts.port} leaves no ports for the other outlets; begin lower")
    return Replicas(made, port=opts.port)


def announce(replicas: Replicas) -> None:
    """Say where the replica is, with an example of an address; of several outlets, a line for each."""
    if len(replicas) == 1:
        server = next(iter(replicas.values()))
        print(f"Replica on {server.base_url} (for example {_example(server)}); Ctrl-C ends it", flush=True)
        return
    width = max(map(len, replicas))
    for name, server in replicas.items():
        print(f"{name:{width}} on {server.base_url} (for example {_example(server)})")
    print(f"These are {len(replicas)} outlets; Ctrl-C ends them", flush=True)


def _example(server: ReplicaServer) -> str:
    newest = server.world.newest(1)
    return server.url(newest[0]) if newest else f"{server.base_url}/fa"


def _outlets(text: str) -> list[InventedOutlet]:
    """Read a number of outlets, or their names."""
    from asrcrawler.replica import every_outlet

    known = every_outlet()
    words = [word.strip() for word in plain(text).split(",")]
    if len(words) == 1 and words[0].isdecimal() and 0 < len(words[0]) < 4:
        count = int(words[0])
        if 0 < count <= len(known):
            return list(known.values())[:count]
    elif all(word in known for word in words):
        return [known[word] for word in dict.fromkeys(words)]
    some = ",".join(list(known)[:3])
    raise UsageError(f"--outlets: {text!r} is neither a number from 1 to {len(known)} nor names such as {some}")


def _codes(text: str) -> tuple[int, int]:
    from asrcrawler.samaneh.urls import HIGHEST_CODE

    match = _CODES.fullmatch(plain(text))
    first, last = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 0 < first <= last <= HIGHEST_CODE:
        raise UsageError(f"--codes: {text!r} is not a range of news codes such as 30001-33000")
    return first, last
