"""Where data is written."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from asrcrawler.cli.output import binary_destination, destination
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
