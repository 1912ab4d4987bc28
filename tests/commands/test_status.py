"""What `scrapy status` shows."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from asrcrawler.clock import utcnow
from asrcrawler.endings import REPARSED
from asrcrawler.items import Absence, Article, Fetch, Outcome
from asrcrawler.outlets import new_outlet
from asrcrawler.storage import Database
from asrcrawler.storage.outlets import begin
from asrcrawler.storage.visits.runs import RunFigures, begin_run, end_run
from asrcrawler.storage.visits.writing import write_visits
from asrcrawler.text.calendar import jalali
from tests.commands import invoke

if TYPE_CHECKING:
    from pathlib import Path

SITE = "asrpress.ir"
SEEN = utcnow() - timedelta(minutes=10)


def absence(code: int, outcome: Outcome, reason: str, status: int | None = None) -> Absence:
    fetch = Fetch(at=SEEN, status=status, size=512)
    return Absence(site=SITE, code=code, outcome=outcome, reason=reason, fetch=fetch)


def article(code: int, published_at: datetime) -> Article:
    return Article(
        site=SITE,
        code=code,
        url=f"http://asrpress.ir/fa/news/{code}",
        short_url=f"http://asrpress.ir/{code:06}",
        title="خبر",
        body="متن",
        published_at=published_at,
        fetch=Fetch(at=SEEN, status=200, size=70_000),
    )


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """One run over codes 1 … 20 of an archive that ends at 20."""
    url = f"sqlite:///{tmp_path_factory.mktemp('archive') / 'asr.db'}"
    with closing(Database(url)) as database:
        database.prepare()
        run = begin_run(database, SITE, {})
        write_visits(
            database,
            [
                *(absence(code, Outcome.MISSING, "404", 404) for code in range(1, 9)),
                absence(9, Outcome.FAILED, "timeout"),
                article(10, datetime(2023, 1, 24, 19, 24, tzinfo=UTC)),
                article(20, SEEN - timedelta(minutes=12)),
            ],
            run_id=run,
        )
        sources = {"published_at": {"page": 1, "meta": 1}, "comment_count": {"missing": 2}, "title": {"page": 2}}
        figures = RunFigures(outcomes={"missing": 8, "failed": 1, "stored": 2}, requests=12, bytes=145_000,
                             articles_new=2, sources=[sources])  # fmt: skip
        end_run(database, run, figures, reason="finished", exit_status=0)
    return {"ASR_DATABASE_URL": url}


def told(archive: dict[str, str], *words: str) -> str:
    done = invoke("status", *words, settings=archive)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_it_names_the_database_that_it_reads(archive: dict[str, str]) -> None:
    assert told(archive).splitlines()[1] == archive["ASR_DATABASE_URL"]
    assert json.loads(told(archive, "--json"))["database"] == archive["ASR_DATABASE_URL"]


def test_the_figures_are_there(archive: dict[str, str]) -> None:
    lines = [" ".join(line.split()) for line in told(archive).splitlines()]
    for line in ("newest known code 20", "articles 2", "11 of 20 codes visited, 55%", "missing 8", "failed 1",
                 "refused 0", "stored 2", "8 missing, 1 failed, 2 stored; 2 new, 0 changed",
                 "12 requests, 145 KB"):  # fmt: skip
        assert line in lines


def test_the_bar_shows_what_was_visited(archive: dict[str, str]) -> None:
    assert "  ██████████·········█\n  1                 20\n" in told(archive)


def test_a_terminal_without_such_marks_gets_plain_ones(archive: dict[str, str]) -> None:
    done = invoke("status", settings=archive, encoding="ascii")
    assert "  ##########.........#\n" in done.stdout


def test_the_archive_may_begin_later(archive: dict[str, str]) -> None:
    text = told(archive, "-s", "ASR_FIRST_CODE=9")
    assert "3 of 12 codes visited, 25%" in text


@pytest.mark.parametrize("given", [[], ["-s", "ASR_FIRST_CODE=1"]])
def test_an_archive_that_knows_where_it_begins_is_counted_from_there(tmp_path: Path, given: list[str]) -> None:
    url = f"sqlite:///{tmp_path / 'asr.db'}"
    with closing(Database(url)) as database:
        database.prepare()
        begin(database, new_outlet("asr"), first_code=9)
        write_visits(database, [article(code, SEEN) for code in (9, 12)])
    archive = {"ASR_DATABASE_URL": url}
    assert "2 of 4 codes visited, 50%" in told(archive, *given)
    assert json.loads(told(archive, "--json", *given))["first_code"] == 9


def test_another_reading_of_kept_pages_stands_among_the_runs_as_what_it_is(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'asr.db'}"
    with closing(Database(url)) as database:
        database.prepare()
        run = begin_run(database, SITE, {"command": "reparse"})
        end_run(database, run, RunFigures(), reason=REPARSED, exit_status=None)
    shown = told({"ASR_DATABASE_URL": url})
    assert ", reparse finished\n" in shown
    assert "None" not in shown


def test_it_fits_a_terminal_of_80_columns(archive: dict[str, str]) -> None:
    assert max(len(line) for line in told(archive).splitlines()) <= 80


def test_times_are_tehran_s_with_the_jalali_day(archive: dict[str, str]) -> None:
    assert f"  {jalali(SEEN)}  failed" in told(archive, "--code", "9")


def test_the_spider_may_be_named(archive: dict[str, str]) -> None:
    assert told(archive, "asr").splitlines()[2:] == told(archive).splitlines()[2:]


def test_where_values_came_from_is_shown_in_the_order_of_the_fields(archive: dict[str, str]) -> None:
    lines = told(archive).splitlines()
    start = lines.index("Where the values of the last 2 articles came from")
    assert [" ".join(line.split()) for line in lines[start + 1 : start + 5]] == [
        "title page 100%",
        "published_at meta 50%, page 50%",
        "comment_count missing 100%",
        "",
    ]
    assert json.loads(told(archive, "--json"))["sources"] == {
        "articles": 2,
        "articles_before": 0,
        "shares": {
            "title": {"page": 1.0},
            "published_at": {"meta": 0.5, "page": 0.5},
            "comment_count": {"missing": 1.0},
        },
        "falls": [],
    }


@pytest.fixture
def fallen_archive(tmp_path: Path) -> dict[str, str]:
    """A field has left its place."""
    url = f"sqlite:///{tmp_path / 'asr.db'}"
    with closing(Database(url)) as database:
        database.prepare()
        for places in ({"page": 98, "missing": 2}, {"page": 9, "missing": 54}):
            run = begin_run(database, SITE, {})
            figures = RunFigures(sources=[{"published_at": places}])
            end_run(database, run, figures, reason="finished", exit_status=0)
    return {"ASR_DATABASE_URL": url, "ASR_BACKFILL_PER_RUN": "0"}


def test_a_field_that_has_left_its_place_is_no_good_health(fallen_archive: dict[str, str]) -> None:
    done = invoke("status", "--check", settings=fallen_archive)
    warning = "found on the page in 14% of the last 63 articles, 98% before; has the template changed?"
    assert (done.returncode, done.stdout) == (1, f"asrpress.ir: published_at: {warning}\n")
    assert json.loads(told(fallen_archive, "--json"))["sources"]["falls"] == [
        {"field": "published_at", "place": "page", "before": 0.98, "now": 9 / 63}
    ]


def test_json_is_for_machines(archive: dict[str, str]) -> None:
    data = json.loads(told(archive, "--json"))
    assert data["outcomes"] == {"stored": 2, "missing": 8, "refused": 0, "failed": 1, "unreadable": 0}
    assert (data["newest_code"], data["articles"], data["covered"]) == (20, 2, [[1, 10], [20, 20]])
    assert data["runs"][0]["exit_status"] == 0
    assert datetime.fromisoformat(data["at"]).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("10", ["Code 10 of asrpress.ir: stored", "settled, no further visit: the article was at least 60 days old",
                "stored", "200", "70 KB", "new"]),
        ("9", ["Code 9 of asrpress.ir: failed", "failed once; each failure makes the wait longer", "timeout"]),
        ("3", ["missing once, near the newest code, where a draft may yet be published", "404"]),
        ("20", ["a stored article is looked at for edits until it is 60 days old"]),
        ("15", ["Code 15 of asrpress.ir: unknown", "not visited: the site has not named it"]),
    ],
)  # fmt: skip
def test_a_code_is_explained(archive: dict[str, str], code: str, words: list[str]) -> None:
    text = " ".join(told(archive, "--code", code).split())
    for part in words:
        assert part in text


def test_a_code_as_json(archive: dict[str, str]) -> None:
    data = json.loads(told(archive, "--code", "9", "--json"))
    assert (data["code"], data["outcome"], data["reason"]) == (9, "failed", "timeout")
    assert [visit["http_status"] for visit in data["visits"]] == [None]
    assert data["why"].startswith("due for") or data["why"].startswith("not due before")


def test_an_empty_archive_says_how_to_begin(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'asr.db'}"
    with closing(Database(url)) as database:
        database.prepare()
    text = told({"ASR_DATABASE_URL": url})
    assert "Nothing of asrpress.ir has been visited yet." in text
    assert "scrapy crawl asr -a codes=" in text


def test_a_first_crawl_that_the_site_did_not_answer_has_visited_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'asr.db'}"
    with closing(Database(url)) as database:
        database.prepare()
        run = begin_run(database, SITE, {"codes": "32911"})
        write_visits(database, [absence(32_911, Outcome.FAILED, "connection refused")], run_id=run)
        end_run(database, run, RunFigures(outcomes={"failed": 1}, requests=4), reason="finished", exit_status=75)
    text = told({"ASR_DATABASE_URL": url})
    assert "Nothing of asrpress.ir has been visited yet." in text
    assert "1 failed" in text
    data = json.loads(told({"ASR_DATABASE_URL": url}, "--json"))
    assert (data["newest_code"], data["visited"], data["covered"]) == (None, 0, [])


def test_a_database_that_is_not_there_is_said_and_not_made(tmp_path: Path) -> None:
    done = invoke("status", settings={"ASR_DATABASE_URL": f"sqlite:///{tmp_path / 'none.db'}"})
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--code", "ten"], "argument --code: 'ten' is not a news code such as 32911"),
        (["--code", "0"], "argument --code: '0' is not a news code"),
        (["--code", "1" + "0" * 30], "argument --code: '1000000000000000000000000000000' is not a news code"),
        (["--max-age", "nan"], "argument --max-age: 'nan' is not a number of hours above 0 and at most 1e+06"),
        (["tabnak"], "there is no outlet 'tabnak'; there is: asr"),
        (["asr", "asr"], "'asr' is one argument too many"),
    ],
)
def test_bad_input_is_one_line_and_status_2(archive: dict[str, str], words: list[str], complaint: str) -> None:
    done = invoke("status", *words, settings=archive)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"scrapy status: {complaint}")
    assert done.stderr.count("\n") == 1


def test_the_codes_with_an_outcome_are_listed_with_their_reason(archive: dict[str, str]) -> None:
    at = jalali(SEEN)
    lines = invoke("status", "--outcome", "missing", settings=archive).stdout.splitlines()
    assert lines == [f"{code:>9}  {at}  404  404" for code in range(8, 0, -1)]
    assert invoke("status", "--outcome", "failed", settings=archive).stdout == f"        9  {at}    -  timeout\n"
    assert invoke("status", "--outcome", "refused", settings=archive).stdout == ""
    [told] = invoke("status", "--outcome", "failed", "--json", settings=archive).stdout.splitlines()
    found = json.loads(told)
    assert {name: found[name] for name in ("code", "reason", "http_status", "visits", "capture")} == {
        "code": 9, "reason": "timeout", "http_status": None, "visits": 1, "capture": None,
    }  # fmt: skip
    assert found["visited_at"] == SEEN.isoformat(timespec="seconds")


def test_an_outcome_that_is_none_is_refused(archive: dict[str, str]) -> None:
    done = invoke("status", "--outcome", "lost", settings=archive)
    assert done.returncode == 2
    assert "invalid choice: 'lost'" in done.stderr
