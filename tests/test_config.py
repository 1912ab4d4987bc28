"""The project's settings: checked once, wrong values named."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from scrapy.settings import Settings

from asrcrawler import settings as project_settings
from asrcrawler.config import Config
from asrcrawler.exceptions import SettingError
from asrcrawler.settings_file import project_root

if TYPE_CHECKING:
    from pathlib import Path


def config(**given: object) -> Config:
    values = {name: value for name, value in vars(project_settings).items() if name.startswith("ASR_")}
    return Config.from_settings(Settings(values | given))


def test_the_defaults_are_the_contract() -> None:
    found = config()
    assert found.base_url is None
    assert found.database_url == f"sqlite:///{project_root()}/data/asr.db"
    assert (found.first_code, found.backfill_per_run) == (None, None)
    assert found.keep_pages is True
    assert found.now is None


def test_a_relative_sqlite_path_counts_from_the_project_wherever_we_were_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root = project_root()
    monkeypatch.chdir(root / "data")
    assert config(ASR_DATABASE_URL="sqlite:///here/x.db").database_url == f"sqlite:///{root}/here/x.db"
    assert config(ASR_DATABASE_URL=f"sqlite:///{tmp_path}/x.db").database_url == f"sqlite:///{tmp_path}/x.db"


def test_other_databases_are_taken_as_they_are() -> None:
    url = "postgresql+psycopg://reader:secret@127.0.0.1/asr"
    assert config(ASR_DATABASE_URL=url).database_url == url


def test_a_site_may_be_given_with_a_slash_and_a_port() -> None:
    assert config(ASR_BASE_URL="http://127.0.0.1:8765/").base_url == "http://127.0.0.1:8765"


def test_numbers_may_be_typed_on_any_keyboard() -> None:
    found = config(ASR_FIRST_CODE="۳۲۷۰۱", ASR_BATCH_SECONDS="٢٫٥")
    assert (found.first_code, found.batch_seconds) == (32701, 2.5)


def test_signs_of_life_come_several_times_within_the_silence_that_means_death() -> None:
    assert (config().heartbeat, config().stall) == (None, None)
    assert (config(ASR_STALL="60").heartbeat, config(ASR_STALL="60").stall) == (10, 60)
    assert config(ASR_STALL="6", ASR_HEARTBEAT="2").heartbeat == 2
    with pytest.raises(SettingError, match="'60' has to be shorter than ASR_STALL"):
        config(ASR_STALL="60", ASR_HEARTBEAT="60")


def test_a_simulated_moment_needs_its_offset() -> None:
    assert config(ASR_NOW="2023-01-24T22:54:00+03:30").now == datetime(2023, 1, 24, 19, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("word", "on"), [("1", True), ("yes", True), (True, True), ("0", False), (" Off ", False), (0, False), ("۱", True)]
)
def test_a_switch_is_on_or_off(word: object, on: bool) -> None:
    assert config(ASR_KEEP_PAGES=word).keep_pages is on


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ASR_BASE_URL", "asrpress.ir"),
        ("ASR_BASE_URL", "ftp://asrpress.ir"),
        ("ASR_BASE_URL", "http://"),
        ("ASR_BASE_URL", "http://asrpress.ir/fa"),
        ("ASR_BASE_URL", "http://asrpress.ir:x"),
        ("ASR_BASE_URL", "http://asr press.ir"),
        ("ASR_BASE_URL", "http://user:secret@asrpress.ir"),
        ("ASR_BASE_URL", ""),
        ("ASR_DATABASE_URL", ""),
        ("ASR_DATABASE_URL", "data/asr.db"),
        ("ASR_DATABASE_URL", "sqlite:///:memory:"),
        ("ASR_DATABASE_URL", "sqlite:///"),
        ("ASR_DATABASE_URL", "sqlite://"),
        ("ASR_FIRST_CODE", "0"),
        ("ASR_FIRST_CODE", "first"),
        ("ASR_BACKFILL_PER_RUN", "-1"),
        ("ASR_BATCH_SIZE", "0"),
        ("ASR_BATCH_SECONDS", "nan"),
        ("ASR_BATCH_SECONDS", "0"),
        ("ASR_KEEP_PAGES", "perhaps"),
        ("ASR_KEEP_PAGES", ""),
        ("ASR_NOW", "2023-01-24"),
        ("ASR_NOW", "now"),
    ],
)
def test_a_wrong_value_is_named_with_its_setting(name: str, value: str) -> None:
    with pytest.raises(SettingError) as caught:
        config(**{name: value})
    assert str(caught.value).startswith(f"setting {name}: {value!r} ")
