"""What the documentation shows to be typed: blocks of ``sh``, ``python`` and ``sql`` are run, in one project for all.

Its site is a replica. ``console`` marks what needs root, another machine or a real site, and is only read: its commands
have to be such as the program understands, and so have those of blocks without a language, such as lines of cron.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import sqlite3
import sys
import tomllib
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from traceback import format_exception_only
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from asrcrawler.replica import ReplicaServer, World
from asrcrawler.settings_file import PROJECT
from manual.commands import actions_of, command_named, parser_of
from tests.commands import ROOT, invoke, run, run_anew
from tests.test_documentation import COMMANDS, DOCUMENTS, written

if TYPE_CHECKING:
    from collections.abc import Iterator

RUN = ("sh", "python", "sql")
READ = ("sh", "console", "")
FIRST_PAGE = "docs/quick-start.md"  # makes the archive that the others use
PAGES = sorted(
    (page for page in DOCUMENTS if Path(page).parent == Path("docs")), key=lambda page: (page != FIRST_PAGE, page)
)
PROGRAMS = ("scrapy", "asrcrawler")
ENDLESS = ("demo", "replica", "serve", "work")  # until Ctrl-C; run by tests of their own
IN_THIS_PROCESS = {*COMMANDS} - {"crawl"}  # which needs a reactor of its own
OPERATORS = set("();<>|&")
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
BEFORE_A_COMMAND = re.compile(r"[();<>|&]+|\w+=.*|sudo|[\d*/,-]+")
"""An operator, a variable's value, the last field of a line of cron."""
INSTALLS = re.compile(r"(\S*/)?pip install |python3 -m venv ")
REPLICA = "http://127.0.0.1:8765"  # as the pages call it
CODES = "32890-32930"
SEED, AGE = 25, timedelta(hours=30)
"""A world in which, since so long ago, headlines of the first page's codes were edited."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a page."""

    place: str
    language: str
    text: str

    @property
    def lines(self) -> list[str]:
        """Command lines, whole ones, without comments."""
        joined = self.text.replace("\\\n", " ").splitlines()
        return [line for line in joined if line.strip() and not line.lstrip().startswith("#")]


def blocks_of(page: str) -> Iterator[Block]:
    text = written(page)
    for found in FENCE.finditer(text):
        place = f"{page}:{text.count(chr(10), 0, found.start()) + 1}"
        yield Block(place, found[2], re.sub(f"^{found[1]}", "", found[3], flags=re.MULTILINE))


