"""The reading room in a real browser. No console error, no request to another host, on any page."""

from __future__ import annotations

import re
import shutil
import time
from contextlib import closing, contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import pytest

from asrcrawler.clock import utcnow
from asrcrawler.reader.library import FRESH
from asrcrawler.storage import Database
from asrcrawler.storage.visits import runs
from asrcrawler.storage.visits.writing import write_visits
from tests.processes import scrapy, without_ours
from tests.reader import shelf
from tests.storage.samples import DAY, SITE, an_absence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser, ConsoleMessage, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
OPTIONS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PATIENCE = 10_000  # milliseconds
DESKTOP, PHONE, NARROWEST = (1280, 900), (390, 844), (320, 640)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
NOT_FOUND = "/nowhere"
TAKEN_DOWN, UNSEEN = 411, 412  # articles that the site no longer has, and that one look did not find
PAGES = [
    "/", "/sections", "/category/کتاب", f"/news/{shelf.EDITED}", f"/news/{shelf.EDITED}/edits/2", f"/news/{shelf.COPY}",
    f"/news/{shelf.GALLERY}", f"/news/{shelf.EDITED}/edits/1?view=split&from=1&to=3", "/calendar", "/1401", "/1401/11",
    "/1401/11/04", NOT_FOUND, "/search", "/search?q=کاغذ&tag=کتاب", "/search?q=ناپیدایی",
    "/changes", "/changes/gone",
    "/changes/gone?state=waiting", f"/news/{TAKEN_DOWN}", f"/news/{UNSEEN}", "/health", "/health/codes?outcome=missing",
    "/api",
]  # fmt: skip
"""One of each template, with all that it can show."""

BEYOND = """[...document.querySelectorAll('body *')].filter(node => {
    const box = node.getBoundingClientRect();
    const beyond = box.right > innerWidth + 1 || box.left < -1;
    return beyond && node.checkVisibility() && !node.closest('.unseen, .skip, title');
}).map(node => node.outerHTML.slice(0, 80))"""
"""What reaches over an edge of the window."""

EXAMINED = {
    "light": "{resultTypes: ['violations']}",
    "dark": "{resultTypes: ['violations'], runOnly: ['color-contrast']}",  # all that a theme can change
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
    with closing(Database(url)) as database:
        database.prepare()
        shelf.fill(database, utcnow())
        seen = utcnow() - 5 * DAY
        write_visits(database, [shelf.article(code, seen, seen=seen) for code in (TAKEN_DOWN, UNSEEN)])
        for later, codes in ((2, [TAKEN_DOWN]), (4, [TAKEN_DOWN, UNSEEN])):
            run = runs.begin_run(database, SITE, {})
            write_visits(database, [an_absence(code, at=seen + later * DAY) for code in codes], run_id=run)
            runs.end_run(database, run, runs.RunFigures(), reason="finished", exit_status=0)
    return url


@pytest.fixture(scope="module")
def base_url(archive: str) -> Iterator[str]:
    """The address of ``scrapy serve`` on the archive."""
    words = ("serve", "--port", "0", "-s", "ASR_FIRST_CODE=300")
    process = scrapy(*words, environment=without_ours() | {"ASR_DATABASE_URL": archive}, merged=False)
    try:
        yield process.stdout.readline().split()[3].rstrip(";")
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
        yield browser
        browser.close()


def is_complaint(said: ConsoleMessage) -> bool:
    """Tell whether a line of the console says that something is wrong; a page not found is told of as an error."""
    return said.type in {"error", "warning"} and not said.location["url"].endswith(NOT_FOUND)


OpenPage: TypeAlias = "Callable[..., AbstractContextManager[Page]]"


@pytest.fixture
def open_page(browser: Browser, base_url: str) -> OpenPage:
    """Opens a window, and at its end holds it against what it did."""

    @contextmanager
    def open_page(size: tuple[int, int] = DESKTOP, **options: Any) -> Iterator[Page]:
        context = browser.new_context(
            base_url=base_url, viewport={"width": size[0], "height": size[1]}, locale="fa-IR", **options
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if is_complaint(said) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.on("request", lambda asked: None if asked.url.startswith(base_url) else complaints.append(asked.url))
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


def test_nothing_is_cut_on_a_phone(open_page: OpenPage) -> None:
    with open_page(PHONE) as page:
        for address in PAGES:
            page.goto(address)
            for width, height in (PHONE, NARROWEST):
                page.set_viewport_size({"width": width, "height": height})
                assert (address, page.evaluate(BEYOND)) == (address, [])
                assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_axe_finds_nothing_serious_in_either_theme(open_page: OpenPage) -> None:
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    papers = set()
    with open_page(reduced_motion="reduce") as page:  # or colours would be measured while they change
        for address in PAGES:
            page.goto(address)
            page.evaluate(axe)
            for theme in THEMES:
                page.emulate_media(color_scheme=theme)
                found = page.evaluate(f"axe.run({EXAMINED[theme]})")["violations"]
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
