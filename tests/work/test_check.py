"""One article of an outlet is fetched and read as a crawl would, and nothing is stored."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from asrcrawler.items import Absence, Article, Outcome
from asrcrawler.outlets import new_outlet
from asrcrawler.work.check import saved
from tests.commands import Done, run
from tests.end_to_end.table import Reply, TableSite
from tests.samaneh.template import CODE, TITLE, page

if TYPE_CHECKING:
    from pathlib import Path

    from tests.replica_fixture import ServeOutlets

MINE = new_outlet("mynews", "http://mynews.example")


def check(path: Path, *words: str) -> Done:
    """``scrapy outlet check`` in a process of its own, as a crawl needs one."""
    return run(
        "outlet", "check", *words, "-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_TIMES=0",
        environment={"ASR_DATABASE_URL": f"sqlite:///{path}"},
    )  # fmt: skip


# --- saved pages


def test_a_saved_page_says_itself_of_which_code_it_is() -> None:
    item = saved(MINE, None, page())
    assert isinstance(item, Article)
    assert (item.site, item.code, item.title) == ("mynews.example", CODE, TITLE)
    assert item.url == f"http://mynews.example/fa/news/{CODE}"


def test_a_saved_page_of_another_code_is_not_read_as_this_one() -> None:
    item = saved(MINE, 5, page())
    assert isinstance(item, Absence)
    assert (item.code, item.outcome, item.reason) == (5, Outcome.UNREADABLE, f"page of code {CODE}")


@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"<html><p>x</p></html>", "<h1>خبر</h1>".encode()])
def test_whatever_is_no_page_is_an_absence(body: bytes) -> None:
    item = saved(MINE, None, body)
    assert isinstance(item, Absence)
    assert item.code == 1


# --- fetched pages


def test_the_newest_article_of_a_site_and_one_of_a_code(serve_outlets: ServeOutlets, tmp_path: Path) -> None:
    server = serve_outlets(2)["narvanpress"]
    path = tmp_path / "asr.db"
    add = ("outlet", "add", "narvanpress", server.base_url, "--delay", "0")
    assert run(*add, environment={"ASR_DATABASE_URL": f"sqlite:///{path}"}).returncode == 0
    before = path.read_bytes()
    done = check(path, "narvanpress", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert told["code"] == max(server.world.newest(30))
    assert told["article"]["title"] == server.truth(told["code"]).title
    one = next(code for code in server.world.newest(9)[1:] if server.truth(code).outcome is Outcome.STORED)
    done = check(path, "narvanpress", str(one))
    assert (done.returncode, done.stderr, done.stdout.splitlines()[0]) == (0, "", f"narvanpress {one}: read")
    assert path.read_bytes() == before


def test_a_known_outlet_is_looked_at_before_it_is_followed(serve_outlets: ServeOutlets, tmp_path: Path) -> None:
    server = serve_outlets(1)["asr"]
    code = server.world.newest(1)[0]
    done = check(tmp_path / "asr.db", "tabnak", str(code), "--json", "-s", f"ASR_BASE_URL={server.base_url}")
    told = json.loads(done.stdout)
    assert (done.returncode, told["site"], told["article"]["title"]) == (0, "tabnak.ir", server.truth(code).title)
    assert list(tmp_path.iterdir()) == []


def test_a_code_without_an_article(tmp_path: Path) -> None:
    with TableSite({"/robots.txt": Reply()}) as site:
        done = check(tmp_path / "asr.db", "tabnak", "7", "-s", f"ASR_BASE_URL={site.base_url}")
    assert done == Done(1, "tabnak 7: no article was read: missing, 404\n", "")


def test_a_site_that_cannot_be_reached_or_refuses_us_ends_with_75(tmp_path: Path) -> None:
    nowhere = ("-s", "ASR_BASE_URL=http://127.0.0.1:9")
    done = check(tmp_path / "asr.db", "tabnak", *nowhere)
    assert (done.returncode, done.stdout) == (75, "")
    [line] = done.stderr.splitlines()
    assert line.startswith("scrapy outlet check: no article of tabnak was read: What the site allows is not known")
    done = check(tmp_path / "asr.db", "tabnak", "5", *nowhere)
    assert (done.returncode, done.stderr) == (75, "")
    assert done.stdout.startswith("tabnak 5: no article was read: failed, not asked: ")
    with TableSite({"/fa/rss/allnews": Reply(status=403), "/fa": Reply(status=403)}) as site:
        done = check(tmp_path / "asr.db", "tabnak", "-s", f"ASR_BASE_URL={site.base_url}")
    assert (done.returncode, done.stdout) == (75, "")
    assert done.stderr == (
        "scrapy outlet check: no article of tabnak was read: The site refuses us: status 403 for"
        f" {site.base_url}/fa/rss/allnews\n"
    )
