"""What the system tells of processes."""

from __future__ import annotations

import os

from asrcrawler.system import processes


def test_this_process_is_alive_and_was_started_when_it_was() -> None:
    start = processes.start_of(os.getpid())
    assert start.isdigit()
    assert processes.is_alive(os.getpid())
    assert processes.is_alive(os.getpid(), start)
    assert not processes.is_alive(os.getpid(), str(int(start) + 1))
    assert not processes.is_stopped(os.getpid())


def test_what_is_no_process_is_dead() -> None:
    assert not processes.is_alive(2**22 + 1)  # beyond the highest process id of Linux
    assert not processes.is_alive(2**70)
    assert processes.start_of(2**22 + 1) == processes.UNKNOWN
