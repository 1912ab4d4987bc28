"""Where data is written."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from asrcrawler.cli.output import Style, binary_destination, destination, shows_styles, styled
from asrcrawler.exceptions import OutputError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_is_there_when_all_of_it_is(tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    with destination(str(target)) as write:
        write("سلام\n")
        assert not target.exists()
    assert target.read_bytes() == "سلام\n".encode()


def test_an_interrupted_writer_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    target.write_text("good")

    def interrupted() -> None:
        with destination(str(target)) as write:
            write("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert target.read_text() == "good"
    assert list(tmp_path.iterdir()) == [target]


def test_a_link_keeps_pointing_to_the_file_that_is_replaced(tmp_path: Path) -> None:
    target, link = tmp_path / "out-1.jsonl", tmp_path / "out.jsonl"
    target.write_text("old")
    link.symlink_to(target)
    with destination(str(link)) as write:
        write("new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match=r"^/dev/full could not be written: No space left on device$"),
        destination("/dev/full") as write,
    ):
        write("x" * 100_000)


@pytest.mark.parametrize("name", [".", "missing/out.jsonl"])
def test_what_cannot_be_opened_is_a_usage_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be written"), destination(str(tmp_path / name)):
        pytest.fail("nothing to write to")


def test_bytes_go_to_stdout_as_they_are(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with binary_destination("-") as file:
        file.write(b"\xff\0")
    assert capfdbinary.readouterr().out == b"\xff\0"


def test_signals_are_again_what_they_were_when_a_file_is_written(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with destination(str(tmp_path / "out")) as write:
        write("")
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before


def ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_what_killed_writers_left_of_the_same_name_goes_with_the_next_one(tmp_path: Path) -> None:
    target, dead, alive = tmp_path / "out.jsonl", ended_process(), os.getppid()
    stay = [f".other.jsonl.{dead}.part", f".out.jsonl.{alive}.part", ".out.jsonl.x.part", f"out.jsonl.{dead}.part"]
    for name in [f".out.jsonl.{dead}.part", ".out.jsonl.99999999999999999999.part", *stay]:
        (tmp_path / name).write_text("half")
    with destination(str(target)) as write:
        write("whole")
    assert {path.name for path in tmp_path.iterdir()} == {"out.jsonl", *stay}
    assert target.read_text() == "whole"


def test_leftovers_that_cannot_be_removed_keep_nobody_from_writing(tmp_path: Path) -> None:
    (tmp_path / f".out.jsonl.{ended_process()}.part").mkdir()
    with destination(str(tmp_path / "out.jsonl")) as write:
        write("whole")
    assert (tmp_path / "out.jsonl").read_text() == "whole"


# --- styles


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "variables", "expected"),
    [
        (Terminal, {}, True),
        (Terminal, {"TERM": "dumb"}, False),
        (Terminal, {"NO_COLOR": "1"}, False),
        (Terminal, {"NO_COLOR": ""}, True),
        (io.StringIO, {}, False),
        (io.StringIO, {"FORCE_COLOR": "1"}, True),
        (io.StringIO, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_styles_are_for_a_terminal_unless_somebody_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, stream: type[io.StringIO], variables: dict[str, str], expected: bool
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert shows_styles(stream()) is expected
    assert styled("x", Style.BAD, stream()) == ("\x1b[31mx\x1b[0m" if expected else "x")
