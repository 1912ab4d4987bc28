"""What the replica answers over HTTP."""

from __future__ import annotations

import gzip
import http.client
import re
import socket
import time
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import pytest

from asrcrawler.exceptions import ReplicaError
from asrcrawler.items import Outcome
from asrcrawler.replica import Content, Fate, Fault, Origin, ReplicaServer, World, paragraphs
from asrcrawler.replica.hostile import HUGE_SIZE
from asrcrawler.replica.look import Look
from asrcrawler.replica.process import ReplicaProcess
from asrcrawler.replica.site import code_of_path
from asrcrawler.replica.variations import BodyForm, DateForm, LeadPicture, Noise, Toolbar

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.replica.conftest import Got
    from tests.replica_fixture import ServeReplica

    Get = Callable[..., Got]

LAST = 2000
SMALLEST, LARGEST = 60_000, 120_000  # bytes of a page, as on the real sites


def first_of(world: World, fate: Fate) -> int:
    return next(code for code in range(1, world.last) if world.state(code) is fate)


@pytest.fixture
def site(serve_replica: ServeReplica) -> ReplicaServer:
    return serve_replica(World(first=1, last=LAST))


def test_pages_are_as_large_as_real_ones_and_name_their_code(site: ReplicaServer, get: Get) -> None:
    articles = [code for code in range(1, LAST) if site.world.state(code) is Fate.ARTICLE]
    for code in articles[::20]:
        page = get(site, f"/fa/news/{code}")
        assert page.status == 200
        assert SMALLEST < len(page.body) < LARGEST
        assert '<body id="news"' in page.text
        assert f'<meta property="og:url" content="{site.url(code)}">' in page.text


@pytest.mark.parametrize("form", ["/fa/news/{}", "/fa/news/{}/", "/fa/news/{}/هر-چیزی", "/en/news/{}", "/ar/news/{}/x"])
def test_every_form_of_an_address_gives_the_article(site: ReplicaServer, get: Get, form: str) -> None:
    code = first_of(site.world, Fate.ARTICLE)
    assert get(site, form.format(code)).body == get(site, f"/fa/news/{code}").body
    assert site.requests.codes == {code: 2}


@pytest.mark.parametrize(
    ("fate", "status", "mark"),
    [
        (Fate.NOT_FOUND, 404, "error_container"),
        (Fate.GONE, 410, "error_container"),
        (Fate.SOFT_404, 200, '<div class="error_container">'),
        (Fate.HOME_PAGE, 200, '<body id="home"'),
        (Fate.SHELL, 200, '<body id="news"'),
    ],
)
def test_absences_show_in_their_ways(site: ReplicaServer, get: Get, fate: Fate, status: int, mark: str) -> None:
    answer = get(site, f"/fa/news/{first_of(site.world, fate)}")
    assert answer.status == status
    assert mark in answer.text


def test_redirects_lead_home_or_to_another_code(site: ReplicaServer, get: Get) -> None:
    home = get(site, f"/fa/news/{first_of(site.world, Fate.HOME_REDIRECT)}")
    assert (home.status, home.headers["location"]) == (302, "/fa")
    code = first_of(site.world, Fate.OTHER_REDIRECT)
    other = get(site, f"/fa/news/{code}")
    assert (other.status, other.headers["location"]) == (301, f"/fa/news/{site.world.stand_in(code)}")


def test_a_page_of_another_code_is_that_codes_page(site: ReplicaServer, get: Get) -> None:
    code = first_of(site.world, Fate.OTHER_PAGE)
    other = site.world.stand_in(code)
    assert get(site, f"/fa/news/{code}").body == get(site, f"/fa/news/{other}").body


def test_short_links_lead_to_their_article(serve_replica: ServeReplica, get: Get) -> None:
    site = serve_replica(World(first=32_900, last=32_920))
    for path, code in (("/0008Yp", 32_911), ("/0008Yo", 32_910)):
        answer = get(site, path)
        assert answer.status in {301, 302}
        assert answer.headers["location"] == f"/fa/news/{code}"
    assert get(site, "/00000z").status == 404
    assert code_of_path("/003qh5") == 917_543


