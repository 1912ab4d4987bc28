"""Which spiders there are: the modules and the outlets of the database."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from scrapy import Request
from scrapy.spiderloader import get_spider_loader
from scrapy.utils.project import get_project_settings

from asrcrawler.exceptions import StorageError
from asrcrawler.outlets import catalogue, new_outlet
from asrcrawler.spiders.asr import AsrSpider
from asrcrawler.spiders.loader import OutletLoader
from asrcrawler.storage import Database
from asrcrawler.storage.outlets import add, begin, remove

if TYPE_CHECKING:
    from pathlib import Path

MINE = new_outlet("mynews", "http://127.0.0.1:9")


def loader(url: str) -> OutletLoader:
    settings = get_project_settings()
    settings.set("ASR_DATABASE_URL", url)
    found = get_spider_loader(settings)
    assert isinstance(found, OutletLoader)
    return found


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'asr.db'}"


@pytest.fixture
def archive(url: str) -> str:
    with closing(Database(url)) as database:
        database.prepare()
        add(database, MINE)
    return url


def test_without_a_database_there_are_the_modules_and_none_is_made(url: str, tmp_path: Path) -> None:
    assert loader(url).list() == ["asr"]
    assert loader(url).load("asr") is AsrSpider
    with pytest.raises(KeyError, match="there is no spider 'tabnak'; there is: asr; scrapy outlet add tabnak follows"):
        loader(url).load("tabnak")
    assert list(tmp_path.iterdir()) == []


def test_an_outlet_of_the_database_is_a_spider(archive: str) -> None:
    assert loader(archive).list() == ["asr", "mynews"]
    spider = loader(archive).load("mynews")
    assert (spider.name, spider.outlet) == ("mynews", MINE)  # type: ignore[attr-defined]
    with pytest.raises(KeyError, match="there is no spider 'other'; there is: asr, mynews"):
        loader(archive).load("other")


def test_a_module_counts_with_the_record_of_its_outlet(archive: str) -> None:
    with closing(Database(archive)) as database:
        begin(database, new_outlet("asr"), first_code=300)
    spider = loader(archive).load("asr")
    assert issubclass(spider, AsrSpider)
    assert spider.outlet.first_code == 300


def test_what_was_removed_is_no_spider(archive: str) -> None:
    with closing(Database(archive)) as database:
        begin(database, new_outlet("asr"))
        remove(database, "asr")
        remove(database, "mynews")
    assert loader(archive).list() == []
    with pytest.raises(KeyError, match="asr was removed; scrapy outlet add asr follows it"):
        loader(archive).load("asr")


def test_spiders_are_found_by_the_address_they_crawl(archive: str) -> None:
    found = loader(archive).find_by_request
    assert found(Request("http://127.0.0.1:9/fa/news/5")) == ["mynews"]
    assert found(Request("https://www.asrpress.ir/fa/news/5")) == ["asr"]
    assert found(Request("http://127.0.0.1:10/fa/news/5")) == []


def test_a_database_that_cannot_be_read_is_not_held_against_what_is_known(url: str, tmp_path: Path) -> None:
    (tmp_path / "asr.db").write_bytes(b"no database")
    assert loader(url).list() == ["asr"]
    assert loader(url).load("asr").outlet == new_outlet("asr")  # type: ignore[attr-defined]
    assert loader(url).load("tabnak").outlet == catalogue()["tabnak"]  # type: ignore[attr-defined]
    with pytest.raises(StorageError):
        loader(url).load("mynews")
