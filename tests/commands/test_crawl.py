"""``scrapy crawl`` refuses what is wrong in one line, before Scrapy starts. Real crawls are in the end-to-end tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asrcrawler.settings_file import SettingsFile
from tests.commands import Done, invoke

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("words", "complaint", "status"),
    [
        ([], "give the name of one spider; there is: asr", 2),
        (["asr", "asr"], "give the name of one spider; there is: asr", 2),
        (["tabnak"], "there is no spider 'tabnak'; there is: asr; scrapy outlet add tabnak follows it", 2),
        (["asr", "--foo"], "'--foo' is not an option of this command; see scrapy crawl -h", 2),
        (["asr", "-a"], "argument -a: expected one argument", 2),
        (["asr", "-a", "codes"], "Invalid -a value, use -a NAME=VALUE", 2),
        (["asr", "-s", "codes"], "Invalid -s value, use -s NAME=VALUE", 2),
        (["asr", "-a", "codes=9-1"], "spider argument `codes`: '9-1' has a range that runs backwards: 9-1", 2),
        (["asr", "-s", "DOWNLOAD_DELAY=x"], "setting DOWNLOAD_DELAY: 'x' is not a number of 0 or more", 1),
        (["asr", "-s", "DOWNLOAD_TIMEOUT=0"], "setting DOWNLOAD_TIMEOUT: '0' is not a number of 0.1 or more", 1),
        (
            ["asr", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=0"],
            "setting CONCURRENT_REQUESTS_PER_DOMAIN: '0' is not a whole number of 1 or more",
            1,
        ),
        (["asr", "-s", "ROBOTSTXT_OBEY=maybe"], "setting ROBOTSTXT_OBEY: 'maybe' is neither 1 (on) nor 0 (off)", 1),
        (["asr", "-L", "LOUD"], "setting LOG_LEVEL: 'LOUD' is not a log level such as INFO", 1),
    ],
)
def test_wrong_input_is_one_line(words: list[str], complaint: str, status: int) -> None:
    done = invoke("crawl", *words)
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr == f"scrapy crawl: {complaint}\n"


@pytest.fixture
def scrapy(tmp_path: Path) -> Callable[..., Done]:
    """``scrapy WORDS`` on a database of the test that follows ``first`` and ``second``."""

    def scrapy(*words: str) -> Done:
        return invoke(*words, settings={"ASR_DATABASE_URL": f"sqlite:///{tmp_path / 'asr.db'}"})

    scrapy("outlet", "add", "first", "http://127.0.0.1:9")
    scrapy("outlet", "add", "second", "http://127.0.0.1:10", "--site", "second.example")
    return scrapy


def told(done: Done) -> str:
    assert (done.returncode, done.stdout) == (2, ""), done
    [line] = done.stderr.splitlines()
    return line


@pytest.mark.parametrize("address", ["http://127.0.0.1:10", "http://127.0.0.1:10/", "https://www.second.example"])
def test_a_crawl_is_not_led_to_another_outlet(scrapy: Callable[..., Done], address: str) -> None:
    done = scrapy("crawl", "first", "-s", f"ASR_BASE_URL={address}")
    address = address.rstrip("/")
    assert told(done) == f"scrapy crawl: first at {address} cannot be told from second at http://127.0.0.1:10"


def test_what_was_removed_is_not_crawled_until_it_is_added_again(scrapy: Callable[..., Done]) -> None:
    scrapy("outlet", "remove", "first")
    assert told(scrapy("crawl", "first")) == "scrapy crawl: first was removed; scrapy outlet add first follows it"
    assert told(scrapy("crawl", "third")) == "scrapy crawl: there is no spider 'third'; there is: asr, second"


@pytest.mark.parametrize("name", ["ASR_BASE_URL", "ASR_FIRST_CODE", "ASR_BACKFILL_PER_RUN"])
def test_facts_of_one_outlet_in_the_settings_file_are_refused_where_several_are_followed(
    scrapy: Callable[..., Done], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    file = SettingsFile(Path("asr.toml"), {name: "7"})
    monkeypatch.setattr(SettingsFile, "read", classmethod(lambda _: file))
    why = f"asr.toml states {name}, which would count for every outlet; scrapy outlet set says it of one"
    assert told(scrapy("crawl", "first", "-a", "codes=1")) == f"scrapy crawl: {why}"
    assert told(scrapy("outlet", "add", "third", "http://127.0.0.1:11")) == f"scrapy outlet add: {why}"
