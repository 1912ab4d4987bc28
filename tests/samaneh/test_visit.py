"""What an HTTP answer amounts to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.items import Absence, Article, Capture, Outcome, Redirect
from asrcrawler.samaneh.visit import LONGEST_REDIRECTS, Answer, Asked, Elsewhere, judge
from tests.samaneh.template import BASE, CODE, TITLE, page
from tests.samaneh.template import URL as PAGE_URL

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ASKED = Asked(site="asrpress.ir", code=32911, base_url="http://asrpress.ir")
URL = "http://asrpress.ir/fa/news/32911"
STEP = Redirect(NOW, 301, URL, f"{URL}/x")


def answer(
    status: int = 200, body: bytes = b"", url: str = URL, redirects: tuple[Redirect, ...] = (), **headers: str
) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(url=url, status=status, at=NOW, headers=named, body=body, redirects=redirects)


def absence_of(given_answer: Answer, code: int = 32911) -> Absence:
    result = judge(given_answer, replace(ASKED, code=code))
    assert isinstance(result, Absence)
    assert (result.site, result.code) == ("asrpress.ir", code)
    assert result.fetch is not None
    assert result.fetch.status == given_answer.status
    return result


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (404, Outcome.MISSING),
        (410, Outcome.MISSING),
        (401, Outcome.REFUSED),
        (402, Outcome.REFUSED),
        (403, Outcome.REFUSED),
        (407, Outcome.REFUSED),
        (429, Outcome.REFUSED),
        (451, Outcome.REFUSED),
        (408, Outcome.FAILED),
        (425, Outcome.FAILED),
        (500, Outcome.FAILED),
        (503, Outcome.FAILED),
        (599, Outcome.FAILED),
        (201, Outcome.UNREADABLE),
        (206, Outcome.UNREADABLE),
        (304, Outcome.UNREADABLE),
        (400, Outcome.UNREADABLE),
        (418, Outcome.UNREADABLE),
    ],
)
def test_a_status_alone_decides(status: int, outcome: Outcome) -> None:
    for body in (b"<html>any page</html>", page()):
        assert absence_of(answer(status, body, url=f"{BASE}/fa/news/{CODE}"), code=CODE).outcome == outcome


def test_not_modified_is_an_answer_where_we_said_what_we_have() -> None:
    found = judge(answer(304), replace(ASKED, conditional=True))
    assert isinstance(found, Absence)
    assert (found.outcome, found.reason) == (Outcome.STORED, "not modified")


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [
        ("text/html; Charset=UTF-8", "utf-8"),
        ("text/html;charset='windows-1256';", "windows-1256"),
        ("text/html", None),
        ("text/html; charset=", None),
    ],
)
def test_the_charset_of_the_header(content_type: str, charset: str | None) -> None:
    assert answer(content_type=content_type).encoding == charset


@pytest.mark.parametrize("body", [b"", b" \r\n\t "])
def test_an_empty_answer_is_a_failure_to_be_tried_again(body: bytes) -> None:
    found = absence_of(answer(body=body))
    assert (found.outcome, found.reason) == (Outcome.FAILED, "empty answer")


@pytest.mark.parametrize(
    ("location", "outcome", "reason"),
    [
        ("/", Outcome.MISSING, "redirected to home"),
        ("/fa", Outcome.MISSING, "redirected to home"),
        ("http://www.asrpress.ir/fa/", Outcome.MISSING, "redirected to home"),
        ("http://elsewhere.example/fa/news/32911", Outcome.REFUSED, "redirected to another host: elsewhere.example"),
        ("//elsewhere.example/", Outcome.REFUSED, "redirected to another host: elsewhere.example"),
        ("http://asrpress.ir@elsewhere.example/", Outcome.REFUSED, "redirected to another host: elsewhere.example"),
        ("/fa/news/32912", Outcome.UNREADABLE, "redirected to code 32912"),
        ("/fa/archive?service_id=1", Outcome.MISSING, "redirected to a listing"),
        ("/fa/services/20/90", Outcome.MISSING, "redirected to a listing"),
        ("https://www.asrpress.ir/fa/tag/1/x", Outcome.MISSING, "redirected to a listing"),
        ("http://elsewhere.example/fa/archive", Outcome.REFUSED, "redirected to another host: elsewhere.example"),
        (URL, Outcome.REFUSED, "challenge: redirected to itself"),
        ("", Outcome.UNREADABLE, "status 302 leads nowhere"),
        ("javascript:alert(1)", Outcome.UNREADABLE, "status 302 leads nowhere"),
        ("http://[broken/", Outcome.UNREADABLE, "status 302 leads nowhere"),
    ],
)
def test_a_redirect_that_is_not_followed(location: str, outcome: Outcome, reason: str) -> None:
    found = absence_of(answer(302, location=location))
    assert (found.outcome, found.reason) == (outcome, reason)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_each_status_of_a_redirect_is_one(status: int) -> None:
    assert judge(answer(status, location="/fa/news/32911/x"), ASKED) == Elsewhere(f"{URL}/x")


@pytest.mark.parametrize(
    ("location", "followed"),
    [
        ("/fa/news/32911/", "http://asrpress.ir/fa/news/32911/"),
        ("https://www.asrpress.ir/fa/news/32911", "https://www.asrpress.ir/fa/news/32911"),
        ("/fa/news/32911/slug", "http://asrpress.ir/fa/news/32911/slug"),
        ("/fa/error", "http://asrpress.ir/fa/error"),
    ],
)
def test_a_redirect_within_the_site_is_followed(location: str, followed: str) -> None:
    assert judge(answer(301, location=location), ASKED) == Elsewhere(followed)


MIRROR = Asked(site="asrpress.ir", code=32911, base_url="http://127.0.0.1:8765")
MIRRORED = "http://127.0.0.1:8765/fa/news/32911"


def test_a_mirror_that_leads_to_the_outlet_is_asked_itself() -> None:
    for location in ("http://asrpress.ir/fa/news/32911/slug?a=b", "https://www.asrpress.ir/fa/news/32911/slug?a=b"):
        assert judge(answer(301, url=MIRRORED, location=location), MIRROR) == Elsewhere(f"{MIRRORED}/slug?a=b")
    short = judge(answer(301, url=MIRRORED, location="http://asrpress.ir/0008Yp"), MIRROR)
    assert short == Elsewhere("http://127.0.0.1:8765/0008Yp")


@pytest.mark.parametrize(
    ("location", "outcome", "reason"),
    [
        ("http://www.asrpress.ir/fa", Outcome.MISSING, "redirected to home"),
        ("http://asrpress.ir/fa/archive", Outcome.MISSING, "redirected to a listing"),
        ("https://asrpress.ir/fa/news/32911", Outcome.REFUSED, "redirected to what it mirrors: asrpress.ir"),
        ("http://asrpress.ir.evil.example/", Outcome.REFUSED, "redirected to another host: asrpress.ir.evil.example"),
        ("http://asrpress.ir/fa/news/7", Outcome.UNREADABLE, "redirected to code 7"),
    ],
)
def test_a_redirect_of_a_mirror_that_is_not_followed(location: str, outcome: Outcome, reason: str) -> None:
    found = judge(answer(302, url=MIRRORED, location=location), MIRROR)
    assert isinstance(found, Absence)
    assert (found.outcome, found.reason) == (outcome, reason)


@pytest.mark.parametrize("location", ["/fa/news/32911?__arcsjs=1", "/", "/fa", "/fa/archive"])
def test_a_redirect_of_a_challenge_is_a_refusal_wherever_it_leads(location: str) -> None:
    by_cookie = answer(307, location=location, set_cookie="a=b; Path=/, __arcsjs=f00; Path=/")
    by_text = answer(307, body=b"<html><script>document.cookie='__arcsjsc=1'</script>", location=location)
    for given_answer in (by_cookie, by_text):
        found = absence_of(given_answer)
        assert (found.outcome, found.reason) == (Outcome.REFUSED, "challenge page")


def test_a_small_page_that_cannot_be_read_and_sets_the_cookie_of_a_challenge_is_a_refusal() -> None:
    body = b"<html><script src=x></script></html>"
    assert absence_of(answer(body=body)).outcome is Outcome.UNREADABLE
    assert absence_of(answer(body=body, set_cookie="__arcsjs=f00; Path=/")).outcome is Outcome.REFUSED


def test_the_redirects_that_led_to_a_page_are_kept_as_long_as_there_is_room() -> None:
    long = STEP._replace(location="/fa/news/32911/" + "x" * LONGEST_REDIRECTS)
    for steps, kept in (((), ()), ((STEP, STEP), (STEP, STEP)), ((STEP, long, STEP), (STEP,)), ((long, STEP), ())):
        page_of = absence_of(answer(200, b"<html>no article</html>", redirects=steps)).fetch.capture  # type: ignore[union-attr]
        assert isinstance(page_of, Capture)
        assert page_of.redirects == kept


def test_redirects_come_to_an_end() -> None:
    found = absence_of(answer(301, location="/fa/news/32911/again", redirects=(STEP,) * 5))
    assert (found.outcome, found.reason) == (Outcome.UNREADABLE, "more than 5 redirects")


def test_a_site_that_asks_us_to_wait_is_heard() -> None:
    assert absence_of(answer(503, retry_after="120")).retry_after == NOW + timedelta(seconds=120)
    assert absence_of(answer(429, retry_after="120")).retry_after == NOW + timedelta(seconds=120)
    assert absence_of(answer(404, retry_after="120")).retry_after is None


@given(st.integers(200, 599), st.binary(max_size=400), st.text(max_size=60))
def test_any_answer_is_something(status: int, body: bytes, location: str) -> None:
    result = judge(answer(status, body, location=location), ASKED)
    assert isinstance(result, Article | Absence | Elsewhere)


# --- answers that break off

READ = Asked(site="asrpress.ir", code=CODE, base_url=BASE)
CUT = page()[: page().index(b'<div class="side">')]


def page_answer(body: bytes, *, status: int = 200, **transfer: Any) -> Answer:
    headers = {"etag": '"1"', "last-modified": "Sun, 01 Mar 2026 13:00:00 GMT"}
    return Answer(url=PAGE_URL, status=status, at=NOW, headers=headers, body=body, **transfer)


@pytest.mark.parametrize("status", [200, 203])
@pytest.mark.parametrize("transfer", [{}, {"is_delimited": False}])
def test_a_whole_page_is_an_article(status: int, transfer: dict[str, bool]) -> None:
    article = judge(page_answer(page(), status=status, **transfer), READ)
    assert isinstance(article, Article)
    assert article.fetch is not None
    assert (article.title, article.fetch.etag, article.fetch.status) == (TITLE, '"1"', status)


@pytest.mark.parametrize(
    ("body", "transfer"),
    [
        (page(), {"is_unpacked": False}),
        (CUT, {"is_unpacked": False}),
        (CUT, {"is_delimited": False}),
        (CUT[:200], {"is_delimited": False}),
        (CUT[:200], {"is_unpacked": False}),
        (b"", {"is_unpacked": False}),
        (b" ", {"is_unpacked": False, "is_delimited": False}),
    ],
)
def test_a_page_that_breaks_off_is_a_failure_and_nothing_of_it_is_taken(body: bytes, transfer: dict[str, bool]) -> None:
    found = judge(page_answer(body, **transfer), READ)
    assert isinstance(found, Absence)
    assert (found.outcome, found.reason, found.reading) == (Outcome.FAILED, "answer breaks off", None)
    assert found.fetch is not None
    assert found.fetch.capture is None


def test_a_page_that_lacks_nothing_but_its_end_is_a_failure_that_says_what_it_read() -> None:
    found = judge(page_answer(CUT), READ)
    assert isinstance(found, Absence)
    assert (found.outcome, found.reason) == (Outcome.FAILED, "answer breaks off")
    assert found.reading is not None
    assert found.reading.fetch is not None
    assert isinstance(found.reading.fetch.capture, Capture)
    assert (found.reading.title, found.reading.fetch.etag, found.reading.fetch.last_modified) == (TITLE, None, None)


@pytest.mark.parametrize("transfer", [{}, {"is_delimited": False}, {"is_unpacked": False}])
@pytest.mark.parametrize(
    ("given_answer", "outcome", "reason"),
    [
        (page_answer(b"<html>none such", status=404), Outcome.MISSING, "404"),
        (page_answer(b"<html>ouch", status=500), Outcome.FAILED, "status 500"),
        (page_answer(b"<html>go away", status=403), Outcome.REFUSED, "status 403"),
        (page_answer(b"<html>moved", status=302), Outcome.UNREADABLE, "status 302 leads nowhere"),
        (page_answer(b"<html><script>document.cookie='__arcsjs=1'"), Outcome.REFUSED, "challenge page"),
        (page_answer(b'<html><body id="home">'), Outcome.MISSING, "home page"),
        (page_answer(page().replace("۴۳۲۱".encode(), "۴۳۲۲".encode())[:-99]), Outcome.UNREADABLE, "page of code 4322"),
    ],
)
def test_what_would_not_be_stored_is_judged_as_it_is(
    given_answer: Answer, outcome: Outcome, reason: str, transfer: dict[str, Any]
) -> None:
    found = judge(replace(given_answer, **transfer), READ)
    assert isinstance(found, Absence)
    assert (found.outcome, found.reason) == (outcome, reason)


def test_a_page_without_an_end_and_without_a_code_is_as_unreadable_as_before() -> None:
    assert absence_of(answer(body=b"<html>we are painting")).outcome is Outcome.UNREADABLE


# --- evidence


@pytest.mark.parametrize(
    ("given_answer", "kept"),
    [
        (answer(200, b"<html>neither"), True),
        (answer(403, b"<html>go away"), True),
        (answer(403), False),
        (answer(404, b"<html>none such"), False),
        (answer(500, b"<html>ouch"), False),
        (answer(302, location="http://asrpress.ir/fa"), False),
    ],
)
def test_what_says_more_than_its_outcome_is_kept(given_answer: Answer, kept: bool) -> None:
    fetch = absence_of(given_answer).fetch
    assert fetch is not None
    assert (fetch.capture is not None) is kept
    if isinstance(fetch.capture, Capture):
        assert (fetch.capture.url, fetch.capture.body) == (URL, given_answer.body)


def test_headers_are_kept_without_cookies_and_within_bounds() -> None:
    headers = {"server": "nginx", "set-cookie": "a=1", "csp": "p" * 501, "vary": "v" * 500}
    headers |= {f"x-{number}": "v" * 90 for number in range(100)}
    given_answer = Answer(url=URL, status=403, at=NOW, headers=headers, body=b"no")
    fetch = absence_of(given_answer).fetch
    assert fetch is not None
    assert fetch.capture is not None
    assert fetch.capture.headers["server"] == "nginx"
    assert "vary" in fetch.capture.headers
    assert not {"set-cookie", "csp"} & fetch.capture.headers.keys()
    kept = sum(len(name) + len(value) for name, value in fetch.capture.headers.items())
    assert 4_000 - 100 < kept <= 4_000


def test_a_page_does_not_show_in_a_log() -> None:
    fetch = absence_of(answer(403, b"secret words")).fetch
    assert "secret" not in repr(fetch)
