"""Commands in processes of their own, forked from one that has loaded what they need.

A test of a whole crawl spends most of its time on importing Scrapy, SQLAlchemy and the program; here that is done once.
All else is as in a process that was started anew: its environment, working folder, settings, signals and end.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from subprocess import TimeoutExpired
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from multiprocessing.connection import Connection

ROOT = Path(__file__).parents[1]

PROGRAMS = {"scrapy": ("scrapy.cmdline", "execute"), "asrcrawler": ("asrcrawler.program", "main")}
OURS = ("ASR_", "ASRCRAWLER_", "SCRAPY_")

_server = get_context("forkserver")
_server.set_forkserver_preload(["tests.preloaded"])


class Process:
    """A forked process, with what tests use of :class:`subprocess.Popen`."""

    def __init__(
        self, begin: Callable[[], object], *, environment: Mapping[str, str], cwd: Path = ROOT, merged: bool = True
    ) -> None:
        """Call ``begin`` in it. ``merged``: what it writes to stderr goes where its stdout goes."""
        pipes = [_server.Pipe(duplex=False) for _ in range(1 if merged else 2)]
        ends = [writer for _, writer in pipes]
        self._process = _server.Process(target=_live, args=(begin, dict(environment), cwd, ends))
        self._process.start()
        for end in ends:
            end.close()
        assert self._process.pid is not None
        self.pid = self._process.pid
        self.stdout, *self._others = [_reading(reader) for reader, _ in pipes]

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self.returncode

    def wait(self, timeout: float | None = None) -> int | None:
        self._process.join(timeout)
        if self.returncode is None:
            raise TimeoutExpired("a forked process", timeout or 0)
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Wait for its end and give what it has written and was not read; ``""`` for a stderr that is merged."""
        streams = [self.stdout, *self._others]
        readers = ThreadPoolExecutor(len(streams))
        reading = [readers.submit(stream.read) for stream in streams]
        try:
            self.wait(timeout)
        except TimeoutExpired:
            self.kill()  # or the readers would wait for more, and the end of the tests for them
            raise
        out, *others = [each.result(timeout) for each in reading]
        readers.shutdown()
        for stream in streams:
            stream.close()
        return out, "".join(others)

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()


def without_ours() -> dict[str, str]:
    """The variables of this process but for those that set something for the program."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


def scrapy(
    *words: str,
    environment: Mapping[str, str],
    cwd: Path = ROOT,
    merged: bool = True,
    before: str = "",
    program: str = "scrapy",
) -> Process:
    """Start ``scrapy WORDS``, or ``asrcrawler WORDS``; ``before`` is Python that its process runs first."""
    return Process(partial(_command, program, words, before), environment=environment, cwd=cwd, merged=merged)


def _reading(pipe: Connection) -> TextIO:
    with pipe:
        return os.fdopen(os.dup(pipe.fileno()), encoding="utf-8")


def _command(program: str, words: Sequence[str], before: str) -> None:
    module, function = PROGRAMS[program]
    exec(before, {})
    sys.argv = [program, *words]
    getattr(import_module(module), function)()


def _live(begin: Callable[[], object], environment: Mapping[str, str], cwd: Path, ends: Sequence[Connection]) -> None:
    """Become a process of its own, call ``begin``, and end as the interpreter does."""
    os.dup2(ends[0].fileno(), 1)
    os.dup2(ends[-1].fileno(), 2)
    for end in ends:
        end.close()
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    status: object = 0
    try:
        begin()
    except SystemExit as end:
        status = end.code
        if isinstance(status, str):
            sys.stderr.write(f"{status}\n")
    except BaseException:
        traceback.print_exc()
        status = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status if isinstance(status, int) else int(status is not None))
