"""The reading room in a real browser. No console error, no request to another host, on any page."""

from __future__ import annotations

import re
import shutil
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from socket import socket
from threading import Thread
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from urllib.parse import quote, urlsplit

import pytest
from starlette.datastructures import Headers

from asrcrawler.clock import utcnow
from asrcrawler.outlets import new_outlet
from asrcrawler.reader.app import create_app
from asrcrawler.reader.library import FRESH, Library
from asrcrawler.reader.server import server_of
from asrcrawler.storage import Database, outlets
from asrcrawler.storage.visits import runs
from asrcrawler.storage.visits.writing import write_visits
from tests.reader import shelf
from tests.storage.samples import DAY, OTHER_SITE, SITE, an_absence, an_article, with_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser, ConsoleMessage, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
OPTIONS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PATIENCE = 20_000  # milliseconds
DESKTOP, PHONE, NARROWEST = (1280, 900), (390, 844), (320, 640)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SEVERAL, LOST = "//several.localhost", "//lost.localhost"
"""The same archive with all of its outlets, and one whose database is not there."""
TAKEN_DOWN, UNSEEN, RETURNED, CAPTURED = range(411, 415)
"""Articles that the site no longer has, that one look did not find, that came back, and one with a capture."""
REFUSED = ["/nowhere", "/news/9", "/goto?day=never", "/changes?class=none", "/search?q=x&since=never", f"{LOST}/"]
"""Addresses that are answered with a status of 400 or more."""
PAGES = [
    "/", "/?view=compact&unique=1", "/sections", "/category/کتاب", f"/news/{shelf.EDITED}",
    f"/news/{shelf.EDITED}/edits/2", f"/news/{shelf.COPY}", f"/news/{shelf.GALLERY}", f"/news/{CAPTURED}",
    f"/news/{shelf.EDITED}/edits/1?view=split&from=1&to=3", "/calendar", "/1401", "/1401/11", "/1401/11/04", "/search",
    "/search?q=کاغذ&tag=کتاب", "/search?q=ناپیدایی", "/changes", "/changes/gone", "/changes/gone?state=waiting",
    "/changes/gone?state=back", f"/news/{TAKEN_DOWN}", f"/news/{UNSEEN}", f"/news/{RETURNED}", "/health",
    "/health/codes?outcome=missing", "/health/codes?outcome=unvisited", "/api", f"{SEVERAL}/", f"{SEVERAL}/asr",
    f"{SEVERAL}/news/{shelf.EDITED}", f"{SEVERAL}/health", f"{SEVERAL}/changes", f"{SEVERAL}/search?q=کاغذ", *REFUSED,
]  # fmt: skip
"""One of each template, with all that it can show."""

ACTING = b"""<html><head><title>as it came</title><style>p { color: rgb(1, 2, 3) }</style>
<script src="http://elsewhere.example/x.js"></script><script>document.title = "hacked"</script>
<link rel="stylesheet" href="http://elsewhere.example/x.css"><style>@import url(/imported.css);
body { background: url(/behind.png) } @font-face { font-family: X; src: url(/x.woff) } p { font-family: X }</style>
<meta http-equiv="refresh" content="0;url=/elsewhere"></head>
<body onload="document.title = 'hacked'"><p onclick="document.title = 'hacked'">text</p>
<img src="/picture.png" onerror="document.title = 'hacked'"><iframe src="/frame"></iframe>
<video src="/film.mp4"></video><svg onload="document.title = 'hacked'"><image href="/drawn.png"/></svg>
<form action="/sent"><button>send</button></form><a href="javascript:document.title = 'hacked'">link</a></html>"""

BEYOND = """[...document.querySelectorAll('body *')].filter(node => {
    const box = node.getBoundingClientRect();
    const beyond = box.right > innerWidth + 1 || box.left < -1;
    return beyond && node.checkVisibility() && !node.closest('.unseen, .skip, title');
}).map(node => node.outerHTML.slice(0, 80))"""
"""What reaches over an edge of the window."""

