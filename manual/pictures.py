"""Make the pictures of the README from the demo, with Debian's chromium: ``python -m manual.pictures``."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from playwright.sync_api import sync_playwright

from manual import DOCS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

PICTURES = DOCS / "pictures"
MOST_BYTES = 300_000  # of all of them
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WINDOW = {"width": 960, "height": 640}
CFG = "scrapy.cfg"
HEADLINE = "تیتر"  # in the title of an edit of one
SERVED = "Reading room on "
OPTIONS = ("--no-sandbox", "--disable-gpu", "--hide-scrollbars")


def main() -> None:
    """Run the demo, take each picture in each theme, and refuse what is too large for a README."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with _demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=OPTIONS)
        for theme in THEMES:
            page = browser.new_page(viewport=WINDOW, color_scheme=theme)  # type: ignore[arg-type]
            _open_edit(page, address)
            page.screenshot(path=PICTURES / f"edit-{theme}.png")
            page.goto(f"{address}/health")
            page.screenshot(path=PICTURES / f"status-{theme}.png")
        browser.close()
    size = sum(path.stat().st_size for path in PICTURES.iterdir())
    if size > MOST_BYTES:
        sys.exit(f"the pictures have {size:,} bytes together, and may have {MOST_BYTES:,}")


@contextmanager
def _demo() -> Iterator[str]:
    """Run ``scrapy demo`` in a project of its own and give the address of its reading room."""
    with TemporaryDirectory() as folder:
        shutil.copy(DOCS.parent / CFG, folder)
        command = [sys.executable, "-m", "scrapy", "demo"]
        with subprocess.Popen(command, cwd=Path(folder), stdout=subprocess.PIPE, encoding="utf-8") as demo:  # noqa: S603
            assert demo.stdout is not None
            try:
                last = next(line for line in demo.stdout if line.startswith(SERVED))
                yield last.removeprefix(SERVED).partition(";")[0]
            finally:
                demo.terminate()


def _open_edit(page: Page, address: str) -> None:
    """Open the latest edit that took words out of a headline: the top of its page shows what it changed."""
    page.goto(f"{address}/changes")
    links = [str(link.get_attribute("href")) for link in page.locator("a[href*='/edits/']").all()]
    for link in links:
        page.goto(address + link)
        if HEADLINE in page.locator("h1").inner_text() and page.locator("main del .unseen").count():
            return
    sys.exit("the demo has no edit that took words out of a headline")


if __name__ == "__main__":
    main()
