"""Run ``asrcrawler password``: make a line of the file of passwords."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING

from asrcrawler.cli.command import AsrCommand
from asrcrawler.exceptions import UsageError

if TYPE_CHECKING:
    import argparse

LONGEST = 1_000  # characters


class Command(AsrCommand):
    """A command that writes ``name:hash`` to stdout; the password itself is shown and kept nowhere."""

    requires_project = False
    summary = "Make a line of the file for serve --password-file; asks for the password, or reads it from stdin."
    example = "asrcrawler password sara >> passwords"
    arguments = "NAME"
    most_arguments = 1

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        from asrcrawler.reader.passwords import check_name, line_of

        if not args:
            raise UsageError("give the NAME of a visitor")
        try:
            name = check_name(args[0])
        except ValueError as error:
            raise UsageError(f"{args[0]!r} {error}") from None
        password = _typed(name) if sys.stdin.isatty() else _piped()
        if not password or len(password) > LONGEST:
            raise UsageError(f"the password has to have 1 to {LONGEST:,} characters")
        print(line_of(name, password))


def _typed(name: str) -> str:
    """Ask for the password on the terminal, twice and without showing it."""
    try:
        password = getpass.getpass(f"Password for {name}: ")
        if getpass.getpass("The same again: ") != password:
            raise UsageError("the two passwords differ")
    except EOFError:
        return ""
    return password


def _piped() -> str:
    """Read the password from stdin: its first line."""
    try:
        return sys.stdin.buffer.readline().decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise UsageError("the password on stdin is not UTF-8") from None
