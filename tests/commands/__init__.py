"""Commands, as a user gives them: within this process, or, where that matters, in one of their own."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from unittest.mock import patch

from scrapy.cmdline import execute
from scrapy.settings import Settings

from tests.processes import Process, scrapy, without_ours

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[2]
LONGEST = 120  # seconds
SCRAPY = (sys.executable, "-m", "scrapy")
ASRCRAWLER = (str(Path(sys.executable).with_name("asrcrawler")),)


class Done(NamedTuple):
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def invoke(*words: str, settings: Mapping[str, str] | None = None, encoding: str = "utf-8") -> Done:
    """Run ``scrapy WORDS`` in this process with ``settings`` over the project's; stdout has ``encoding``."""
    project = Settings()
    project.setmodule("asrcrawler.settings", priority="project")
    project.update(dict(settings or {}), priority="cmdline")
    out, err = io.TextIOWrapper(io.BytesIO(), encoding=encoding), io.StringIO()
    status = 0
    with (
        patch.dict(os.environ, {"SCRAPY_SETTINGS_MODULE": "asrcrawler.settings", "COLUMNS": "80"}),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            execute(["scrapy", *words], settings=project)
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
    out.flush()
    out.seek(0)
    return Done(status, out.buffer.read().decode(errors="replace"), err.getvalue())


def _environment(given: Mapping[str, str] | None) -> dict[str, str]:
    """The variables of this process without those that set something for us, and those ``given``."""
    return without_ours() | {"COLUMNS": "80"} | dict(given or {})


@contextmanager
def serving(
    *words: str,
    environment: Mapping[str, str],
    cwd: Path = ROOT,
    program: tuple[str, ...] = (),
    end: int = signal.SIGTERM,
    warnings: str = "",
) -> Iterator[str]:
    """Serve the reading room by ``scrapy WORDS``, give its address, end it by a signal, and see that it ended well.

    With another ``program``, in a process that has loaded nothing before.
    """
    process: subprocess.Popen[str] | Process
    environment = _environment(environment)
    if program:
        process = subprocess.Popen(
            [*program, *words], cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
    else:
        process = scrapy(*words, environment=environment, cwd=cwd, merged=False)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.fullmatch(r"Reading room on (http://[\d.]+:\d+); Ctrl-C ends it\n", line)
        assert found, line
        yield found[1]
    finally:
        process.send_signal(end)
        _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, warnings)


def run(*words: str, environment: Mapping[str, str] | None = None, cwd: Path = ROOT, program: str = "scrapy") -> Done:
    """Run ``scrapy WORDS`` in a process of its own, with none but ``environment`` of the ``ASR_`` variables."""
    process = scrapy(*words, environment=_environment(environment), cwd=cwd, merged=False, program=program)
    out, err = process.communicate(LONGEST)
    assert process.returncode is not None
    return Done(process.returncode, out, err)


def run_anew(
    *words: str,
    environment: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    program: tuple[str, ...] = SCRAPY,
    stdin: str = "",
) -> Done:
    """Do the same in a process that has loaded nothing before, with another ``program``."""
    done = subprocess.run(
        [*program, *words],
        cwd=cwd,
        env=_environment(environment),
        capture_output=True,
        encoding="utf-8",
        input=stdin,
        timeout=LONGEST,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)
