"""Write the crontab line and the systemd units that run the crawler on a schedule."""

from __future__ import annotations

import getpass
import os
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from asrcrawler.exceptions import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

LOG = Path("data") / "crawl.log"
HOUR, DAY = 60, 24 * 60  # minutes
EVEN = [minutes for minutes in range(1, DAY + 1) if HOUR % minutes == 0 or (minutes % HOUR == 0 and DAY % minutes == 0)]
"""Intervals in minutes that cron can keep."""

SERVICE = """\
[Unit]
Description=asrcrawler: one scheduled run
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
User={user}
WorkingDirectory={root}
ExecStart={command}
# 75: the site could not be reached or refused us; the next run tries again
SuccessExitStatus=75
TimeoutStopSec=60
"""

TIMER = """\
[Unit]
Description=asrcrawler every {minutes} minutes

[Timer]
OnBootSec=2min
OnUnitActiveSec={minutes}min
RandomizedDelaySec=30s

[Install]
WantedBy=timers.target
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Install:
    """This installation: where it is and which settings a scheduled run needs."""

    root: Path
    """The folder of ``scrapy.cfg``."""
    scrapy: tuple[str, ...]
    """The program, by absolute path."""
    command: tuple[str, ...] = ("crawl", "asr")
    """What it is to do: crawl one outlet, or all that are due."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Settings given with ``-s`` or as an ``ASR_`` variable; those of ``asr.toml`` need no mention."""

    @classmethod
    def here(cls, root: Path, settings: Mapping[str, str], command: tuple[str, ...]) -> Install:
        """Describe the installation that is running now, and what it is to do. Raises :exc:`UsageError`."""
        for name, value in settings.items():
            if not value.isprintable():
                raise UsageError(f"{name} has a line break or another sign that no line can hold: {value!r}")
        script = Path(sys.executable).with_name("scrapy")
        scrapy = (str(script),) if script.exists() else (sys.executable, "-m", "scrapy")
        return cls(root=root, scrapy=scrapy, command=command, settings=settings)

    @property
    def words(self) -> list[str]:
        """Give the command of one run, word by word."""
        given = [word for name, value in self.settings.items() for word in ("-s", f"{name}={value}")]
        return [*self.scrapy, *self.command, *given]


def crontab_line(install: Install, minutes: int) -> str:
    """Write one line for ``crontab -e``: a run every ``minutes``, its log in ``data/crawl.log``."""
    log = shlex.quote(str(install.root / LOG))
    line = f"cd {shlex.quote(str(install.root))} && {shlex.join(install.words)} >> {log} 2>&1"
    return f"{cron_times(minutes)} {line.replace('%', chr(92) + '%')}"  # cron reads a bare % as a newline


def cron_times(minutes: int) -> str:
    """Write the five time fields of cron for a run every so many minutes.

    cron starts counting anew with every hour and every day, so intervals that do not divide these would be uneven.
    Raises :exc:`UsageError`, naming the nearest even ones.

    >>> cron_times(10)
    '*/10 * * * *'
    >>> cron_times(120)
    '0 */2 * * *'
    """
    if minutes not in EVEN:
        below = max(even for even in EVEN if even < minutes)
        above = min((even for even in EVEN if even > minutes), default=below)
        nearest = f"{below} or {above}" if above != below else str(below)
        raise UsageError(f"--every {minutes}: cron cannot say that evenly; take {nearest}, or --systemd")
    if minutes < HOUR:
        return f"*/{minutes} * * * *"
    return "0 * * * *" if minutes == HOUR else f"0 */{minutes // HOUR} * * *"


def service_unit(install: Install, user: str) -> str:
    """Write ``asrcrawler.service``, which makes one run."""
    command = " ".join(map(_quoted, install.words))
    root = str(install.root).replace("%", "%%")
    return SERVICE.format(user=user, root=root, command=command)


def timer_unit(minutes: int) -> str:
    """Write ``asrcrawler.timer``, which starts the service every so many minutes after its last run began."""
    return TIMER.format(minutes=minutes)


def this_user() -> str:
    """Give the name of the user; without a name, as in containers, the number, which systemd takes as well."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _quoted(word: str) -> str:
    """Quote a word for systemd, where ``%`` is special and blanks and quotes end a word."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if any(sign in escaped for sign in " \t\"'\\;") else escaped
