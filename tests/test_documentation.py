"""What is written for users, held against the code."""

from __future__ import annotations

import os
import pkgutil
import re
import shlex
import subprocess
import textwrap
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import asrcrawler
import manual
from asrcrawler import commands, endings, settings
from asrcrawler.commands.search import QUERIES
from asrcrawler.crawl.arguments import Arguments
from asrcrawler.exceptions import AsrCrawlerError, UsageError
from asrcrawler.extensions import backoff
from asrcrawler.items import Outcome
from asrcrawler.storage.articles.export import EXPORT_FIELDS
from asrcrawler.storage.search.documents import LONGEST_BODY, Field
from asrcrawler.storage.search.query import FIELD_NAMES, Query, Term, parse
from asrcrawler.storage.search.questions import RANKED
from asrcrawler.text.persian import to_persian_digits
from manual.commands import actions_of, command_named, parser_of
from manual.markdown import anchor
from tests.commands import ROOT, run

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from scrapy.commands import ScrapyCommand

READMES = {"README.md": "docs", "README.fa.md": "docs/fa"}
"""The folder of the pages that each leads to, in its language."""
PAGES = tuple(
    str(path.relative_to(ROOT))
    for folder in READMES.values()
    for path in sorted((ROOT / folder).glob("*.md"))
    if path.name != "README.md"
)
DOCUMENTS = (*READMES, *PAGES, "docs/README.md", "CHANGELOG.md", "CONTRIBUTING.md", "deploy/README.md")
LONGEST_README = 120  # lines
LEFT_TO_RIGHT = "\u200e"  # on either side of code in Persian, which else is shown from right to left: «N limit--»
COMMANDS = tuple(module.name for module in pkgutil.iter_modules(commands.__path__))
GLOBAL = "Global Options"
EMPTY = {"README.md": "empty", "README.fa.md": "خالی"}
OUTLETS = {"README.md": "the outlet's", "README.fa.md": "از آنِ رسانه"}
INTERRUPTED = 130

of_every_readme = pytest.mark.parametrize("readme", READMES)
of_every_command = pytest.mark.parametrize("name", COMMANDS)


