"""Commands, as a user gives them: within this process, or, where that matters, in one of their own."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from unittest.mock import patch

from scrapy.cmdline import execute
from scrapy.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
LONGEST = 120  # seconds


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


def run(*words: str, environment: Mapping[str, str] | None = None, cwd: Path = ROOT) -> Done:
    """Run ``scrapy WORDS`` in a process of its own, with none but ``environment`` of the ``ASR_`` variables."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("ASR_", "SCRAPY_"))}
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", *words],
        cwd=cwd,
        env={**inherited, "COLUMNS": "80", **(environment or {})},
        capture_output=True,
        encoding="utf-8",
        timeout=LONGEST,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)
