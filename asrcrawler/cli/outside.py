"""Answer for the project's commands where ``scrapy`` is called outside a project: one line that says where to go.

Scrapy finds these classes by the distribution's entry points ``scrapy.commands``, each under the name of its command.
Inside a project of ours the real commands take their place.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.utils.project import inside_project

if TYPE_CHECKING:
    import argparse

COMPLAINT = "in no project of asrcrawler: go to yours, or make one in an empty folder with: asrcrawler init"
USAGE = 2  # exit status


def __getattr__(name: str) -> type[ScrapyCommand]:
    """Give the class for the command ``name``: in any project Scrapy's own of that name, else one that refuses."""
    if name.startswith("_"):
        raise AttributeError(name)
    scrapys = f"scrapy.commands.{name}"
    if inside_project() and find_spec(scrapys):
        found: type[ScrapyCommand] = import_module(scrapys).Command
        return found
    return type("Command", (_Refusal,), {"name": name})


class _Refusal(ScrapyCommand):
    """A command that says in one line why it cannot be carried out here, whatever its options."""

    name: ClassVar[str]

    def short_desc(self) -> str:
        return f"asrcrawler {self.name}; only inside a project of asrcrawler"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        sys.stderr.write(f"scrapy {self.name}: {COMPLAINT}\n")
        sys.exit(USAGE)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Do nothing: no command line comes so far."""