def written(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def text_of(readme: str) -> str:
    """What users are told in one language: by the pages that are written by hand, and the README itself."""
    pages = [
        page for page in PAGES if Path(page).parent == Path(READMES[readme]) and Path(page).name not in manual.PAGES
    ]
    return "\n## \n".join(map(written, [*pages, readme])).replace(LEFT_TO_RIGHT, "")


def section_of(readme: str, command: str) -> str:
    """What stands under the heading of ``command``, up to the next heading."""
    match = re.search(
        rf"^### `(?:scr|asrcr)a(?:py|wler) {command}\b.*?\n(.*?)(?=^##)", text_of(readme), re.MULTILINE | re.DOTALL
    )
    assert match, f"{readme} has no section on {command}"
    return match[1]


def first_cells(readme: str, heading: str) -> list[str]:
    """The first cells of the table under ``heading``, one of the code spans that head its rows."""
    _, _, rest = text_of(readme).partition(f"\n{heading}\n")
    table = re.search(r"(?:^\|.*\n)+", rest, re.MULTILINE)
    assert table, f"{readme} has no table under {heading}"
    return [row.split("|")[1].strip() for row in table[0].splitlines()[2:]]


def options_of(command: ScrapyCommand, *, shared: bool) -> Iterator[argparse.Action]:
    """Its own options, or those that every command has; of a command of several actions, those of all of them."""
    for parser in [parser_of(command), *parsers_of_actions(command).values()]:
        for group in parser._action_groups:
            for action in group._group_actions:
                if (group.title == GLOBAL or "--help" in action.option_strings) is shared:
                    yield action


def parsers_of_actions(command: ScrapyCommand) -> dict[str, argparse.ArgumentParser]:
    """``scrapy db copy``: its parser under ``copy``."""
    return actions_of(parser_of(command))


# --- commands


def test_the_commands_are_these() -> None:
    assert set(COMMANDS) == {
        "crawl",
        "db",
        "demo",
        "export",
        "init",
        "outlet",
        "page",
        "password",
        "queue",
        "reparse",
        "replica",
        "schedule",
        "search",
        "serve",
        "status",
        "work",
    }


@of_every_readme
@of_every_command
def test_every_option_of_a_command_is_in_its_section(readme: str, name: str) -> None:
    section = section_of(readme, name)
    for action in options_of(command_named(name), shared=False):
        for option in action.option_strings:
            assert re.search(rf"`{option}[ =`]", section), f"{readme}, scrapy {name}: {option}"


@of_every_readme
def test_the_options_of_every_command_are_named(readme: str) -> None:
    for action in options_of(command_named("export"), shared=True):
        for option in action.option_strings:
            assert re.search(rf"`{option}[ `]", text_of(readme)), f"{readme}: {option}"


@of_every_readme
@of_every_command
def test_no_section_promises_an_option_that_is_not_there(readme: str, name: str) -> None:
    own = {option for action in options_of(command_named(name), shared=False) for option in action.option_strings}
    promised = set(re.findall(r"^\|.*?`(-{1,2}[a-z][a-z-]*)", section_of(readme, name), re.MULTILINE))
    assert promised <= own


@of_every_command
def test_every_command_has_a_summary_and_help_for_each_option(name: str) -> None:
    command = command_named(name)
    assert 20 < len(command.short_desc()) < 100
    for action in [*options_of(command, shared=False), *options_of(command, shared=True)]:
        assert action.help, action.option_strings


@of_every_command
def test_help_teaches_by_an_example_that_can_be_typed(name: str) -> None:
    done = run(name, "-h")
    assert (done.returncode, done.stderr) == (0, "")
    description = " ".join(done.stdout.partition("\n\n")[2].partition("\n\n")[0].split())
    _, _, example = description.partition(f"Example: scrapy {name}")
    assert description.endswith(f"Example: scrapy {name}{example}")
    rest = parser_of(command_named(name)).parse_known_args(example.split())[1]
    assert not [word for word in rest if word.startswith("-")]


@of_every_command
def test_a_command_s_own_options_stand_before_those_of_all_commands(name: str) -> None:
    for parser in [parser_of(command_named(name)), *parsers_of_actions(command_named(name)).values()]:
        titles = [group.title for group in parser._action_groups]
        assert titles.index(GLOBAL) == len(titles) - 1 if GLOBAL in titles else name in {"db", "outlet", "queue"}
        usage = parsers_of_actions(command_named(name)) and parser.format_usage()
        if usage and GLOBAL in titles:
            own = [action.option_strings[0] for action in parser._optionals._group_actions]
            assert max(map(usage.index, own)) < usage.index("--logfile")


def test_the_help_of_search_teaches_its_queries_by_examples_that_can_be_typed() -> None:
    help_ = run("search", "-h").stdout
    assert textwrap.indent(QUERIES.rstrip(), "  ") in help_
    for name in FIELD_NAMES:
        assert re.search(rf"(?<!\w){name}(?!\w)", QUERIES), name
    examples = [shlex.split(line)[2:] for line in QUERIES.splitlines() if line.startswith("scrapy search ")]
    words = [" ".join(parser_of(command_named("search")).parse_known_args(example)[1]) for example in examples]
    assert [parse(text) for text in words] == [
        Query(((Term(("بهای",)),), (Term(("نفت",)),)), (Term(("گاز",)),)),
        Query(((Term(("بهای", "نفت")), Term(("بنزین",))),)),
        Query(((Term(("پیش",), prefix=True, field=Field.TITLE),),)),
    ]


@pytest.mark.parametrize(
    ("name", "action"), [(name, action) for name in COMMANDS for action in parsers_of_actions(command_named(name))]
)
def test_every_action_teaches_by_an_example_and_is_in_the_section_of_its_command(name: str, action: str) -> None:
    parser = parsers_of_actions(command_named(name))[action]
    _, _, example = (parser.description or "").partition(f" Example: scrapy {name} {action}")
    assert parser.description
    assert parser.description.endswith(f"Example: scrapy {name} {action}{example}")
    assert parser.parse_known_args(example.split())[1] == []
    for readme in READMES:
        assert re.search(rf"`scrapy {name} {action}[ `]", section_of(readme, name)), f"{readme}: {name} {action}"


@of_every_readme
def test_spider_arguments_are_named(readme: str) -> None:
    for field in fields(Arguments):
        assert f"`-a {field.name}=" in section_of(readme, "crawl")


@of_every_readme
def test_what_a_query_can_say_is_documented(readme: str) -> None:
    section = section_of(readme, "search")
    for name in FIELD_NAMES:
        assert f"`{name}`" in section, f"{readme}: {name}"
    for bound in (RANKED, LONGEST_BODY):
        assert f"{bound:,}" in section or to_persian_digits(f"{bound:,}".replace(",", "٬")) in section


# --- settings


def rows_of_settings(readme: str) -> dict[str, str]:
    rows = re.findall(r"^\| `([A-Z_]+)`[^|]*\| ([^|]+) \|", text_of(readme), re.MULTILINE)
    return {name: default.strip("`") for name, default in rows}


@of_every_readme
def test_every_setting_of_the_project_stands_there_with_its_default(readme: str) -> None:
    stated = {name: default for name, default in vars(settings).items() if name.startswith("ASR_")}
    own = {name: OUTLETS[readme] if default is None else default or EMPTY[readme] for name, default in stated.items()}
    rows = rows_of_settings(readme)
    assert {name: rows.get(name) for name in own} == own
    assert {name for name in rows if name.startswith("ASR_")} == set(own)


@of_every_readme
def test_the_defaults_of_scrapy_s_settings_are_what_the_project_states(readme: str) -> None:
    stated = {
        name: default
        for name, default in rows_of_settings(readme).items()
        if name in {"DOWNLOAD_DELAY", "CONCURRENT_REQUESTS_PER_DOMAIN", "ROBOTSTXT_OBEY", "DOWNLOAD_TIMEOUT",
                    "DOWNLOAD_MAXSIZE"}
    }  # fmt: skip
    assert stated == {name: str(getattr(settings, name)) for name in stated}
    assert len(stated) == 5


@of_every_readme
def test_every_extra_is_named(readme: str) -> None:
    extras = tomllib.loads(written("pyproject.toml"))["project"]["optional-dependencies"]
    for extra in extras:
        assert f"-e '.[{extra}]'" in text_of(readme)


# --- data, outcomes, exit statuses


@pytest.mark.parametrize(
    ("readme", "heading"), [("README.md", "## An exported article"), ("README.fa.md", "## هر خبر در خروجی")]
)
def test_the_exported_fields_are_listed_in_their_order(readme: str, heading: str) -> None:
    named = [name for cell in first_cells(readme, heading) for name in re.findall(r"`(\w+)`", cell)]
    assert tuple(named) == EXPORT_FIELDS


@of_every_readme
def test_every_outcome_is_explained(readme: str) -> None:
    for outcome in Outcome:
        assert f"\n| `{outcome}` |" in text_of(readme)


@pytest.mark.parametrize(("readme", "heading"), [("README.md", "## Exit statuses"), ("README.fa.md", "## وضعیت پایان")])
def test_every_exit_status_is_explained(readme: str, heading: str) -> None:
    crawl = {endings.OK, endings.FAILED, endings.UNAVAILABLE}
    errors = {error.exit_status for error in descendants(AsrCrawlerError)}
    assert UsageError.exit_status in errors
    assert {int(cell) for cell in first_cells(readme, heading)} == crawl | errors | {INTERRUPTED}


def descendants(kind: type[AsrCrawlerError]) -> Iterator[type[AsrCrawlerError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from descendants(child)


def test_when_a_crawl_leaves_is_told_as_it_is() -> None:
    refusals, failures = backoff.REFUSALS_BEFORE_LEAVING, backoff.FAILURES_BEFORE_LEAVING
    assert f"{refusals} refusals or {failures} failures in a row" in " ".join(text_of("README.md").split())
    persian = " ".join(text_of("README.fa.md").split())
    assert to_persian_digits(f"{refusals} بار نپذیرفتن یا {failures} بار شکست پیاپی") in persian


# --- the documents themselves


@of_every_readme
def test_a_readme_is_short_and_leads_to_every_page_of_its_language(readme: str) -> None:
    text, folder = written(readme), READMES[readme]
    assert len(text.splitlines()) <= LONGEST_README
    for page in PAGES:
        if str(Path(page).parent) == folder:
            assert f"]({page})" in text, page


@pytest.mark.parametrize("page", [page for page in (*READMES, *PAGES) if "fa" in re.split(r"[./]", page)])
def test_code_in_persian_reads_from_left_to_right(page: str) -> None:
    prose = re.sub(r"^(?:```.*?^```$|#.*?$)", "", written(page), flags=re.MULTILINE | re.DOTALL)
    spans = re.findall(r"(.?)`[^`]+`(.?)", prose)
    assert {mark for span in spans for mark in span} <= {LEFT_TO_RIGHT}


def test_both_languages_have_the_same_pages() -> None:
    english, persian = ({Path(page).name for page in PAGES if str(Path(page).parent) == at} for at in READMES.values())
    assert english - set(manual.PAGES) == persian


@pytest.mark.parametrize("name", ["demo", "tests"])
def test_both_readmes_give_the_same_command_where_the_marker_is(name: str) -> None:
    fence = re.compile(rf"^<!-- run: {name} -->\n```sh\n(.+)\n```$", re.MULTILINE)
    found = [fence.findall(written(readme)) for readme in READMES]
    assert found[0] == found[1]
    assert len(found[0]) == 1
    assert found[0][0].startswith("python3 -m venv ")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_within_the_project_lead_somewhere(document: str) -> None:
    text = written(document)
    shown = [(path, "") for path in re.findall(r'src(?:set)?="([^"]+)"', text)]
    for path, place in shown + re.findall(r"\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]+))?\)", text):
        target = os.path.normpath(Path(document).parent / path) if path else document
        assert (ROOT / target).exists(), f"{document} → {target}"
        if place:
            assert place in anchors(target), f"{document} → {target}#{place}"


def anchors(document: str) -> set[str]:
    """The anchors that GitHub makes of headings."""
    headings = re.findall(r"^#+ (.+)$", written(document), re.MULTILINE)
    return set(map(anchor, headings))


def test_the_change_log_has_this_version() -> None:
    project = tomllib.loads(written("pyproject.toml"))["project"]
    assert project["version"] == asrcrawler.__version__
    assert f"\n## [{asrcrawler.__version__}]" in written("CHANGELOG.md")


def test_the_modules_named_for_contributors_are_those_there_are() -> None:
    named = re.findall(r"`((?:asrcrawler|tests)/[\w/.]*)`", written("CONTRIBUTING.md"))
    assert len(named) > 10
    assert [module for module in named if not (ROOT / module).exists()] == []
    present = {f"asrcrawler/{found.name}" for found in pkgutil.iter_modules(asrcrawler.__path__)}
    assert {module.rstrip("/").removesuffix(".py") for module in named if module.startswith("asrcrawler/")} >= present


def test_the_ci_script_can_be_run_and_finds_the_test_command(tmp_path: Path) -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    function = re.search(r"^command_named\(\) \{.*?^\}", script.read_text(), re.MULTILINE | re.DOTALL)
    assert function
    done = subprocess.run(
        ["bash", "-c", f"{function[0]}\ncommand_named tests"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() in written("README.md").splitlines()
    assert done.stdout.count("\n") == 1