def words_of(line: str) -> list[str]:
    """A line in words, as a shell reads it; operators are words of their own."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    return list(lexer)


def calls_in(line: str) -> Iterator[list[str]]:
    """What a line calls of the program: the words after its name, up to the next operator."""
    words = words_of(line)
    for place, word in enumerate(words):
        if Path(word).name in PROGRAMS and (not place or BEFORE_A_COMMAND.fullmatch(words[place - 1])):
            rest = words[place + 1 :]
            end = next((index for index, other in enumerate(rest) if set(other) <= OPERATORS), len(rest))
            yield rest[: end - 1] if rest[end:] and rest[end - 1] in {"1", "2"} and ">" in rest[end] else rest[:end]


def misunderstood(words: list[str]) -> str | None:
    """Why the program would not understand a call; None where it does."""
    if words[0] == "--project":
        words = words[2:]
    if words in (["--version"], ["list"]):
        return None
    if words[0] not in COMMANDS:
        return f"there is no command {words[0]}"
    parser = parser_of(command_named(words[0]))
    if "-h" in words:
        return None
    if actions := actions_of(parser):
        if words[1] not in actions:
            return f"{words[0]} has no action {words[1]}"
        words, parser = words[1:], actions[words[1]]
    complaint = io.StringIO()
    try:
        with redirect_stderr(complaint):
            unknown = parser.parse_known_args(words[1:])[1]
    except SystemExit:
        return complaint.getvalue()
    return next((f"{words[0]} has no option {word}" for word in unknown if re.match(r"--?[a-z]", word)), None)


@dataclass(slots=True)
class Shell:
    """Does what the blocks say in the folder of a project, and keeps what they export."""

    folder: Path
    site: str
    exported: dict[str, str] = field(default_factory=dict)

    def failure(self, block: Block) -> str | None:
        """Run a block; why it failed, or None."""
        text = block.text.replace(REPLICA, self.site)
        if block.language == "sql":
            with closing(sqlite3.connect("file:data/asr.db?mode=ro", uri=True)) as database:
                found = [bool(database.execute(statement).fetchall()) for statement in text.split(";\n") if statement]
            return None if all(found) else "a statement finds nothing"
        if block.language == "python":
            with redirect_stdout(io.StringIO()) as out:
                exec(compile(text, block.place, "exec"), {"__name__": "__main__"})
            return None if out.getvalue().strip() else "prints nothing"
        for line in Block(block.place, block.language, text).lines:
            if not INSTALLS.search(line) and (why := self._failure_of_line(line)):
                return f"{line}: {why}"
        return None

    def _failure_of_line(self, line: str) -> str | None:
        words = words_of(line)
        if words[0] == "export":
            self.exported |= dict(word.split("=", 1) for word in words[1:])
            return None
        if [call for call in calls_in(line) if call and call[0] in ENDLESS and "--once" not in call]:
            return None
        project = {}
        if words[:2] == ["asrcrawler", "--project"]:
            project[PROJECT] = str(self.folder / words[2])
            del words[1:3]
        *command, mode, target = words if words[-2:-1] == [">>"] else [*words, "", ""]
        if words[0] in PROGRAMS and words[1] in IN_THIS_PROCESS and not any(set(word) <= OPERATORS for word in command):
            with patch.dict(os.environ, project), patch("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a password\n"))):
                done = invoke(*command[1:], settings=self.exported)
            if mode:
                with (self.folder / target).open("a", encoding="utf-8") as file:
                    file.write(done.stdout)
        else:
            path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
            given = {**self.exported, "PATH": path, "ASR_BASE_URL": self.site}
            done = run_anew(line, program=("bash", "-euo", "pipefail", "-c"), cwd=self.folder, environment=given)
        return None if done.returncode == 0 else f"{done.returncode}: {done.stderr or done.stdout}"


def made_project(folder: Path, server: ReplicaServer) -> None:
    """Make a project with the articles of some time ago, so that the pages find edits."""
    assert invoke("init", str(folder)).returncode == 0
    (folder / "asr.toml").write_text("DOWNLOAD_DELAY = 0\n")
    now = server.world.now
    server.world.now = now - AGE
    done = run("crawl", "asr", "-a", f"codes={CODES}", cwd=folder, environment={"ASR_BASE_URL": server.base_url})
    assert done.returncode == 0, done.stderr
    server.world.now = now


def test_what_the_pages_show_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(first=32_801, last=33_000, edit_share=1.0, seed=SEED)
    failures, shown = [], 0
    with ReplicaServer(world) as server:
        made_project(tmp_path, server)
        monkeypatch.chdir(tmp_path)
        for page in PAGES:
            shell = Shell(tmp_path, server.base_url)
            for block in blocks_of(page):
                if block.language in RUN:
                    shown += 1
                    try:
                        why = shell.failure(block)
                    except Exception as error:
                        why = "".join(format_exception_only(error))
                    if why:
                        failures.append(f"{block.place}: {why}")
    assert not failures, "\n".join(failures)
    assert shown > 20


@pytest.mark.parametrize("page", DOCUMENTS)
def test_every_command_that_is_shown_is_understood(page: str) -> None:
    lines = [(block.place, line) for block in blocks_of(page) if block.language in READ for line in block.lines]
    found = [f"{place}: {why}" for place, line in lines for call in calls_in(line) if (why := misunderstood(call))]
    assert not found, "\n".join(found)


def test_what_a_page_installs_is_there() -> None:
    extras = tomllib.loads(written("pyproject.toml"))["project"]["optional-dependencies"]
    for page in DOCUMENTS:
        named = re.findall(r"pip install[^\n]*?\[([\w,]+)\]", written(page))
        assert {extra for names in named for extra in names.split(",")} <= set(extras), page


@pytest.mark.parametrize("page", [page for page in PAGES if (ROOT / "docs/fa" / Path(page).name).exists()])
def test_both_languages_show_the_same_blocks(page: str) -> None:
    def shown(page: str) -> list[tuple[str, list[str]]]:
        return [(block.language, block.lines) for block in blocks_of(page)]

    assert shown(f"docs/fa/{Path(page).name}") == shown(page)


@pytest.mark.parametrize(
    ("line", "calls"),
    [
        ("*/10 * * * * cd /srv/a && X=1 /srv/a/.venv/bin/scrapy crawl asr >> a.log 2>&1", [["crawl", "asr"]]),
        ("30 4 * * * cd /srv && .venv/bin/scrapy export -o a.jsonl 2>> a.log", [["export", "-o", "a.jsonl"]]),
        ("(crontab -l; scrapy schedule) | crontab -", [["schedule"]]),
        ("sudo systemctl status asrcrawler", []),
    ],
)
def test_calls_are_found_in_lines_of_any_kind(line: str, calls: list[list[str]]) -> None:
    assert list(calls_in(line)) == calls


@pytest.mark.parametrize("words", ["crawls asr", "db mend", "export --formats csv", "serve --port none"])
def test_what_the_program_does_not_know_is_found(words: str) -> None:
    assert misunderstood(words.split())


def test_a_block_that_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shell = Shell(tmp_path, REPLICA)
    for language, text in (("sh", "false\n"), ("sh", "scrapy export --format xlsx\n"), ("python", "0\n")):
        assert shell.failure(Block("here", language, text)), text
