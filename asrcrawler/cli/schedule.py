"""The lines that make a system run the crawler by itself: for cron, and for systemd."""

from __future__ import annotations

import getpass
import os
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LOG = Path("data") / "crawl.log"

SERVICE = """\
[Unit]
Description=asrcrawler: one scheduled run
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
User={user}
WorkingDirectory={root}
{environment}ExecStart={command}
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
    """Where this program lives and what it has to be told."""

    root: Path
    """The folder of ``scrapy.cfg``."""
    scrapy: tuple[str, ...]
    """The command, by absolute path."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Settings given as environment variables; cron and systemd do not pass on those of a login."""

    @classmethod
    def here(cls, root: Path, environment: Mapping[str, str]) -> Install:
        """The install that is running now, with the ``ASR_`` variables of ``environment``."""
        script = Path(sys.executable).with_name("scrapy")
        command = (str(script),) if script.exists() else (sys.executable, "-m", "scrapy")
        own = {name: value for name, value in sorted(environment.items()) if name.startswith("ASR_") and value}
        return cls(root=root, scrapy=command, environment=own)


def crontab_line(install: Install, minutes: int) -> str:
    """One line for ``crontab -e``: a run every ``minutes``, its log in ``data/crawl.log``."""
    settings = "".join(f"{name}={shlex.quote(value)} " for name, value in install.environment.items())
    command = shlex.join([*install.scrapy, "crawl", "asr"])
    log = shlex.quote(str(install.root / LOG))
    line = f"cd {shlex.quote(str(install.root))} && {settings}{command} >> {log} 2>&1"
    return f"{cron_times(minutes)} {line.replace('%', chr(92) + '%')}"  # cron takes a bare % for a newline


def cron_times(minutes: int) -> str:
    """The five time fields for a run every so many minutes; from an hour on, in whole hours."""
    if minutes < 60:
        return f"*/{minutes} * * * *"
    return "0 * * * *" if minutes < 120 else f"0 */{minutes // 60} * * *"


def service_unit(install: Install, user: str) -> str:
    """``asrcrawler.service``: one run."""
    environment = "".join(f"Environment={_quoted(f'{name}={value}')}\n" for name, value in install.environment.items())
    command = " ".join(map(_quoted, [*install.scrapy, "crawl", "asr"]))
    root = str(install.root).replace("%", "%%")
    return SERVICE.format(user=user, root=root, environment=environment, command=command)


def timer_unit(minutes: int) -> str:
    """``asrcrawler.timer``: starts the service every so many minutes after its last run began."""
    return TIMER.format(minutes=minutes)


def this_user() -> str:
    """Who runs this; the number of a user without a name, as containers have, is as good to systemd."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _quoted(word: str) -> str:
    """A word as systemd reads it: ``%`` is its own sign, blanks and quotes end a word."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if any(sign in escaped for sign in " \t\"'\\;") else escaped
