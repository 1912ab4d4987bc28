"""Where a setting may be given, what goes first, and what is refused."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

import pytest
from scrapy.settings import default_settings

from asrcrawler import settings
from asrcrawler.exceptions import SettingsFileError, UnknownSettingError
from asrcrawler.settings_file import NAME, SettingsFile
from tests.commands import ROOT, run

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = {"ASR_BASE_URL", "ASR_CONTACT", "DOWNLOAD_DELAY", "FEEDS"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in another place than the package."""
    (tmp_path / "scrapy.cfg").write_text((ROOT / "scrapy.cfg").read_text())
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path / "data")
    return tmp_path


def write(project: Path, text: str) -> SettingsFile:
    (project / NAME).write_text(text, "utf-8")
    (project / NAME).chmod(0o600)
    return SettingsFile.read()


def test_the_nearest_project_upward_has_the_file(project: Path) -> None:
    assert SettingsFile.read() == SettingsFile(project / NAME)
    file = write(project, 'ASR_CONTACT = "you@example.org"\nDOWNLOAD_DELAY = 2.5\n')
    assert file.values == {"ASR_CONTACT": "you@example.org", "DOWNLOAD_DELAY": 2.5}
    file.check(KNOWN)


def test_the_environment_goes_before_the_file_and_the_file_before_the_default(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(project, 'ASR_CONTACT = "of the file"\nASR_BASE_URL = "http://127.0.0.1:1"\n')
    monkeypatch.setenv("ASR_BASE_URL", "http://127.0.0.1:2")
    assert file.own("ASR_BASE_URL", "default") == "http://127.0.0.1:2"
    assert file.own("ASR_CONTACT", "default") == "of the file"
    assert file.own("ASR_PING_URL", "default") == "default"


def test_tables_of_scrapys_settings_are_merged(project: Path) -> None:
    file = write(project, "DOWNLOAD_DELAY = 3\nASR_CONTACT = 'x'\n[EXTENSIONS]\n'some.Extension' = 5\n")
    assert file.over({"EXTENSIONS": {"ours": 1}, "DOWNLOAD_DELAY": 1}) == {
        "DOWNLOAD_DELAY": 3,
        "EXTENSIONS": {"ours": 1, "some.Extension": 5},
    }


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("ASR_BSE_URL = 'x'", "setting ASR_BSE_URL in asr.toml is not known; the nearest there is: ASR_BASE_URL"),
        ("asr_contact = 'x'", "setting asr_contact in asr.toml is not known; the nearest there is: ASR_CONTACT"),
        ("DOWNLOAD_DELY = 1", "setting DOWNLOAD_DELY in asr.toml is not known; the nearest there is: DOWNLOAD_DELAY"),
        ("[asrcrawler]\nASR_CONTACT = 'x'", "setting asrcrawler in asr.toml is not known"),
    ],
)
def test_a_name_that_is_no_setting_is_refused(project: Path, text: str, complaint: str) -> None:
    with pytest.raises(UnknownSettingError, match=f"^{re.escape(complaint)}"):
        write(project, text).check(KNOWN)


def test_a_name_in_the_environment_is_checked_too(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASR_CONTCT", "secret")
    with pytest.raises(UnknownSettingError) as refused:
        SettingsFile.read().check(KNOWN)
    assert str(refused.value) == "setting ASR_CONTCT of the environment is not known; the nearest there is: ASR_CONTACT"


@pytest.mark.parametrize("content", [b"ASR_CONTACT = ", b"\xff\xfe", b"a = 1\na = 2", b"\0"])
def test_what_is_not_toml_is_told(project: Path, content: bytes) -> None:
    (project / NAME).write_bytes(content)
    file = SettingsFile.read()
    assert file.values == {}
    with pytest.raises(SettingsFileError, match=rf"^{re.escape(str(project / NAME))}: is not TOML: "):
        file.check(KNOWN)


def test_a_folder_in_its_place_is_told(project: Path) -> None:
    (project / NAME).mkdir()
    with pytest.raises(SettingsFileError, match="Is a directory"):
        SettingsFile.read().check(KNOWN)


@pytest.mark.parametrize(("mode", "is_open"), [(0o600, False), (0o400, False), (0o640, True), (0o604, True)])
def test_permissions(project: Path, mode: int, is_open: bool) -> None:
    file = write(project, "")
    file.path.chmod(mode)
    assert file.is_open_to_others is is_open
    file.path.unlink()
    assert file.is_open_to_others is False


def test_every_command_reads_it_and_says_what_is_wrong_in_one_line(project: Path) -> None:
    """From the project's ``data/``: cron may start anywhere below it."""
    write(project, 'ASR_DATABASE_URL = "sqlite:///data/mine.db"\nASR_FIRST_CODE = 7\nLOG_LEVEL = "ERROR"\n')
    at = project / "data"
    assert f"{project}/data/mine.db" in run("status", cwd=at).stderr
    done = run("settings", "--get", "ASR_FIRST_CODE", cwd=at)
    assert done.stdout.strip() == "7"
    assert run("settings", "--get", "ASR_FIRST_CODE", "-s", "ASR_FIRST_CODE=9", cwd=at).stdout.strip() == "9"
    assert run("settings", "--get", "LOG_LEVEL", cwd=at).stdout.strip() == "ERROR"
    (project / NAME).chmod(0o644)
    assert "chmod 600" in run("schedule", cwd=at).stderr
    write(project, "ASR_FIRST_COD = 7\n")
    for words in (("crawl", "asr"), ("status",), ("export",), ("schedule",)):
        done = run(*words, cwd=at)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == (
            f"scrapy {words[0]}: setting ASR_FIRST_COD in asr.toml is not known; the nearest there is: ASR_FIRST_CODE\n"
        )
    done = run("status", "-s", "ASR_CONTCT=x", cwd=ROOT)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "ASR_CONTCT given with -s is not known" in done.stderr


def test_the_example_names_every_setting_of_ours_with_its_default() -> None:
    text = (ROOT / "asrcrawler" / "asr.toml.example").read_text("utf-8")
    given = tomllib.loads(re.sub(r"^# (?=[A-Z_]+ = )", "", text, flags=re.MULTILINE))
    stated = vars(default_settings) | vars(settings)
    preset = {name: value for name, value in given.items() if stated[name] is not None}
    assert {name: type(stated[name])(value) for name, value in preset.items()} == {
        name: stated[name] for name in preset
    }
    assert {name for name in stated if name.startswith("ASR_")} <= given.keys()
