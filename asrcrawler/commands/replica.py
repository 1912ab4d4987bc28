"""Run ``scrapy replica``: serve a stand-in of the site on loopback, to try the crawler without the network."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from asrcrawler.cli.command import AsrCommand
from asrcrawler.cli.options import HIGHEST_PORT, number, whole_number
from asrcrawler.exceptions import UsageError
from asrcrawler.text.numbers import HIGHEST, plain

if TYPE_CHECKING:
    import argparse

    from asrcrawler.replica import ReplicaServer, World

DEFAULT_PORT = 8765
_CODES = re.compile(r"([0-9]{1,10})-([0-9]{1,10})")


class Command(AsrCommand):
    """A command that serves a replica until Ctrl-C."""

    summary = "Serve a stand-in of the site, with invented articles, on 127.0.0.1 until Ctrl-C."
    example = "scrapy replica --port 8765 --codes 30001-33000"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--port",
            type=whole_number(0, HIGHEST_PORT),
            default=DEFAULT_PORT,
            help=f"port; 0 takes a free one (default {DEFAULT_PORT})",
        )
        parser.add_argument(
            "--codes", default=None, metavar="A-B", help="first and last news code (default 30001-33000)"
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

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        from asrcrawler.replica import ReplicaServer

        server = ReplicaServer(world_of(opts), port=opts.port)
        server.run(lambda: announce(server))
        return 0


def world_of(opts: argparse.Namespace) -> World:
    """Make the world that the options ask for. Raises :exc:`~asrcrawler.exceptions.UsageError`."""
    from asrcrawler.replica import World
    from asrcrawler.replica.world import DEFAULT_FIRST, DEFAULT_LAST

    first, last = _codes(opts.codes) if opts.codes is not None else (DEFAULT_FIRST, DEFAULT_LAST)
    return World(first=first, last=last, density=opts.density, seed=opts.seed)


def announce(server: ReplicaServer) -> None:
    """Say in one line where the replica is, with an example of an address."""
    newest = server.world.newest(1)
    example = server.url(newest[0]) if newest else f"{server.base_url}/fa"
    print(f"Replica on {server.base_url} (for example {example}); Ctrl-C ends it", flush=True)


def _codes(text: str) -> tuple[int, int]:
    from asrcrawler.samaneh.urls import HIGHEST_CODE

    match = _CODES.fullmatch(plain(text))
    first, last = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 0 < first <= last <= HIGHEST_CODE:
        raise UsageError(f"--codes: {text!r} is not a range of news codes such as 30001-33000")
    return first, last
