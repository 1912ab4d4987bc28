"""The outlets of an archive, on both databases."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from asrcrawler.clock import utcnow
from asrcrawler.exceptions import OutletError
from asrcrawler.outlets import new_outlet
from asrcrawler.storage.outlets import add, all_outlets, begin, change, remove
from asrcrawler.storage.visits.ledger import record_listed

if TYPE_CHECKING:
    from asrcrawler.outlets import Outlet
    from asrcrawler.storage import Database

MINE = new_outlet("mynews", "http://127.0.0.1:9", title="خبر من", delay=2.5, first_code=9, backfill=0, group="shared")
ASR = new_outlet("asr")


def names(database: Database) -> list[tuple[str, bool]]:
    return [(outlet.name, outlet.followed) for outlet in all_outlets(database)]


def test_what_is_added_is_read_as_it_was_given(database: Database) -> None:
    add(database, MINE)
    assert all_outlets(database) == [MINE]


def test_an_outlet_is_changed_and_keeps_the_rest(database: Database) -> None:
    add(database, MINE)
    changed = change(database, "mynews", every=30, delay=None, enabled=False)
    assert changed == replace(MINE, every=30, delay=None, enabled=False)
    assert all_outlets(database) == [changed]
    with pytest.raises(OutletError, match="no outlet 'other' is followed; there is: mynews"):
        change(database, "other", every=30)


def test_what_is_removed_stays_known_and_can_be_followed_again(database: Database) -> None:
    add(database, MINE)
    remove(database, "mynews")
    assert names(database) == [("mynews", False)]
    with pytest.raises(OutletError, match="no outlet 'mynews' is followed"):
        remove(database, "mynews")
    add(database, replace(MINE, every=5))
    assert all_outlets(database) == [replace(MINE, every=5)]


def test_a_site_may_come_back_under_another_name_and_a_name_not_for_another_site(database: Database) -> None:
    add(database, MINE)
    remove(database, "mynews")
    with pytest.raises(OutletError, match=r"mynews was the name of 127\.0\.0\.1:9"):
        add(database, new_outlet("mynews", "http://127.0.0.1:10"))
    add(database, replace(MINE, name="renamed"))
    assert names(database) == [("renamed", True)]


def test_outlets_that_cannot_be_told_apart_are_refused(database: Database) -> None:
    add(database, MINE)
    with pytest.raises(OutletError, match="mynews is followed already; scrapy outlet set mynews changes it"):
        add(database, MINE)
    with pytest.raises(OutletError, match="followed already, as mynews"):
        add(database, replace(MINE, name="second"))
    add(database, ASR)
    with pytest.raises(OutletError, match="cannot be told from"):
        change(database, "mynews", base_url="https://www.asrpress.ir")


def test_the_first_crawl_writes_its_outlet_down_and_says_where_the_archive_begins(database: Database) -> None:
    assert begin(database, ASR, first_code=300) == replace(ASR, first_code=300)
    assert begin(database, ASR, first_code=1) == replace(ASR, first_code=300)
    change(database, "asr", delay=3.0)
    assert all_outlets(database) == [begin(database, ASR)] == [replace(ASR, first_code=300, delay=3.0)]


def test_the_next_crawl_says_where_an_archive_begins_that_does_not_know(database: Database) -> None:
    add(database, ASR)
    assert begin(database, ASR, first_code=7).first_code == 7
    assert [outlet.first_code for outlet in all_outlets(database)] == [7]


def test_what_was_removed_is_not_crawled(database: Database) -> None:
    begin(database, ASR)
    remove(database, "asr")
    with pytest.raises(OutletError, match="asr was removed; scrapy outlet add asr follows it"):
        begin(database, ASR)


def test_a_crawl_is_not_led_to_another_outlet(database: Database) -> None:
    add(database, MINE)
    with pytest.raises(OutletError, match="cannot be told from"):
        begin(database, ASR, base_url="http://127.0.0.1:9")
    assert names(database) == [("mynews", True)]


def test_what_is_followed_once_more_still_knows_where_its_archive_begins(database: Database) -> None:
    begin(database, ASR, first_code=300)
    remove(database, "asr")
    assert add(database, ASR) == replace(ASR, first_code=300)
    remove(database, "asr")
    assert add(database, replace(ASR, first_code=7)).first_code == 7


def test_a_first_crawl_that_another_one_overtakes_goes_on(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def all_but_late(_: Database) -> list[Outlet]:
        monkeypatch.undo()
        found = all_outlets(database)
        add(database, replace(ASR, first_code=300))
        return found

    monkeypatch.setattr("asrcrawler.storage.outlets.all_outlets", all_but_late)
    assert begin(database, ASR, first_code=7) == replace(ASR, first_code=300)


def test_a_site_can_be_mended_where_it_has_no_other_name_and_no_visits(database: Database) -> None:
    add(database, MINE)
    add(database, new_outlet("other", "http://127.0.0.1:10"))
    remove(database, "other")
    with pytest.raises(OutletError, match=r"127\.0\.0\.1:10 is known as other; scrapy outlet add other follows it"):
        change(database, "mynews", site="127.0.0.1:10")
    assert change(database, "mynews", site="mynews.example").site == "mynews.example"
    record_listed(database, "mynews.example", [5], utcnow())
    with pytest.raises(OutletError, match=r"the archive has visits of mynews\.example, which stay"):
        change(database, "mynews", site="second.example")


@pytest.mark.parametrize("facts", [{"every": 0}, {"base_url": "x"}, {"site": "http://x"}, {"group": "a b"}])
def test_what_cannot_be_is_not_written(database: Database, facts: dict[str, Any]) -> None:
    add(database, MINE)
    with pytest.raises(OutletError):
        change(database, "mynews", **facts)
    assert all_outlets(database) == [MINE]
