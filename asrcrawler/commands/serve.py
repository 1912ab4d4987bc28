"""Run ``scrapy serve``: serve the reading room."""

from __future__ import annotations

import logging
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from asrcrawler.cli.command import AsrCommand, warn
from asrcrawler.cli.options import HIGHEST_PORT, whole_number
from asrcrawler.exceptions import MissingLibraryError, UsageError
from asrcrawler.settings_file import is_open_to_others
from asrcrawler.system.signals import ended_by_sigterm

if TYPE_CHECKING:
    import argparse

    from asrcrawler.reader.passwords import Hash

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
NEEDED = ("fastapi", "jinja2", "prometheus_client", "uvicorn")
"""Libraries that the extra ``web`` installs."""

OPEN = (
    "--host {host} lets in whoever can reach this machine, without a password and without encryption; --password-file"
    " asks for one, and docs/reading-room.md shows how to put a reverse proxy before it"
)
UNENCRYPTED = (
    "--host {host}: passwords travel unencrypted, and whoever is on the way can read them;"
    " docs/reading-room.md shows how to put a reverse proxy before it"
)
READABLE = "{path} is open to other users of this machine; chmod 600 keeps its hashes from them"


class Command(AsrCommand):
    """A command that serves the archive to browsers and programs until Ctrl-C; it only reads."""

    summary = "Serve the reading room: read, search and watch the archive in a browser, until Ctrl-C."
    example = "scrapy serve --port 8000"
    arguments = "[outlet]"
    most_arguments = 1

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--host",
            default=DEFAULT_HOST,
            help=f"address to listen on; any but loopback lets others in (default: {DEFAULT_HOST})",
        )
        parser.add_argument(
            "--port",
            type=whole_number(0, HIGHEST_PORT),
            default=DEFAULT_PORT,
            help=f"port; 0 takes a free one (default: {DEFAULT_PORT})",
        )
        parser.add_argument(
            "--public-url",
            metavar="URL",
            help="address under which a reverse proxy shows it: the name it answers to, and the links of its feed",
        )

        parser.add_argument(
            "--password-file",
            metavar="FILE",
            type=Path,
            help="let in whom FILE names, by the lines that asrcrawler password NAME makes; read when it starts",
        )
        parser.add_argument(
            "--open-metrics",
            action="store_true",
            help="with --password-file: /metrics without a password, for Prometheus",
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> int:
        refuse_without_extra()
        from asrcrawler.cli.outlets import outlets_of
        from asrcrawler.reader.library import Library
        from asrcrawler.reader.server import is_loopback, serve
        from asrcrawler.storage import Database

        public_url, visitors = _public_url(opts.public_url), self._visitors(opts)
        with closing(Database(self.config.database_url, read_only=True)) as database, ended_by_sigterm():
            database.open_existing()
            site = outlets_of(database, args)[0].site if args else None
            library = Library(database=database, site=site, public_url=public_url)
            if not is_loopback(opts.host):
                warn(self.title, [(OPEN if visitors is None else UNENCRYPTED).format(host=opts.host)])
            try:
                serve(library, opts.host, opts.port, _announce, visitors=visitors, open_metrics=opts.open_metrics)
            except KeyboardInterrupt:
                logging.getLogger(__name__).info("closed")
            finally:
                database.hurry(0)  # nobody waits for an answer any more
        return 0

    def _visitors(self, opts: argparse.Namespace) -> dict[str, Hash] | None:
        """Read whom the file of passwords names; None where there is no file."""
        from asrcrawler.reader.passwords import read_file

        path: Path | None = opts.password_file
        if path is None:
            if opts.open_metrics:
                raise UsageError("--open-metrics goes with --password-file; without one /metrics is open")
            return None
        visitors = read_file(path)
        if is_open_to_others(path):
            warn(self.title, [READABLE.format(path=path)])
        return visitors


def _announce(address: str) -> None:
    print(f"Reading room on {address}; Ctrl-C ends it", flush=True)


def refuse_without_extra() -> None:
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise MissingLibraryError("the reading room", missing[0], "web")


def _public_url(value: str | None) -> str | None:
    if value is None:
        return None
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.path in {"", "/"}
        usable = usable and not parts.query and not parts.fragment and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise UsageError(
            f"--public-url {value!r} is not an address without a path, such as https://archive.example.org"
        )
    return value.rstrip("/")
