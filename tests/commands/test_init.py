"""``asrcrawler init``"""

from __future__ import annotations

import stat
import tomllib
from typing import TYPE_CHECKING

from asrcrawler.settings_file import NAME
from tests.commands import ROOT, Done, run

if TYPE_CHECKING:
    from pathlib import Path


def init(folder: Path, *words: str) -> Done:
    return run("init", *words, cwd=folder, program="asrcrawler")


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_an_empty_folder_becomes_a_project(tmp_path: Path) -> None:
    done = init(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[:2] == [f"made {tmp_path}/scrapy.cfg", f"made {tmp_path}/asr.toml"]
    assert "\n  scrapy outlet add NAME\n" in done.stdout.partition("Next: ")[2]
    assert {path.name for path in tmp_path.iterdir()} == {"scrapy.cfg", "asr.toml", "data"}
    assert (tmp_path / "data").is_dir()
    assert mode_of(tmp_path / NAME) == 0o600
    assert (tmp_path / NAME).read_text() == (ROOT / "asrcrawler" / "asr.toml.example").read_text()
    assert tomllib.loads((tmp_path / NAME).read_text()) == {}
    assert run("list", cwd=tmp_path / "data") == (0, "asr\n", "")


def test_a_folder_that_is_named_is_made(tmp_path: Path) -> None:
    assert init(tmp_path, "deep/archive").returncode == 0
    assert (tmp_path / "deep" / "archive" / "scrapy.cfg").read_text() == "[settings]\ndefault = asrcrawler.settings\n"


def test_again_it_changes_nothing_and_makes_what_is_missing(tmp_path: Path) -> None:
    init(tmp_path)
    (tmp_path / NAME).write_text("ASR_CONTACT = 'you@example.org'\n")
    assert init(tmp_path) == (0, f"{tmp_path} is a project already; nothing was changed\n", "")
    assert (tmp_path / NAME).read_text() == "ASR_CONTACT = 'you@example.org'\n"
    (tmp_path / NAME).unlink()
    assert init(tmp_path).stdout.startswith(f"made {tmp_path}/asr.toml\nNext: ")


def test_broken_settings_are_no_hindrance(tmp_path: Path) -> None:
    init(tmp_path)
    (tmp_path / NAME).write_text("= broken")
    assert init(tmp_path).returncode == 0


def test_another_scrapy_project_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = theirs.settings\n")
    complaint = f"asrcrawler init: {tmp_path}/scrapy.cfg is that of another Scrapy project; take another folder\n"
    assert init(tmp_path) == (2, "", complaint)
    assert [path.name for path in tmp_path.iterdir()] == ["scrapy.cfg"]


def test_what_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = init(tmp_path, "file")
    assert done == (1, "", f"asrcrawler init: {tmp_path}/file/data could not be written: Not a directory\n")
    assert init(tmp_path, "a", "b").stderr == "asrcrawler init: 'b' is one argument too many; see asrcrawler init -h\n"