EXAMINED = {
    "light": (DESKTOP, "{resultTypes: ['violations'], preload: false}"),
    "dark": (
        PHONE,
        "{resultTypes: ['violations'], preload: false, runOnly: ['color-contrast']}",
    ),  # all that a theme can change
}
TALL_FONT = """
@font-face { font-family: Tall; src: local("DejaVu Sans"); ascent-override: 137%; descent-override: 74% }
body { font-family: Tall !important }
"""
"""The measures of Noto Sans Arabic, whose letters have more room than a line."""

HIGHLIGHTS = """[...document.querySelectorAll('mark')].map(node => {
    const style = getComputedStyle(node);
    return {
        font: node.getClientRects()[0].height, line: parseFloat(style.lineHeight), color: style.backgroundColor,
        painted: parseFloat(style.backgroundSize.split(' ')[1]), place: style.backgroundPosition,
    };
})"""
SERIOUS = {"serious", "critical"}

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: no browser to test in")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('reader') / 'asr.db'}"
    now = utcnow()
    seen = now - 5 * DAY
    with closing(Database(url)) as database:
        database.prepare()
        for outlet in (new_outlet("asr"), new_outlet("other", f"http://{OTHER_SITE}", title="رسانهٔ دیگر")):
            outlets.add(database, outlet)
        shelf.fill(database, now)
        write_visits(database, [shelf.article(code, seen, seen=seen) for code in (TAKEN_DOWN, UNSEEN, RETURNED)])
        write_visits(database, [with_page(shelf.article(CAPTURED, seen, seen=seen), ACTING)])
        write_visits(database, [an_article(shelf.EDITED, site=OTHER_SITE, at=now, body="متن کاغذ")])
        write_visits(database, [an_article(shelf.EDITED, site=OTHER_SITE, at=now, body="متن کاغذ تازه")])
        both = [TAKEN_DOWN, RETURNED]
        for later, codes in ((2, both), (3.5, both), (4, [TAKEN_DOWN, UNSEEN])):
            run = runs.begin_run(database, SITE, {})
            write_visits(database, [an_absence(code, at=seen + later * DAY) for code in codes], run_id=run)
            runs.end_run(database, run, runs.RunFigures(), reason="finished", exit_status=0)
        write_visits(database, [shelf.article(RETURNED, seen, seen=seen + 4 * DAY)])
    return url


@dataclass(frozen=True, slots=True)
class Served:
    """Reading rooms on one port, each under a name of its own."""

    port: int
    asked: list[str]
    """The paths that were asked for."""

    def url(self, address: str) -> str:
        """Give the whole address of a page of :data:`PAGES`."""
        name, slash, path = address.removeprefix("//").partition("/") if address.startswith("//") else ("", "", "")
        return f"http://{name}:{self.port}/{path}" if slash else f"http://localhost:{self.port}{address}"

    def has(self, url: str) -> bool:
        """Tell whether an address leads to one of the rooms."""
        parts = urlsplit(url)
        return parts.port == self.port and (parts.hostname or "").endswith("localhost")