def test_robots_txt_forbids_what_the_cms_forbids(serve_replica: ServeReplica, get: Get) -> None:
    plain, slow = get(serve_replica(), "/robots.txt").text, get(serve_replica(crawl_delay=2.5), "/robots.txt").text
    assert re.findall("Disallow: (.+)", plain) == [
        f"/fa/{name}" for name in ("archive", "print", "send", "save", "report", "ajax")
    ]
    assert "Crawl-delay" not in plain
    assert "Crawl-delay: 2.5" in slow


def test_home_links_to_the_newest_articles(site: ReplicaServer, get: Get) -> None:
    for path in ("/", "/fa"):
        codes = set(map(int, re.findall(r'href="/fa/news/(\d+)/', get(site, path).text)))
        assert codes == set(site.world.newest(120))


def test_the_feed_names_the_hundred_newest_in_their_links_alone(site: ReplicaServer, get: Get) -> None:
    feed = get(site, "/fa/rss/allnews").text
    assert list(map(int, re.findall(rf"<link>{site.base_url}/fa/news/(\d+)/", feed))) == site.world.newest(100)
    assert feed.count("<item>") == 100
    assert "guid" not in feed


def test_the_sitemaps_together_name_every_article(site: ReplicaServer, get: Get) -> None:
    index = get(site, "/fa-sitemap-newsarchive").text
    named: list[str] = []
    for address in re.findall("<loc>(.+?)</loc>", index):
        named += re.findall(r"/fa/news/(\d+)/", get(site, address.removeprefix(site.base_url)).text)
    assert sorted(map(int, named)) == [code for code in range(1, LAST + 1) if site.world.is_visible(code)]
    recent = re.findall(r"/fa/news/(\d+)/", get(site, "/fa-sitemap-news").text)
    assert list(map(int, recent)) == site.world.newest(500)


def test_a_site_without_sitemaps(serve_replica: ServeReplica, get: Get) -> None:
    site = serve_replica(sitemaps=False)
    paths = ["/fa-sitemap-news", "/fa-sitemap-newsarchive", "/fa-sitemap-newsarchive/2022/9"]
    assert [get(site, path).status for path in paths] == [404, 404, 404]


def test_the_forbidden_archive_is_there_to_be_left_alone(site: ReplicaServer, get: Get) -> None:
    assert '<body id="archive">' in get(site, "/fa/archive").text
    assert site.requests.paths["/fa/archive"] == 1


def test_pictures_are_pictures(site: ReplicaServer, get: Get) -> None:
    assert get(site, "/files/fa/news/1401/7/2/1_100.jpg").body.startswith(b"\x89PNG")
    assert get(site, "/nothing/here").status == 404


def test_conditional_requests(site: ReplicaServer, get: Get) -> None:
    path = f"/fa/news/{first_of(site.world, Fate.ARTICLE)}"
    first = get(site, path)
    fresh = get(site, path, If_None_Match=first.headers["etag"])
    assert (fresh.status, fresh.body) == (304, b"")
    assert get(site, path, If_None_Match='"another"').status == 200
    assert get(site, path, If_Modified_Since=first.headers["last-modified"]).status == 304
    assert get(site, path, If_Modified_Since="Sat, 01 Jan 2000 00:00:00 GMT").status == 200
    assert get(site, path, If_Modified_Since="yesterday").status == 200
    assert [entry.conditional for entry in site.requests.entries] == [False, True, True, True, True, True]


def test_an_edit_makes_a_new_validator(serve_replica: ServeReplica, get: Get) -> None:
    world = World(first=1, last=200, density=1.0, edit_share=1.0, deletion_share=0)
    site = serve_replica(world)
    entry = next(entry for code in range(1, 200) if (entry := world.entry(code)).edits)
    site.clock = entry.edits[0].at - timedelta(seconds=1)
    before = get(site, f"/fa/news/{entry.code}")
    assert site.advance(timedelta(seconds=1)) == entry.edits[0].at
    after = get(site, f"/fa/news/{entry.code}")
    assert before.headers["etag"] != after.headers["etag"]
    assert before.headers["last-modified"] < after.headers["last-modified"] or before.body != after.body


