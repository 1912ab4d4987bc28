"""Make the page of commands from their parsers."""

from __future__ import annotations

import argparse
import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

from scrapy.settings import Settings

from asrcrawler import commands
from manual.markdown import code, page, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.commands import ScrapyCommand

GLOBAL = "Global Options"
"""The title under which Scrapy puts the options that all commands have."""
EXAMPLE = " Example: "
INTRODUCTION = """\
`scrapy COMMAND -h` says the same in a terminal. In the folder of a project `asrcrawler COMMAND` is `scrapy COMMAND`;
elsewhere it is `asrcrawler --project FOLDER COMMAND`. Wrong input is answered with one line and status 2."""


def commands_page() -> str:
    """Write it: an overview, then a section for each command and each of its actions."""
    made = [command_named(module.name) for module in pkgutil.iter_modules(commands.__path__)]
    overview = table(["command", "does"], ([_link(_name(command)), command.short_desc()] for command in made))
    sections = [part for command in made for part in _section(command)]
    shared = _options(parser_of(made[0]), shared=True)
    return page("Commands", [INTRODUCTION], overview, *sections, ["## Options of every command"], shared)


def command_named(name: str) -> ScrapyCommand:
    """Give the command that is called so, ready to add its options to a parser."""
    command: ScrapyCommand = import_module(f"{commands.__name__}.{name}").Command()
    command.settings = Settings()
    return command


def _name(command: ScrapyCommand) -> str:
    """Name a command as it is called: those that need no project, by the program's own name."""
    own = type(command).__module__.rpartition(".")[2]
    return f"scrapy {own}" if command.requires_project else f"asrcrawler {own}"


def _link(name: str) -> str:
    return f"[{code(name)}](#{name.replace(' ', '-')})"


def parser_of(command: ScrapyCommand) -> argparse.ArgumentParser:
    """Make the parser of a command, as Scrapy does."""
    parser = argparse.ArgumentParser(conflict_handler="resolve")
    command.add_options(parser)
    return parser


def _section(command: ScrapyCommand) -> Iterator[list[str]]:
    parser = parser_of(command)
    yield [f"## {_name(command)}"]
    yield _described(command.long_desc(), command)
    yield ["```text", f"{_name(command)} {command.syntax()}", "```"]
    for group in parser._action_groups:  # noqa: SLF001 - argparse has no other way to ask
        if group.description:
            yield ["```text", group.description.rstrip(), "```"]
    yield _options(parser)
    for name, own in actions_of(parser).items():
        yield [f"### {_name(command)} {name}"]
        yield _described(own.description or "", command)
        yield _options(own)


def _described(text: str, command: ScrapyCommand) -> list[str]:
    """Write the sentence that the help begins with; its example as a code span."""
    sentence, _, example = " ".join(text.split()).partition(EXAMPLE)
    program = _name(command).partition(" ")[0]
    typed = code(f"{program} {example.partition(' ')[2]}")
    return [f"{sentence} Example: {typed}" if example else sentence]


def actions_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Give the parsers of a command's actions: of ``scrapy db copy`` under ``copy``."""
    for action in parser._actions:  # noqa: SLF001
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            return dict(action.choices)
    return {}


def _options(parser: argparse.ArgumentParser, *, shared: bool = False) -> list[str]:
    """Write a table of arguments and options: its own, or those that every command has."""
    rows = []
    for group in parser._action_groups:  # noqa: SLF001
        for action in group._group_actions:  # noqa: SLF001
            is_shared = group.title == GLOBAL or "--help" in action.option_strings
            if is_shared is shared and not isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
                rows.append([_named(action), parser._get_formatter()._expand_help(action)])  # noqa: SLF001
    return table(["option", "meaning"], rows) if rows else []


def _named(action: argparse.Action) -> str:
    value = action.metavar or (action.dest.upper() if action.choices is None else "|".join(map(str, action.choices)))
    shown = "" if action.nargs == 0 else str(value)
    return ", ".join(code(f"{name} {shown}".strip()) for name in action.option_strings or [""])
