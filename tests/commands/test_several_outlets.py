"""What commands do in an archive of several outlets, with the name of one and without."""

from __future__ import annotations

import json
from contextlib import closing

import pytest

from asrcrawler.outlets import new_outlet
from asrcrawler.storage import Database, outlets
from asrcrawler.storage.visits.runs import RunFigures, begin_run, end_run
from asrcrawler.storage.visits.writing import write_visits
from tests.commands import invoke
from tests.storage.samples import OTHER_SITE, SITE, an_article, with_page

NAMES = "asr, former, sibling"


@pytest.fixture
def archive(url: str) -> dict[str, str]:
    """Two outlets and one that was removed: each has an article 7, the first a second one; two have captures."""
    with closing(Database(url)) as database:
        database.prepare()
        outlets.add(database, new_outlet("asr"))
        outlets.add(database, new_outlet("sibling", f"http://{OTHER_SITE}", every=30))
        outlets.add(database, new_outlet("former", "http://former.ir"))
        outlets.remove(database, "former")
        write_visits(database, [with_page(an_article(7)), with_page(an_article(8))])
        write_visits(database, [with_page(an_article(7, site=OTHER_SITE)), an_article(7, site="former.ir")])
    return {"ASR_DATABASE_URL": url}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], [("asr", SITE, 7), ("asr", SITE, 8), ("former", "former.ir", 7), ("sibling", OTHER_SITE, 7)]),
        (["--outlet", "sibling"], [("sibling", OTHER_SITE, 7)]),
        (["--outlet", "former", "--outlet", "asr", "--codes", "7"], [("asr", SITE, 7), ("former", "former.ir", 7)]),
    ],
)
def test_export_and_search_are_of_all_outlets_or_of_the_named(
    archive: dict[str, str], options: list[str], expected: list[tuple[str, str, int]]
) -> None:
    exported = [json.loads(line) for line in invoke("export", *options, settings=archive).stdout.splitlines()]
    assert [(one["outlet"], one["site"], one["code"]) for one in exported] == expected
    hits = json.loads(invoke("search", "نخست", *options, "--json", settings=archive).stdout)["hits"]
    assert sorted((one["outlet"], one["site"], one["code"]) for one in hits) == expected


def test_an_outlet_alone_is_enough_to_list_its_articles(archive: dict[str, str]) -> None:
    lines = invoke("search", "--outlet", "sibling", settings=archive).stdout.splitlines()
    assert lines[:3] == ["1 article, newest first", "", "عنوان خبر 7"]


@pytest.mark.parametrize("command", ["export", "search"])
def test_an_unknown_outlet_is_refused_in_one_line(archive: dict[str, str], command: str) -> None:
    done = invoke(command, "--outlet", "nobody", settings=archive)
    assert done == (2, "", f"scrapy {command}: there is no outlet 'nobody'; there is: {NAMES}\n")


def test_what_is_about_one_code_takes_the_only_outlet_that_has_it(archive: dict[str, str]) -> None:
    told = json.loads(invoke("status", "--code", "8", "--json", settings=archive).stdout)
    assert told["site"] == SITE
    assert invoke("page", "8", settings=archive) == (0, "<html><body>صفحهٔ 8</html>", "")
    assert invoke("reparse", "--codes", "8", "--dry-run", settings=archive).stdout.startswith(
        f"1 captures of 1 codes of {SITE} read again\n"
    )


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["status", "--code", "7"], "asr, former, sibling"),
        (["page", "7"], "asr, sibling"),
        (["page", "99"], NAMES),
        (["reparse"], NAMES),
        (["status", "--outcome", "stored"], NAMES),
        (["reparse", "--codes", "7"], "asr, sibling"),
    ],
)
def test_what_may_be_of_several_is_asked_for_in_one_line(archive: dict[str, str], words: list[str], names: str) -> None:
    complaint = f"scrapy {words[0]}: give the name of an outlet; there is: {names}\n"
    assert invoke(*words, settings=archive) == (2, "", complaint)


def test_with_a_name_each_is_of_that_outlet(archive: dict[str, str]) -> None:
    assert (
        json.loads(invoke("status", "former", "--code", "7", "--json", settings=archive).stdout)["site"] == "former.ir"
    )
    assert invoke("page", "sibling", "7", settings=archive).stdout == "<html><body>صفحهٔ 7</html>"
    assert f"captures of 1 codes of {OTHER_SITE}" in invoke("reparse", "sibling", "--dry-run", settings=archive).stdout
    told = json.loads(invoke("status", "sibling", "--json", settings=archive).stdout)
    assert (told["outlet"], told["site"], told["articles"]) == ("sibling", OTHER_SITE, 1)


