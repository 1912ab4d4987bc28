"""Start workers, and kill, stop and cut them off."""

from __future__ import annotations

import signal
import sys
import time
from random import Random
from subprocess import TimeoutExpired
from typing import TYPE_CHECKING, NamedTuple

from asrcrawler.storage.queue.standing import RUNNING, JobStanding
from tests.end_to_end.freezing import restart
from tests.end_to_end.working import ELSEWHERE, Work

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.processes import Process

SEED = 1401
STALL = 6
SETTINGS: dict[str, object] = {
    "ASR_HEARTBEAT": 1,
    "ASR_STALL": STALL,
    "ASR_BATCH_SECONDS": 0.5,
    "ASR_BATCH_SIZE": 10,
    "RETRY_TIMES": 0,
    "LOG_LEVEL": "ERROR",
}

WORKER = """
import threading, time
from datetime import timedelta
from pathlib import Path
from asrcrawler import clock
from asrcrawler.extensions import backoff
offset = Path({offset!r})
def follow():
    while True:
        clock._offset = timedelta(seconds=float(offset.read_text()))
        time.sleep(0.05)
threading.Thread(target=follow, daemon=True).start()
time.sleep(0.1)
backoff.FIRST_SLOW_DELAY /= 50
"""


class Lost(NamedTuple):
    """A worker that does its work no more, and since when."""

    process: str
    """Its process id, as the queue shows it."""
    at: float
    how: str


class Machines:
    """The workers, and what is done to them."""

    def __init__(self, work: Work, before: str, count: int) -> None:
        self._work = work
        self._before = before
        self._rnd = Random(SEED)
        self._stopped: tuple[Process, float] | None = None
        self.left: list[int | None] = []
        """The exit statuses of those that were stopped and continued."""
        self.done = {"killed": 0, "stopped": 0, "server crashed": 0}
        self.lost: list[Lost] = []
        self.waits: list[tuple[float, str]] = []
        """Seconds until the last job of a lost worker was taken, and how it was lost."""
        self.begun_anew = 0
        """How many ended by themselves, and were started again as by systemd."""
        self.at_work = [self._start(number) for number in range(count)]

    def break_something(self) -> None:
        """Kill a worker, or now and then stop one or crash the server."""
        turn = sum(self.done.values()) % 6
        if turn == 5:
            restart(self._work.database_url)
            self.done["server crashed"] += 1
            self.lost = [lost._replace(how=f"{lost.how}, then the server crashed") for lost in self.lost]
            return
        place = self._rnd.randrange(len(self.at_work))
        worker = self.at_work[place]
        if turn == 2 and self._stopped is None:
            worker.send_signal(signal.SIGSTOP)
            self._stopped = worker, time.monotonic() + STALL + 4
            how = "stopped"
        else:
            worker.kill()
            worker.communicate()
            how = "killed"
        self.done[how] += 1
        self.lost.append(Lost(str(worker.pid), time.monotonic(), how))
        self.at_work[place] = self._start(place)

    def look_after(self, jobs: Iterable[JobStanding]) -> None:
        """Continue who was stopped for long enough, and note which lost workers have no job any more."""
        if self._stopped is not None and time.monotonic() > self._stopped[1]:
            worker, _ = self._stopped
            self._stopped = None
            worker.send_signal(signal.SIGCONT)
            had_jobs = any(lost.process == str(worker.pid) and lost in self.lost for lost in self.lost)
            try:
                worker.communicate(timeout=10)
                self.left.append(worker.returncode)
            except TimeoutExpired:  # it had no job that could be taken, and works on
                worker.kill()
                worker.communicate()
                assert not had_jobs
        for place, worker in enumerate(self.at_work):
            if worker.poll() is not None:  # it began while the server was away
                sys.stderr.write(worker.communicate()[0])
                self.begun_anew += 1
                self.at_work[place] = self._start(place)
        held = {str(job.process).partition(" ")[0] for job in jobs if job.state == RUNNING}
        for lost in [lost for lost in self.lost if lost.process not in held]:
            self.waits.append((time.monotonic() - lost.at, lost.how))
            self.lost.remove(lost)

    def end(self) -> list[int | None]:
        for worker in self.at_work:
            worker.send_signal(signal.SIGTERM)
        for worker in self.at_work:
            log, _ = worker.communicate(timeout=60)
            sys.stderr.write(log if worker.returncode else "")
        return [worker.returncode for worker in self.at_work]

    def _start(self, place: int) -> Process:
        before = (ELSEWHERE if place == 0 else "") + self._before  # a host's name is that of a thread, and its own
        return self._work.start(settings=SETTINGS, before=before)