def test_a_site_without_validators(serve_replica: ServeReplica, get: Get) -> None:
    site = serve_replica(conditional=False)
    assert "etag" not in get(site, f"/fa/news/{first_of(site.world, Fate.ARTICLE)}").headers


def test_compression_where_it_is_spoken(serve_replica: ServeReplica, get: Get) -> None:
    site = serve_replica(compress=True)
    path = f"/fa/news/{first_of(site.world, Fate.ARTICLE)}"
    plain, small = get(site, path), get(site, path, Accept_Encoding="gzip")
    assert "content-encoding" not in plain.headers
    assert small.headers["content-encoding"] == "gzip"
    assert gzip.decompress(small.body) == plain.body


def test_the_clock_moves_the_site_on(site: ReplicaServer, get: Get) -> None:
    code = site.world.newest(1)[0]
    site.clock = site.world.published_at(code) - timedelta(seconds=1)
    assert site.truth(code).outcome is Outcome.MISSING
    assert str(code) not in get(site, "/fa/rss/allnews").text
    site.advance(timedelta(seconds=1))
    assert f"/fa/news/{code}/" in get(site, "/fa/rss/allnews").text
    assert 'id="news"' in get(site, f"/fa/news/{code}").text


def test_true_addresses_of_pictures_are_on_the_server(site: ReplicaServer, get: Get) -> None:
    code = next(code for code in range(1, LAST) if site.truth(code).images)
    image = site.truth(code).images[0]
    assert image.url.startswith(f"{site.base_url}/files/fa/news/")
    assert image.url.removeprefix(site.base_url) in get(site, f"/fa/news/{code}").text


def test_a_given_article_in_the_targets_own_template(serve_replica: ServeReplica, get: Get) -> None:
    given = Content(
        title="سفر به یزد", lead="<لید> & بیش", blocks=paragraphs("بند یکم", "بند دوم"), category=("گردشگری",)
    )
    page = get(serve_replica(World(first=1, last=9, articles={32_911: given})), "/fa/news/32911").text
    assert '<span class="news_nav_title">کد خبر: </span>۳۲۹۱۱</div>' in page
    assert "&lt;لید&gt; &amp; بیش" in page
    assert '<p style="text-align: right;">بند یکم</p>' in page


def test_a_look_of_ones_choice(serve_replica: ServeReplica, get: Get) -> None:
    look = Look(
        toolbar=Toolbar.SAPN,
        body_form=BodyForm.BREAKS,
        date_form=DateForm.TIME_FIRST,
        lead_picture=LeadPicture.ABOVE,
        noise=frozenset({Noise.SIGN_OFF}),
    )
    world = World(first=1, last=9, articles={5: Content(title="ت", blocks=paragraphs("الف", "ب"))}, looks={5: look})
    page = get(serve_replica(world), "/fa/news/5").text
    assert '<sapn class="fa_date">' in page
    assert "الف<br>ب<br><br>" in page
    assert "انتهای پیام/" in page


@pytest.mark.parametrize(
    ("fault", "status", "header"),
    [
        (Fault.ERROR_500, 500, None),
        (Fault.RETRY_SECONDS, 503, ("retry-after", "60")),
        (Fault.TOO_MANY, 429, ("retry-after", "60")),
        (Fault.FORBIDDEN, 403, None),
        (Fault.CHALLENGE, 200, ("server", "ArvanCloud")),
        (Fault.CHALLENGE_REDIRECT, 307, ("set-cookie", "__arcsjs=0a1b; path=/")),
        (Fault.OTHER_HOST, 302, ("location", "http://elsewhere.invalid/fa/news/1")),
        (Fault.EMPTY, 200, ("content-length", "0")),
    ],
)
def test_faults_that_answer(
    replica: ReplicaServer, get: Get, fault: Fault, status: int, header: tuple[str, str] | None
) -> None:
    replica.faults.put(7, fault, seconds=60)
    answer = get(replica, "/fa/news/7")
    assert answer.status == status
    if header:
        assert answer.headers[header[0]] == header[1]


