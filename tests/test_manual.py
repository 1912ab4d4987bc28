"""The pages that are made from the code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

import manual
from asrcrawler import endings
from asrcrawler.exceptions import AsrCrawlerError
from asrcrawler.export.contract import EXPORT_FIELDS, export_schema
from asrcrawler.items import Change, Outcome
from asrcrawler.system.startup import INTERRUPTED
from manual.fields import EXIT_STATUSES
from manual.markdown import page, table
from manual.pictures import MOST_BYTES, PICTURES

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.parametrize("name", manual.PAGES)
def test_a_page_says_what_the_code_says(name: str) -> None:
    written = (manual.DOCS / name).read_text("utf-8")
    assert written == manual.PAGES[name](), f"docs/{name} has drifted; .venv-dev/bin/python -m manual writes it anew"


def test_the_commands_have_their_options_and_actions() -> None:
    text = manual.PAGES["commands.md"]()
    for expected in (
        "\n## scrapy export\n",
        "\n| `-o FILE`, `--output FILE` |",
        "\n### scrapy db copy\n",
        "\n| `FROM` |",
        "Example: `asrcrawler init`",
        "\n| [`asrcrawler password`](#asrcrawler-password) |",
        "«بهای نفت»",
    ):
        assert expected in text, expected
    assert text.count("`--logfile FILE`") == 1


def test_the_settings_have_their_values_and_reasons() -> None:
    text = manual.PAGES["settings.md"]()
    for expected in (
        "| `ASR_BATCH_SIZE` | `100` | visits written in one transaction |",
        "| `ASR_NOW` | empty |",
        "| `ASR_BASE_URL` | not set |",
        "| `DOWNLOAD_DELAY` | `1` | seconds; default 0 |",
    ):
        assert expected in text, expected
    assert "BOT_NAME" not in text


def test_every_field_and_member_has_a_meaning() -> None:
    text = manual.PAGES["fields.md"]()
    assert "|  |" not in text
    for name in (*EXPORT_FIELDS, *Outcome, *Change):
        assert f"\n| `{name}` |" in text
    assert all("description" in field for field in export_schema(revisions=True)["properties"].values())


def test_every_exit_status_is_explained() -> None:
    errors = {error.exit_status for error in _with_its_kinds(AsrCrawlerError)}
    crawl = {endings.OK, endings.FAILED, endings.USAGE, endings.UNAVAILABLE}
    assert set(EXIT_STATUSES) == crawl | errors | {INTERRUPTED}


def test_the_pictures_of_the_readme_are_there_in_two_themes_and_small() -> None:
    pictures = {path.name: path.stat().st_size for path in PICTURES.iterdir()}
    assert sum(pictures.values()) <= MOST_BYTES
    for readme in ("README.md", "README.fa.md"):
        shown = re.findall(r'docs/pictures/([\w-]+\.png)"', (manual.DOCS.parent / readme).read_text("utf-8"))
        assert set(shown) == set(pictures)
        assert {name.partition("-")[2] for name in shown} == {"light.png", "dark.png"}


def test_a_cell_holds_no_bar_and_no_line_break() -> None:
    assert table(["a"], [["x\n| y"]])[-1] == "| x \\| y |"
    assert page("T", [], ["text"]).startswith("# T\n\n<!-- ")


def _with_its_kinds(kind: type[AsrCrawlerError]) -> Iterator[type[AsrCrawlerError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _with_its_kinds(child)
