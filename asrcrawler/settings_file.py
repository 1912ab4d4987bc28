"""Find what the user has set: in ``asr.toml`` beside scrapy.cfg, and in the environment."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.utils.conf import closest_scrapy_cfg

from asrcrawler.exceptions import SettingsFileError, UnknownSettingError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

NAME = "asr.toml"
OWN = "ASR_"
OTHERS_MAY = 0o077  # permissions of other users; the file may hold a password


PROJECT = "ASRCRAWLER_PROJECT"
"""The environment variable by which ``asrcrawler --project`` tells itself and what it starts where the project is."""


def project_root() -> Path:
    """Find the project's folder: the one told with ``--project``, else that of the nearest ``scrapy.cfg`` upward.

    Outside a project it is the current one.
    """
    if told := os.environ.get(PROJECT):
        return Path(told)
    found = closest_scrapy_cfg()
    return Path(found).parent if found else Path.cwd()


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """What ``asr.toml`` says; nothing where there is none."""

    path: Path
    values: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""
    """Why it cannot be read; empty where it can."""

    @classmethod
    def read(cls) -> SettingsFile:
        """Read the file of this project. Never raises: what is wrong is told by :meth:`check`."""
        path = project_root() / NAME
        try:
            return cls(path, tomllib.loads(path.read_text("utf-8-sig")))
        except FileNotFoundError:
            return cls(path)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else f"is not TOML: {error}"
            return cls(path, problem=str(why))

    def own(self, name: str, default: str | None) -> Any:
        """Give the value of one of our own settings: of the environment, else of the file, else ``default``."""
        return os.environ.get(name, self.values.get(name, default))

    def over(self, stated: Mapping[str, Any]) -> dict[str, Any]:
        """Give the file's values of Scrapy's settings; a table is merged into the one that is ``stated``."""
        return {
            name: {**stated[name], **value} if isinstance(value, dict) and isinstance(stated.get(name), dict) else value
            for name, value in self.values.items()
            if name.isupper() and not name.startswith(OWN)
        }

    def check(self, known: Collection[str]) -> None:
        """Refuse a file that cannot be read, and names that are no setting, also of the environment.

        Raises :exc:`SettingsFileError` or :exc:`UnknownSettingError`.
        """
        if self.problem:
            raise SettingsFileError(self.path, self.problem)
        own = {name for name in known if name.startswith(OWN)}
        check_names((name for name in os.environ if name.startswith(OWN)), own, "of the environment")
        check_names(self.values, known, f"in {NAME}")

    @property
    def is_open_to_others(self) -> bool:
        """Tell whether other users of this machine can read or change the file."""
        return is_open_to_others(self.path)


def is_open_to_others(path: Path) -> bool:
    """Tell whether other users of this machine can read or change a file."""
    try:
        return bool(path.stat().st_mode & OTHERS_MAY)
    except OSError:
        return False


def check_names(names: Iterable[str], known: Collection[str], whence: str) -> None:
    """Refuse names that are no setting. Raises :exc:`UnknownSettingError`, with the nearest known one."""
    for name in names:
        if name not in known:
            [nearest] = get_close_matches(name.upper(), known, n=1, cutoff=0.0)
            raise UnknownSettingError(name, whence, nearest)