def test_a_date_to_come_back_at_follows_the_sites_clock(replica: ReplicaServer, get: Get) -> None:
    replica.faults.put("/fa", Fault.RETRY_DATE, seconds=3600)
    moment = parsedate_to_datetime(get(replica, "/fa").headers["retry-after"])
    assert moment == replica.clock.astimezone(UTC) + timedelta(hours=1)


def test_a_reset_connection(replica: ReplicaServer, get: Get) -> None:
    replica.faults.put(7, Fault.RESET)
    with pytest.raises(ConnectionResetError):
        get(replica, "/fa/news/7")


def test_a_truncated_page(replica: ReplicaServer, get: Get) -> None:
    code = first_of(replica.world, Fate.ARTICLE)
    whole = get(replica, f"/fa/news/{code}").body
    replica.faults.put(code, Fault.TRUNCATED, heals_after=1)
    with pytest.raises(http.client.IncompleteRead) as cut:
        get(replica, f"/fa/news/{code}")
    assert cut.value.partial == whole[: len(whole) // 2]
    assert get(replica, f"/fa/news/{code}").body == whole


def test_a_slow_page(replica: ReplicaServer, get: Get) -> None:
    replica.faults.put(7, Fault.SLOW, seconds=0.2)
    start = time.monotonic()
    get(replica, "/fa/news/7")
    assert time.monotonic() - start >= 0.2


def test_a_huge_page_and_a_bomb(replica: ReplicaServer, get: Get) -> None:
    replica.faults.put(7, Fault.HUGE)
    assert abs(len(get(replica, "/fa/news/7").body) - HUGE_SIZE) < 1_000_000
    replica.faults.put(7, Fault.GZIP_BOMB)
    bomb = get(replica, "/fa/news/7").body
    assert len(bomb) < 100_000
    assert len(gzip.decompress(bomb)) == HUGE_SIZE


def test_a_wrong_charset_changes_the_declarations_alone(replica: ReplicaServer, get: Get) -> None:
    code = first_of(replica.world, Fate.ARTICLE)
    right = get(replica, f"/fa/news/{code}").text
    replica.faults.put(code, Fault.WRONG_CHARSET)
    wrong = get(replica, f"/fa/news/{code}")
    assert wrong.headers["content-type"] == "text/html; charset=windows-1256"
    assert wrong.text.replace("windows-1256", "UTF-8") == right


def test_dirty_bytes_are_in_the_text_and_in_the_json(replica: ReplicaServer, get: Get) -> None:
    world = replica.world
    code = next(code for code in range(1, 300) if world.is_visible(code) and world.origin(code) is Origin.REPORT)
    replica.faults.put(code, Fault.DIRTY_BYTES)
    page = get(replica, f"/fa/news/{code}").text
    assert "\0" in page
    assert '"\\ud83d' in page or "\\ud83d" in page
    assert not re.search('(?:title|alt|content)="[^"]*\0', page)


def test_the_log_tells_who_asked_for_what(replica: ReplicaServer, get: Get) -> None:
    get(replica, "/fa/news/7/یک-خبر", User_Agent="tester")
    get(replica, "/fa")
    entries = replica.requests.entries
    assert [(entry.path, entry.code) for entry in entries] == [("/fa/news/7/یک-خبر", 7), ("/fa", None)]
    assert entries[0].user_agent == "tester"
    assert (len(replica.requests), replica.requests.most_at_once) == (2, 1)
    replica.requests.clear()
    assert replica.requests.entries == []


def test_two_servers_never_share_a_port() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ReplicaError, match=f"cannot serve on port {port}: "):
            ReplicaServer(World(), port=port).start()


def test_a_stopped_server_takes_no_requests(get: Get) -> None:
    with ReplicaServer(World()) as server:
        assert get(server, "/robots.txt").status == 200
    with pytest.raises(ConnectionRefusedError):
        get(server, "/robots.txt")


def test_a_replica_in_a_process_of_its_own_shows_the_same_pages(get: Get) -> None:
    world = World(first=1, last=50, density=1.0)
    with ReplicaProcess(world) as apart, ReplicaServer(world) as here:
        there = get(apart, "/fa/news/7").text.replace(apart.base_url, "")
        assert there == get(here, "/fa/news/7").text.replace(here.base_url, "")
