"""Ask the system (Linux) about the processes of this machine: which are alive, and since when."""

from __future__ import annotations

import os
from pathlib import Path

UNKNOWN = "-"
"""What the system does not tell."""
_DEAD = "ZX"  # ended; a zombie waits for its parent to ask how
_STOPPED = "Tt"
_STATE, _START = 0, 19  # places in /proc/PID/stat, behind the name


def this_process() -> str:
    """Give ``pid start boot namespace`` of this process; a dash for what the system does not tell."""
    return " ".join((str(os.getpid()), start_of(os.getpid()), boot(), namespace()))


def start_of(pid: int) -> str:
    """Find when a process started, in clock ticks since boot."""
    return _told(pid, _START)


def is_alive(pid: int, start: str | None = None) -> bool:
    """Tell whether a process is there and has not ended; with ``start``, whether it is still the same one."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass  # alive, and another user's
    return _told(pid, _STATE) not in _DEAD and (start is None or start == start_of(pid))


def is_stopped(pid: int) -> bool:
    """Tell whether a process is stopped (Ctrl-Z, SIGSTOP) and does nothing until it is continued."""
    return _told(pid, _STATE) in _STOPPED


def boot() -> str:
    """Name the time since this machine was started."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return UNKNOWN


def namespace() -> str:
    """Name the space in which a process id means this process: of a container, or of the whole machine."""
    try:
        return Path("/proc/self/ns/pid").readlink().name
    except OSError:
        return UNKNOWN


def _told(pid: int, place: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[place]
    except (OSError, IndexError):
        return UNKNOWN
