"""What commands do in an archive of several outlets, with the name of one and without."""

from __future__ import annotations

import json
from contextlib import closing

import pytest

from asrcrawler.outlets import new_outlet
from asrcrawler.storage import Database, outlets
from asrcrawler.storage.visits.writing import write_visits
from tests.commands import invoke
from tests.storage.samples import OTHER_SITE, SITE, an_article

NAMES = "asr, former, sibling"


@pytest.fixture
def archive(url: str) -> dict[str, str]:
    """Two outlets and one that was removed; each has an article 7, the first a second one."""
    with closing(Database(url)) as database:
        database.prepare()
        outlets.add(database, new_outlet("asr"))
        outlets.add(database, new_outlet("sibling", f"http://{OTHER_SITE}", every=30))
        outlets.add(database, new_outlet("former", "http://former.ir"))
        outlets.remove(database, "former")
        write_visits(database, [an_article(7), an_article(8)])
        write_visits(database, [an_article(7, site=site) for site in (OTHER_SITE, "former.ir")])
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
