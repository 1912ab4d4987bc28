"""``asrcrawler password``"""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from asrcrawler.reader.passwords import Hash
from tests.commands import ASRCRAWLER, Done, invoke, run_anew

if TYPE_CHECKING:
    from pathlib import Path

ON_A_TERMINAL = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], [sys.argv[1], "password", "sara"])
"""


def typed(monkeypatch: pytest.MonkeyPatch, data: bytes, *words: str) -> Done:
    """Call the command with ``data`` on its stdin."""
    stdin = SimpleNamespace(isatty=lambda: False, buffer=io.BytesIO(data))
    monkeypatch.setattr(sys, "stdin", stdin)
    return invoke("password", *words)


def test_a_password_on_stdin_becomes_a_line(tmp_path: Path) -> None:
    done = run_anew("password", "سارا", cwd=tmp_path, program=ASRCRAWLER, stdin="گذر:واژه \nsecond line\n")
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)
    name, _, text = done.stdout.rstrip("\n").partition(":")
    assert name == "سارا"
    assert Hash.read(text).matches("گذر:واژه ")


def test_on_a_terminal_it_is_asked_twice_and_not_shown(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", ON_A_TERMINAL, *ASRCRAWLER],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
    )
    os.close(theirs)
    shown = b""
    try:
        for prompt in (b"Password for sara: ", b"The same again: "):
            while not shown.endswith(prompt):
                shown += os.read(ours, 100)
            os.write(ours, b"secret\n")
        out, errors = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    assert (process.returncode, errors) == (0, b"")
    assert b"secret" not in shown
    assert Hash.read(out.decode().strip().partition(":")[2]).matches("secret")


@pytest.mark.parametrize(
    ("data", "words", "complaint"),
    [
        (b"", ["sara"], "the password has to have 1 to 1,000 characters"),
        (b"\n", ["sara"], "the password has to have 1 to 1,000 characters"),
        (b"x" * 1001, ["sara"], "the password has to have 1 to 1,000 characters"),
        (b"\xff\n", ["sara"], "the password on stdin is not UTF-8"),
        (b"x\n", [], "give the NAME of a visitor"),
        (b"x\n", ["a:b"], "'a:b' is no name of at most 100 characters without a colon and not beginning with #"),
        (b"x\n", ["a", "b"], "'b' is one argument too many; see scrapy password -h"),
    ],
)
def test_what_makes_no_line_is_told_with_status_2(
    monkeypatch: pytest.MonkeyPatch, data: bytes, words: list[str], complaint: str
) -> None:
    assert typed(monkeypatch, data, *words) == (2, "", f"scrapy password: {complaint}\n")
