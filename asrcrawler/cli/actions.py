"""Build commands that have several actions, such as ``scrapy db copy``, each with its own options and help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from scrapy.commands import ScrapyCommand

from asrcrawler.cli.command import AsrCommand, as_called, program

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action of a command, named by the command's first argument."""

    name: str
    summary: str
    """One sentence for the list of actions."""
    example: str
    """A command line that works, shown in the help."""
    execute: Callable[[AsrCommand, argparse.Namespace], int | None]
    """The function that does the work and gives the exit status; None counts as 0."""
    add_options: Callable[[argparse.ArgumentParser], object] = lambda _: None
    """The function that adds the action's arguments and options to its parser."""


class ActionsCommand(AsrCommand):
    """A command whose first argument names an action.

    Subclasses state ``summary``, ``example`` and :attr:`actions`.
    """

    arguments = "ACTION ..."
    actions: ClassVar[tuple[Action, ...]]

    _action: str | None = None

    @property
    def title(self) -> str:
        return f"{self.name} {self._action}" if self._action else self.name

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        parser.usage = as_called(parser.usage or "")
        parser.error = self._refuse  # type: ignore[method-assign]
        known = parser.add_subparsers(
            prog=f"{program()} {self.name}",
            dest="action",
            metavar="ACTION",
            required=True,
            help=f"one of these; {program()} {self.name} ACTION -h explains it",
        )
        for action in self.actions:
            own = known.add_parser(
                action.name,
                help=action.summary,
                description=f"{action.summary} Example: {as_called(action.example)}",
                formatter_class=parser.formatter_class,
                conflict_handler="resolve",
            )
            own.error = self._refuse  # type: ignore[method-assign]
            action.add_options(own)
            ScrapyCommand.add_options(self, own)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        self._action = opts.action
        super().run(args, opts)

    def execute(self, args: list[str], opts: argparse.Namespace) -> int | None:
        [action] = [action for action in self.actions if action.name == opts.action]
        return action.execute(self, opts)
