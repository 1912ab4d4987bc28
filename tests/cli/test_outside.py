"""What ``scrapy`` answers for our commands where there is no project of ours."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

import pytest

from asrcrawler.program import ANYWHERE
from tests.commands import ROOT, run
from tests.test_documentation import COMMANDS

if TYPE_CHECKING:
    from pathlib import Path

WHERE = "in no project of asrcrawler: go to yours, or make one in an empty folder with: asrcrawler init\n"
DECLARED: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"][
    "scrapy.commands"
]


def test_every_command_that_needs_a_project_is_declared_in_pyproject() -> None:
    assert {name: f"asrcrawler.cli.outside:{name}" for name in COMMANDS if name not in ANYWHERE} == DECLARED


@pytest.mark.parametrize("words", [("crawl", "asr"), ("status",), ("export", "-o", "x.jsonl"), ("serve", "-h")])
def test_one_line_says_where_to_go(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert run(*words, cwd=tmp_path) == (2, "", f"scrapy {words[0]}: {WHERE}")


def test_scrapy_s_own_commands_are_what_they_were(tmp_path: Path) -> None:
    assert run("version", cwd=tmp_path) == run("version")
    assert run("settings", "--get", "BOT_NAME", cwd=tmp_path) == (0, "scrapybot\n", "")


def test_the_list_of_commands_says_that_they_need_a_project(tmp_path: Path) -> None:
    listed = run(cwd=tmp_path).stdout
    assert re.search(r"^  export +asrcrawler export; only inside a project of asrcrawler$", listed, re.MULTILINE)


def test_another_project_keeps_scrapy_s_crawl_and_is_told_about_ours(tmp_path: Path) -> None:
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = theirs\n")
    (tmp_path / "theirs.py").write_text("BOT_NAME = 'theirs'\n")
    assert "Run a spider" in run("crawl", "-h", cwd=tmp_path).stdout
    assert run("export", cwd=tmp_path) == (2, "", f"scrapy export: {WHERE}")
