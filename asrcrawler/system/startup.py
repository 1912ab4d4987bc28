"""Prepare every command for what a terminal or cron may do to it, so that it leaves no traceback.

Loaded with the settings, the first that Scrapy asks this project for; what Scrapy loads before is not ours.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType

INTERRUPTED = 130  # exit status; 128 and the number of SIGINT
STREAMS = range(3)  # stdin, stdout, stderr


def begin() -> None:
    """Put the null device in the place of closed streams, and end quietly on Ctrl-C while a command is still loading.

    A closed stream is more than one that leads nowhere: its number goes to the next file that is opened, be it the
    database.
    """
    for number in STREAMS:
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    sys.stdout = sys.stdout or Path(os.devnull).open("w")  # noqa: SIM115
    sys.stderr = sys.stderr or Path(os.devnull).open("w")  # noqa: SIM115
    sys.excepthook = _tell


def stdout_was_closed() -> bool:
    """Tell whether stdout was closed, and not sent to the null device by the user."""
    return getattr(sys.stdout, "name", None) == os.devnull


def let_go_of_stderr() -> None:
    """Send what is still written to stderr nowhere: its reader has ended, and Python flushes it once more."""
    with suppress(OSError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def let_go_of_stdout() -> None:
    """Send stdout, which nobody reads any more, to the null device: Python writes to it once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def leave(*_: Any) -> None:
    """End this process at once, as a handler of SIGINT that has nothing to put in order."""
    os._exit(INTERRUPTED)


def _tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    with suppress(OSError):
        sys.stdout.flush()
    leave()
