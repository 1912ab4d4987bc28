"""Run ``asrcrawler``: the project's commands under its own name, also from outside the project's folder."""

from __future__ import annotations

import os
import pkgutil
import sys
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import scrapy
import scrapy.commands
from scrapy.cmdline import execute
from scrapy.settings import Settings
from scrapy.utils.conf import closest_scrapy_cfg
from scrapy.utils.project import ENVVAR, get_project_settings

from asrcrawler import __version__, commands
from asrcrawler.cli.command import OWN_NAME
from asrcrawler.cli.output import Style, styled, tell
from asrcrawler.exceptions import AsrCrawlerError, SettingsFileError, UsageError
from asrcrawler.settings_file import PROJECT
from asrcrawler.system import startup

if TYPE_CHECKING:
    from collections.abc import Iterator

ANYWHERE = ("init", "password")
"""Commands that need no project."""
OPTION = "--project"
SETTINGS = "asrcrawler.settings"
MAKE_ONE = "make one in an empty folder with: asrcrawler init"

USAGE = """\
Usage: asrcrawler [--project FOLDER] COMMAND [options]
       asrcrawler --version

The project is the folder with scrapy.cfg: the one told, else the nearest upward from here.

Commands; asrcrawler COMMAND -h explains each:
"""
SCRAPYS = "Scrapy's own commands (list, shell, settings …) work as well; in the project's folder, scrapy is the same."


def main() -> None:
    """Run the command line of this process and end it with its exit status."""
    startup.begin()
    try:
        _run(sys.argv[1:])
    except AsrCrawlerError as error:
        sys.stderr.write(f"{styled(f'{OWN_NAME}:', Style.BAD, sys.stderr)} {' '.join(str(error).split())}\n")
        sys.exit(error.exit_status)


def _run(words: list[str]) -> None:
    words, folder = _without_project(words)
    match words:
        case [] | ["-h" | "--help" | "help", *_]:
            tell(_overview())
        case ["--version", *_]:
            tell([version()])
        case [name, *_] if name.startswith("-"):
            raise UsageError(f"{name!r} is not an option before a command; see asrcrawler -h")
        case [name, *_] if name in ANYWHERE:
            settings = Settings()
            settings.setmodule(SETTINGS, priority="project")
            execute([OWN_NAME, *words], settings)
        case [name, *_]:
            _refuse_unknown(name)
            _enter_project(folder)
            execute([OWN_NAME, *words])


def version() -> str:
    """Name the versions that a report of a fault needs."""
    from asrcrawler.storage.migrations.revisions import HEAD

    return f"asrcrawler {__version__}, database schema {HEAD}, Scrapy {scrapy.__version__}"


def _without_project(words: list[str]) -> tuple[list[str], str | None]:
    """Take ``--project FOLDER`` out of the words, wherever it stands."""
    for place, word in enumerate(words):
        if word == "--":
            break
        name, equals, value = word.partition("=")
        if name == OPTION:
            after = place + 1 if equals else place + 2
            given = [value] if equals else words[place + 1 : after]
            if not given or not given[0]:
                raise UsageError(f"{OPTION} needs the folder of a project")
            return [*words[:place], *words[after:]], given[0]
    return words, None


def _overview() -> Iterator[str]:
    yield USAGE.rstrip("\n")
    for name in _names_in(commands.__path__):
        yield f"  {name:<10} {import_module(f'{commands.__name__}.{name}').Command().short_desc()}"
    yield ""
    yield SCRAPYS


def _names_in(path: list[str]) -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(path))


def _refuse_unknown(name: str) -> None:
    known = {*_names_in(commands.__path__), *_names_in(scrapy.commands.__path__)}
    if name not in known:
        nearest = get_close_matches(name, known, n=1)
        advice = f"the nearest there is: {nearest[0]}" if nearest else "asrcrawler -h lists them"
        raise UsageError(f"there is no command {name!r}; {advice}")


def _enter_project(folder: str | None) -> None:
    """Make the project the one in which Scrapy runs. Raises :exc:`UsageError` where there is none of ours."""
    if folder is not None:
        _tell_project(folder)
    elif not closest_scrapy_cfg():
        raise UsageError(f"this folder is in no project: go to yours, name it with {OPTION} FOLDER, or {MAKE_ONE}")
    root = os.environ.get(PROJECT) or str(Path(closest_scrapy_cfg()).parent)
    try:
        settings = get_project_settings()
    except ImportError as error:
        raise SettingsFileError(Path(root) / "scrapy.cfg", f"its settings cannot be loaded: {error}") from error
    if "ASR_DATABASE_URL" not in settings:
        raise UsageError(f"{root} is another Scrapy project: go to yours, name it with {OPTION} FOLDER, or {MAKE_ONE}")


def _tell_project(folder: str) -> None:
    """Let this process, and those it starts, run in the project at ``folder``, wherever they are."""
    from configparser import ConfigParser
    from configparser import Error as ConfigError

    path = Path(closest_scrapy_cfg(folder)) if Path(folder).is_dir() else Path()
    if not path.is_file():
        raise UsageError(f"{OPTION} {folder!r} is no project and in none: it has no scrapy.cfg; {MAKE_ONE}")
    parser = ConfigParser()
    try:
        parser.read(path)
        module = parser.get("settings", os.environ.get("SCRAPY_PROJECT", "default"))
    except ConfigError as error:
        raise SettingsFileError(path, f"names no settings: {error}") from error
    root = str(path.parent)
    os.environ |= {PROJECT: root, ENVVAR: module}
    sys.path.append(root)
