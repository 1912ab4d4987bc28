"""What all tests share."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Generator

MEMORY = Path("/dev/shm")
ROOM = 4 * 2**30  # bytes; a run of all tests takes less

if threading.current_thread() is threading.main_thread():  # whoever started the tests may ignore them, as nohup does
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # each command that a test starts would compile the program anew
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:  # the files of a test need not reach a disk
    tempfile.tempdir = os.environ["TMPDIR"] = str(MEMORY)
os.environ["NO_COLOR"] = "1"  # whoever runs the tests on a terminal sees what a pipe would get

pytest_plugins = ["tests.database_fixture", "tests.replica_fixture"]

settings.register_profile("unhurried", settings.default, deadline=None)  # these machines are noisy
settings.load_profile("unhurried")

NEVER_MISSING_IN_CI = ("browser", "chromium", "postgresql")
"""What .ci/run provides: a skip for want of it would hide that nothing was tested."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip for want of what CI provides into a failure there."""
    if not report.skipped or hasattr(report, "wasxfail") or not os.environ.get("CI"):
        return
    reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
    if any(word in reason.lower() for word in NEVER_MISSING_IN_CI):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {reason}"
