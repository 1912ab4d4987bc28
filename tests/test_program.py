"""``asrcrawler``: the same commands under the program's own name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import scrapy

import asrcrawler
from asrcrawler.storage.migrations.revisions import HEAD
from tests.commands import ROOT, Done, run
from tests.test_documentation import COMMANDS

if TYPE_CHECKING:
    from pathlib import Path

MAKE_ONE = "make one in an empty folder with: asrcrawler init"
NOWHERE = f"asrcrawler: this folder is in no project: go to yours, name it with --project FOLDER, or {MAKE_ONE}\n"


def asr(*words: str, cwd: Path = ROOT) -> Done:
    return run(*words, cwd=cwd, program="asrcrawler")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    assert asr("init", str(folder), cwd=tmp_path).returncode == 0
    return folder


def test_its_version_names_what_a_report_needs(tmp_path: Path) -> None:
    expected = f"asrcrawler {asrcrawler.__version__}, database schema {HEAD}, Scrapy {scrapy.__version__}\n"
    assert asr("--version", cwd=tmp_path) == (0, expected, "")


@pytest.mark.parametrize("words", [(), ("-h",), ("--help",)])
def test_alone_it_lists_every_command_wherever_it_is(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = asr(*words, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.findall(r"^  (\w+) +\w", done.stdout, re.MULTILINE) == sorted(COMMANDS)


@pytest.mark.parametrize("words", [("status",), ("crawl", "asr"), ("list",), ("export", "-h")])
def test_outside_a_project_one_line_says_where_to_go(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert asr(*words, cwd=tmp_path) == (2, "", NOWHERE)


def test_within_a_project_it_does_what_scrapy_does_and_calls_itself_by_its_name(project: Path) -> None:
    complaint = f"status: there is no database {project}/data/asr.db yet; scrapy crawl asr makes it\n"
    assert run("status", cwd=project / "data") == (1, "", f"scrapy {complaint}")
    assert asr("status", cwd=project / "data") == (1, "", f"asrcrawler {complaint}")
    assert asr("list", cwd=project) == run("list", cwd=project)
    helped = asr("db", "copy", "-h", cwd=project).stdout
    assert "  asrcrawler db copy [" in helped
    assert "Example: asrcrawler db copy data/asr.db" in " ".join(helped.split())


@pytest.mark.parametrize(
    "words", [("--project", "{}", "status"), ("--project={}", "status"), ("status", "--project", "{}")]
)
def test_the_project_can_be_told_from_anywhere(project: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    told = [word.format(project / "data") for word in words]  # a folder within it names it as well
    (project / "asr.toml").write_text('ASR_DATABASE_URL = "sqlite:///data/other.db"\n')
    done = asr(*told, cwd=tmp_path)
    assert (
        done.stderr
        == f"asrcrawler status: there is no database {project}/data/other.db yet; scrapy crawl asr makes it\n"
    )


def test_paths_count_from_where_the_user_is_and_not_from_the_project_told(project: Path, tmp_path: Path) -> None:
    assert asr("--project", str(project), "db", "upgrade", cwd=tmp_path).returncode == 0
    assert asr("--project", str(project), "export", "-o", "out.jsonl", cwd=tmp_path).returncode == 0
    assert (tmp_path / "out.jsonl").read_text() == ""
    assert (project / "data" / "asr.db").exists()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("stats",), "there is no command 'stats'; the nearest there is: status"),
        (("xyzzy",), "there is no command 'xyzzy'; asrcrawler -h lists them"),
        (("--port", "1", "serve"), "'--port' is not an option before a command; see asrcrawler -h"),
        (("status", "--project"), "--project needs the folder of a project"),
        (("--project=", "status"), "--project needs the folder of a project"),
        (
            ("--project", "missing", "status"),
            f"--project 'missing' is no project and in none: it has no scrapy.cfg; {MAKE_ONE}",
        ),
    ],
)
def test_what_cannot_be_understood_is_one_line_and_status_2(
    tmp_path: Path, words: tuple[str, ...], complaint: str
) -> None:
    assert asr(*words, cwd=tmp_path) == (2, "", f"asrcrawler: {complaint}\n")


def test_words_after_two_dashes_are_the_command_s_own(project: Path) -> None:
    done = asr("search", "--", "--project", cwd=project)
    assert "--project needs" not in done.stderr


@pytest.mark.parametrize("told", [True, False])
def test_another_scrapy_project_is_not_taken_for_ours(tmp_path: Path, told: bool) -> None:
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = theirs\n")
    (tmp_path / "theirs.py").write_text("BOT_NAME = 'theirs'\n")
    done = asr(*(["--project", "."] if told else []), "status", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"asrcrawler: {tmp_path} is another Scrapy project: go to yours, ")


@pytest.mark.parametrize(
    ("text", "status", "complaint"),
    [
        (
            "[settings]\ndefault = missing_module\n",
            1,
            "its settings cannot be loaded: No module named 'missing_module'",
        ),
        ("[deploy]\n", 1, "names no settings: No section: 'settings'"),
    ],
)
def test_a_project_file_that_leads_nowhere_is_one_line(tmp_path: Path, text: str, status: int, complaint: str) -> None:
    (tmp_path / "scrapy.cfg").write_text(text)
    done = asr("--project", str(tmp_path), "status", cwd=tmp_path)
    assert done == (status, "", f"asrcrawler: {tmp_path}/scrapy.cfg: {complaint}\n")