def test_the_status_of_several_is_a_line_each(archive: dict[str, str]) -> None:
    with closing(Database(archive["ASR_DATABASE_URL"])) as database:
        run = begin_run(database, SITE, {})
        end_run(database, run, RunFigures(), reason="finished", exit_status=0)
    lines = invoke("status", settings=archive).stdout.splitlines()
    assert lines[0].startswith("2 outlets, ")
    assert lines[3].split() == ["outlet", "articles", "visited", "lag", "last", "good", "run", "due"]
    asr, sibling = lines[4:]
    assert asr.split()[:3] == ["asr", "2", "25%"]
    assert sibling.split()[:3] == ["sibling", "1", "14.2%"]
    assert sibling.endswith("  there was no run yet")
    told = json.loads(invoke("status", "--json", settings=archive).stdout)
    assert [(one["outlet"], one["site"], one["articles"], one["problems"]) for one in told["outlets"]] == [
        ("asr", SITE, 2, []),
        ("sibling", OTHER_SITE, 1, ["there was no run yet"]),
    ]
    alone = json.loads(invoke("status", "asr", "--json", settings=archive).stdout)
    assert set(alone) - {"database"} < set(told["outlets"][0])
    assert invoke("status", "--check", settings=archive) == (1, "sibling: there was no run yet\n", "")
    assert invoke("status", "--check", "asr", settings=archive) == (0, f"{SITE}: all is well\n", "")


def test_a_disabled_outlet_is_not_judged(archive: dict[str, str]) -> None:
    with closing(Database(archive["ASR_DATABASE_URL"])) as database:
        outlets.change(database, "sibling", enabled=False)
    assert invoke("status", settings=archive).stdout.splitlines()[-1].endswith("  disabled")
    assert invoke("status", "--check", settings=archive) == (1, "asr: there was no run yet\n", "")
    with closing(Database(archive["ASR_DATABASE_URL"])) as database:
        outlets.change(database, "asr", enabled=False)
    done = invoke("status", "--check", settings=archive)
    complaint = "no outlet is followed and enabled; scrapy outlet list says which there are"
    assert done == (2, "", f"scrapy status: {complaint}\n")


@pytest.mark.parametrize(
    ("words", "times", "command"),
    [
        ([], "*/10", "work --once"),
        (["--every", "20"], "*/20", "work --once"),
        (["sibling"], "*/30", "crawl sibling"),
        (["sibling", "--every", "5"], "*/5", "crawl sibling"),
    ],
)
def test_a_schedule_runs_all_or_the_named(archive: dict[str, str], words: list[str], times: str, command: str) -> None:
    line = invoke("schedule", *words, settings=archive).stdout
    assert line.startswith(f"{times} * * * * cd ")
    assert f"/scrapy {command} >> " in line


def test_the_units_of_one_of_several_have_its_name(archive: dict[str, str]) -> None:
    own = invoke("schedule", "--systemd", "sibling", settings=archive).stdout
    assert "# /etc/systemd/system/asrcrawler-sibling.timer\n" in own
    assert "\nOnUnitActiveSec=30min\n" in own
    assert "# /etc/systemd/system/asrcrawler.timer\n" in invoke("schedule", "--systemd", settings=archive).stdout


def test_a_schedule_of_several_takes_no_address_of_one(archive: dict[str, str]) -> None:
    done = invoke("schedule", "-s", "ASR_BASE_URL=http://127.0.0.1:9", settings=archive)
    complaint = "ASR_BASE_URL would count for every outlet; scrapy outlet set says it of one"
    assert done == (2, "", f"scrapy schedule: {complaint}\n")


def test_a_schedule_of_none_is_refused(archive: dict[str, str]) -> None:
    with closing(Database(archive["ASR_DATABASE_URL"])) as database:
        for name in ("asr", "sibling"):
            outlets.remove(database, name)
    done = invoke("schedule", settings=archive)
    assert done == (2, "", "scrapy schedule: no outlet is followed; scrapy outlet add NAME follows one\n")