@pytest.fixture(scope="module")
def served(archive: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The archive as ``scrapy serve`` shows it: one outlet alone, all of them; and an archive that is not there."""
    nowhere = Database(f"sqlite:///{tmp_path_factory.mktemp('none') / 'asr.db'}", read_only=True)
    with closing(Database(archive, read_only=True)) as database, socket() as listener:
        rooms = {
            "localhost": create_app(Library(database=database, site=SITE, first_code=300)),
            "several.localhost": create_app(Library(database=database, first_code=300)),
            "lost.localhost": create_app(Library(database=nowhere)),
        }
        listener.bind(("127.0.0.1", 0))
        found = Served(listener.getsockname()[1], [])

        async def room(scope: Any, receive: Any, send: Any) -> None:
            found.asked.append(scope["path"])
            await rooms[Headers(scope=scope)["host"].partition(":")[0]](scope, receive, send)

        server = server_of(room)
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield found
        server.should_exit = True
        thread.join(20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
        yield browser
        browser.close()


OpenPage: TypeAlias = "Callable[..., AbstractContextManager[Page]]"


@pytest.fixture
def open_page(browser: Browser, served: Served) -> OpenPage:
    """Opens a window, and at its end holds it against what it did."""
    refused = {quote(served.url(address), safe=":/?&=%") for address in REFUSED}

    def is_complaint(said: ConsoleMessage) -> bool:
        """Tell whether a line of the console says that something is wrong; a page of an error is told of as one."""
        return said.type in {"error", "warning"} and said.location["url"] not in refused

    @contextmanager
    def open_page(size: tuple[int, int] = DESKTOP, *, quiet: bool = True, **options: Any) -> Iterator[Page]:
        context = browser.new_context(
            base_url=served.url("/"), viewport={"width": size[0], "height": size[1]}, locale="fa-IR", **options
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        complaints: list[str] = []
        if quiet:
            page.on("console", lambda said: complaints.append(said.text) if is_complaint(said) else None)
            page.on("request", lambda asked: None if served.has(asked.url) else complaints.append(asked.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        yield page
        context.close()
        assert complaints == []

    return open_page


def test_one_searches_reads_and_sees_what_an_edit_changed(open_page: OpenPage) -> None:
    with open_page() as page:
        page.goto("/")
        page.keyboard.press("Control+k")
        page.keyboard.type("پيمانكار")  # with Arabic letters, as some keyboards have them
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=*")
        assert page.locator("mark").first.inner_text() == "پیمانکار"
        page.get_by_text("فیلترها", exact=True).click()
        page.get_by_label("بخش", exact=True).fill("جامعه")
        page.get_by_role("button", name="جست‌وجو").click()
        assert page.get_by_role("status").inner_text() == "۱ خبر"
        page.reload()
        assert page.get_by_label("بخش", exact=True).input_value() == "جامعه"
        page.locator(".row h3 a").click()
        assert page.get_by_role("heading", level=1).inner_text() == "آغاز ساخت پل تازه"
        page.get_by_role("link", name="دیدن همهٔ تفاوت").first.click()
        assert page.locator(".diff ins").inner_text().endswith("چهار")
        assert page.locator(".diff del").inner_text().endswith("سه")
        gone = page.locator(".diff del").evaluate("node => getComputedStyle(node).textDecorationLine")
        assert gone == "line-through"
        page.get_by_role("link", name="→ ویرایش قبلی").click()
        assert page.get_by_role("heading", level=1).inner_text() == "ویرایش تیتر"


def test_one_sees_what_was_taken_down(open_page: OpenPage) -> None:
    with open_page() as page:
        page.goto("/")
        page.get_by_role("link", name="تغییرات", exact=True).click()
        assert page.locator("del").first.evaluate("node => getComputedStyle(node).unicodeBidi") == "isolate"
        page.get_by_role("link", name="حذف‌شده‌ها ۱", exact=True).click()
        page.locator(".row h3 a").click()
        assert "در سایت نیست" in page.locator(".banner").inner_text()


def test_a_copy_button_copies(open_page: OpenPage) -> None:
    with open_page(permissions=["clipboard-read", "clipboard-write"]) as page:
        page.goto(f"/news/{shelf.EDITED}")
        page.get_by_role("button", name="کپی ارجاع").click()
        page.get_by_role("button", name="کپی شد").wait_for()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith("asrpress.ir، «آغاز ساخت پل تازه»")


def test_a_highlight_keeps_to_its_line_and_off_the_letters_above(open_page: OpenPage) -> None:
    with open_page(bypass_csp=True) as page:
        page.goto("/search?q=کتاب")
        page.add_style_tag(content=TALL_FONT)
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            highlights = page.evaluate(HIGHLIGHTS)
            assert {(found["color"], found["place"]) for found in highlights} == {("rgba(0, 0, 0, 0)", "50% 50%")}
            assert all(found["painted"] < found["line"] for found in highlights)
            assert any(found["line"] < found["font"] for found in highlights)


def test_one_goes_to_a_day_by_the_keyboard_alone(open_page: OpenPage) -> None:
    with open_page() as page:
        page.goto("/calendar")
        page.keyboard.press("Tab")
        skip = page.locator(".skip")
        assert skip.evaluate("node => node === document.activeElement && node.getBoundingClientRect().top > 0")
        assert skip.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"
        page.get_by_label("رفتن به روز").focus()
        page.keyboard.type("2023-01-24")
        page.keyboard.press("Enter")
        page.wait_for_url("**/1401/11/04")
        assert page.get_by_role("heading", level=1).inner_text() == "سه‌شنبه ۴ بهمن ۱۴۰۱"


def test_the_health_page_follows_a_crawl(open_page: OpenPage, archive: str) -> None:
    with open_page() as page, closing(Database(archive)) as database:
        page.clock.install()
        page.goto("/health")
        assert "آخرین اجرای خوب" in page.locator(".banner").inner_text()
        page.locator("summary").first.click()
        before = page.locator(".tiles b").first.inner_text()
        run = runs.begin_run(database, SITE, {})
        try:
            write_visits(database, [shelf.article(500, utcnow(), seen=utcnow())], run_id=run)
            time.sleep(FRESH)
            page.clock.fast_forward(31_000)
            page.get_by_text("خزشی در جریان است").wait_for()
            assert page.locator(".tiles b").first.inner_text() != before
            assert page.locator("details").first.evaluate("node => node.open")  # the table that was open stays open
        finally:
            runs.end_run(database, run, runs.RunFigures(), reason="finished", exit_status=0)


def test_the_health_page_is_whole_without_scripts(open_page: OpenPage) -> None:
    with open_page(java_script_enabled=False) as page:
        page.goto("/health")
        assert page.locator(".coverage g").count() > 10
        assert "خودش تازه نمی‌شود" in page.locator("main").inner_text()


def test_a_hostile_article_does_nothing(open_page: OpenPage) -> None:
    with open_page() as page:
        page.goto(f"/news/{shelf.HOSTILE}")
        page.locator("h1").hover()
        page.locator(".lead").hover()
        assert page.title().startswith(f"عنوان {shelf.SCRIPT}")
        assert page.locator("img, .body script").count() == 0


def test_a_capture_that_is_looked_at_runs_and_loads_nothing(open_page: OpenPage, served: Served) -> None:
    with open_page(quiet=False) as page:  # the browser says what the policy has stopped
        page.goto(f"/news/{CAPTURED}")
        page.get_by_role("link", name="دیدن نسخهٔ").click()
        address = f"/news/{CAPTURED}/captures/{sha256(ACTING).hexdigest()}"
        page.wait_for_url(f"**{address}")
        elsewhere: list[str] = []
        page.on("requestfinished", lambda asked: None if served.has(asked.url) else elsewhere.append(asked.url))
        for _ in range(2):  # the second time the answer is 304
            served.asked.clear()
            page.reload()
            page.get_by_text("text").click()
            page.get_by_text("link").click()
            page.get_by_role("button").click()
            page.wait_for_timeout(300)  # what it would load or lead to has had the time
            assert (page.title(), page.url) == ("as it came", served.url(address))
            assert page.locator("p").evaluate("node => getComputedStyle(node).color") == "rgb(1, 2, 3)"
            assert set(served.asked) == {address}
        assert elsewhere == []


def test_nothing_is_cut_on_a_phone(open_page: OpenPage, served: Served) -> None:
    with open_page(PHONE) as page:
        for address in PAGES:
            page.goto(served.url(address))
            for width, height in (PHONE, NARROWEST):
                page.set_viewport_size({"width": width, "height": height})
                assert (address, page.evaluate(BEYOND)) == (address, [])
                assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_axe_finds_nothing_serious_in_either_theme(open_page: OpenPage, served: Served) -> None:
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    papers = set()
    with open_page(reduced_motion="reduce") as page:  # or colours would be measured while they change
        for address in PAGES:
            answer = page.goto(served.url(address))
            assert answer is not None
            assert (address, answer.status >= 400) == (address, address in REFUSED)
            page.evaluate(axe)
            for theme in THEMES:
                (width, height), examined = EXAMINED[theme]
                page.set_viewport_size({"width": width, "height": height})
                page.emulate_media(color_scheme=theme)
                found = page.evaluate(f"axe.run({examined})")["violations"]
                serious = [
                    (violation["id"], violation["nodes"][0]["html"], violation["nodes"][0]["failureSummary"])
                    for violation in found
                    if violation["impact"] in SERIOUS
                ]
                assert (address, theme, serious) == (address, theme, [])
                papers.add((theme, page.evaluate("getComputedStyle(document.body).backgroundColor")))
    shades = {theme: sum(map(int, re.findall(r"\d+", paper))) for theme, paper in papers}
    assert shades["light"] > 700
    assert shades["dark"] < 120
