"""What `scrapy search` shows, and how it refuses."""

from __future__ import annotations

import json
import os
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from asrcrawler.storage import Database
from asrcrawler.storage.visits.writing import write_visits
from asrcrawler.text.calendar import TEHRAN
from tests.commands import invoke
from tests.storage.samples import DAY, NOON, an_absence, an_article

if TYPE_CHECKING:
    from pathlib import Path

    from asrcrawler.items import Article


def dated(code: int, day: int, **fields: Any) -> Article:
    at = datetime(2023, 1, day, 22, 54, tzinfo=TEHRAN)
    return an_article(code, published_at=at, published_jalali=f"1401-11-{day - 20:02} 22:54", **fields)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    url = f"sqlite:///{tmp_path_factory.mktemp('archive') / 'asr.db'}"
    with closing(Database(url)) as database:
        database.prepare()
        write_visits(
            database,
            [
                dated(11, 21, title="بهای نفت", body="بازار آرام می‌شود", tags=["بازار"], category=["اقتصاد"]),
                dated(12, 24, title="بازار", body="از نفت و گاز می‌گویند", tags=[], category=["جهان"]),
                dated(13, 27, title="هوا", body="باران", tags=[], category=["جامعه"]),
            ],
        )
    return {"ASR_DATABASE_URL": url}


def codes(archive: dict[str, str], *words: str) -> list[int]:
    done = invoke("search", *words, "--json", settings=archive)
    assert (done.returncode, done.stderr) == (0, "")
    return [hit["code"] for hit in json.loads(done.stdout)["hits"]]


def test_hits_are_shown_best_first_and_plain_where_no_terminal_is(archive: dict[str, str]) -> None:
    done = invoke("search", "نفت", settings=archive)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "2 articles, best first",
        "",
        "بهای نفت",
        "  1401-11-01 22:54 · 11 · اقتصاد",
        "  خلاصه‌ای کوتاه",
        "  http://asrpress.ir/fa/news/11",
        "",
        "بازار",
        "  1401-11-04 22:54 · 12 · جهان",
        "  از نفت و گاز می‌گویند",
        "  http://asrpress.ir/fa/news/12",
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["نفت"], [11, 12]),
        (["نفت", "--newest"], [12, 11]),
        (["نفت", "--limit", "1"], [11]),
        (["نفت", "گاز"], [12]),
        (["نفت", "-گاز"], [11]),
        (["نفت -گاز"], [11]),
        (["-نفت هوا"], [13]),
        (["«از نفت»"], [12]),
        (["ميشود"], [11]),
        (["نفت", "--since", "1401/11/04"], [12]),
        (["نفت", "--until", "2023-01-23"], [11]),
        (["نفت", "--category", "جهان"], [12]),
        (["نفت", "--tag", "بازار"], [11]),
        (["نفت", "--codes", "12-20"], [12]),
        (["--codes", "12-20"], [13, 12]),
        (["عنوان:نفت"], [11]),
    ],
)
def test_words_and_options_narrow_what_is_found(archive: dict[str, str], words: list[str], expected: list[int]) -> None:
    assert codes(archive, *words) == expected


def test_machines_get_json(archive: dict[str, str]) -> None:
    data = json.loads(invoke("search", "باران", "--json", settings=archive).stdout)
    assert data["total"] == 1
    assert data["hits"][0]["snippet"] == [{"text": "باران", "hit": True}]
    assert data["hits"][0]["published_at"] == "2023-01-27T22:54:00+03:30"


def test_lines_are_as_long_as_the_terminal_says(archive: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    lines = invoke("search", "نفت", "--limit", "1", settings=archive).stdout.splitlines()
    assert "  1401-11-01 22:54 · 11 · اقتصاد" in lines
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((24, 10)))
    lines = invoke("search", "نفت", "--limit", "1", settings=archive).stdout.splitlines()
    assert lines[3:5] == ["  1401-11-01 22:54 · 11", "  · اقتصاد"]


def test_nothing_found_is_a_sentence_and_no_error(archive: dict[str, str]) -> None:
    assert invoke("search", "هیچ‌کجا", settings=archive) == (0, "nothing found\n", "")
    assert json.loads(invoke("search", "هیچ‌کجا", "--json", settings=archive).stdout) == {
        "total": 0,
        "total_is_exact": True,
        "searched_back_to": None,
        "hits": [],
    }


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ([], "give words to look for, or say which articles: --since, --tag, --outlet …"),
        (["؟!"], "'؟!' has no word to look for"),
        (["نفت", "--limit", "0"], "argument --limit: '0' is not a whole number from 1 to 10000"),
        (["نفت", "--limit", "many"], "argument --limit: 'many' is not a whole number from 1 to 10000"),
        (["نفت", "--since", "1401/13/01"], "--since "),
        (["نفت", "--since", "1401/11/04", "--until", "1401/11/03"], "--since '1401/11/04' is later than --until"),
        (["نفت", "--newst"], "'--newst' is not an option of this command"),
        (["نفت", "-x"], "'-x' is not an option of this command"),
    ],
)
def test_bad_input_is_one_line_and_status_2(archive: dict[str, str], words: list[str], complaint: str) -> None:
    done = invoke("search", *words, settings=archive)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"scrapy search: {complaint}")
    assert done.stderr.count("\n") == 1


def test_without_an_archive_it_says_how_to_get_one() -> None:
    done = invoke("search", "نفت", settings={"ASR_DATABASE_URL": "sqlite:////nowhere/asr.db"})
    assert done == (1, "", "scrapy search: there is no database /nowhere/asr.db yet; scrapy crawl asr makes it\n")


def test_only_what_the_site_no_longer_has_is_found(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'asr.db'}"
    with closing(Database(url)) as database:
        database.prepare()
        write_visits(
            database, [dated(11, 21, title="نفت"), dated(12, 22, title="نفت"), dated(13, 23, title="هوا", tags=[])]
        )
        for days in (1, 2):
            write_visits(database, [an_absence(code, at=NOON + days * DAY) for code in (11, 13)])
    archive = {"ASR_DATABASE_URL": url}
    assert codes(archive, "نفت", "--gone") == [11]
    assert codes(archive, "--gone") == [13, 11]
    done = invoke("search", "نفت", "--json", settings=archive)
    since = {hit["code"]: hit["gone_at"] for hit in json.loads(done.stdout)["hits"]}
    assert since == {11: "2024-05-02T12:00:00+00:00", 12: None}
    exported = [json.loads(line) for line in invoke("export", "--gone", settings=archive).stdout.splitlines()]
    assert [(one["code"], one["gone_at"], one["last_visit_at"]) for one in exported] == [
        (code, "2024-05-02T12:00:00+00:00", "2024-05-03T12:00:00+00:00") for code in (11, 13)
    ]
    told = invoke("status", "--code", "11", settings=archive).stdout
    assert "  last visit 1403-02-14 15:30\n  gone since 1403-02-13 15:30, proved on 1403-02-14 15:30\n" in told
    assert "an article of it is stored" in " ".join(told.split())
    data = json.loads(invoke("status", "--code", "11", "--json", settings=archive).stdout)
    assert (data["gone_at"], data["last_visit_at"]) == ("2024-05-02T12:00:00+00:00", "2024-05-03T12:00:00+00:00")
    assert data["gone"] == [
        {
            "state": "gone",
            "gone_at": "2024-05-02T12:00:00+00:00",
            "confirmed_at": "2024-05-03T12:00:00+00:00",
            "back_at": None,
        }
    ]
