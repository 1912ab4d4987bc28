"""Run ``asrcrawler init``: make a project in a folder."""

from __future__ import annotations

import os
from configparser import ConfigParser
from configparser import Error as ConfigError
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from asrcrawler.cli.command import AsrCommand
from asrcrawler.cli.output import tell
from asrcrawler.exceptions import OutputError, UsageError

if TYPE_CHECKING:
    import argparse

CFG = "scrapy.cfg"
SETTINGS_FILE = "asr.toml"
DATA = "data"
OURS = "asrcrawler.settings"
PRIVATE, PUBLIC = 0o600, 0o644  # permissions, less the umask; the settings may hold a password

NEXT = """\
Next: put your e-mail address into asr.toml (ASR_CONTACT), then say which outlet to follow, and visit what is new:
  scrapy outlet list --known
  scrapy outlet add NAME
  scrapy crawl NAME"""


class Command(AsrCommand):
    """A command that makes what a project needs, and leaves what is there as it is."""

    requires_project = False
    summary = "Make a project here, or in FOLDER: scrapy.cfg, asr.toml for the settings, data/ for the database."
    example = "asrcrawler init"
    arguments = "[FOLDER]"
    most_arguments = 1

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        root = Path(args[0] if args else ".").expanduser().absolute()
        _refuse_another_project(root / CFG)
        example = (files("asrcrawler") / "asr.toml.example").read_text("utf-8")
        try:
            (root / DATA).mkdir(parents=True, exist_ok=True)
            made = [_make(root / CFG, f"[settings]\ndefault = {OURS}\n", PUBLIC)]
            made.append(_make(root / SETTINGS_FILE, example, PRIVATE))
        except OSError as error:
            raise OutputError(str(error.filename or root), error) from error
        lines = [f"made {root / name}" for name, new in zip((CFG, SETTINGS_FILE), made, strict=True) if new]
        tell([*lines, NEXT] if lines else [f"{root} is a project already; nothing was changed"])


def _refuse_another_project(cfg: Path) -> None:
    if not cfg.exists():
        return
    parser = ConfigParser()
    try:
        parser.read(cfg)
        module = parser.get("settings", "default")
    except ConfigError:
        module = ""
    if module != OURS:
        raise UsageError(f"{cfg} is that of another Scrapy project; take another folder")


def _make(path: Path, text: str, mode: int) -> bool:
    """Write a new file with these permissions; one that is there stays. Tell whether it was made."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return True
