"""``scrapy replica``"""

from __future__ import annotations

import re
import signal
import socket
import urllib.request

import pytest

from asrcrawler.samaneh.urls import HIGHEST_CODE
from tests.commands import invoke
from tests.processes import Process, scrapy, without_ours

NEITHER = "is neither a number from 1 to 999 nor names such as asr,narvanpress,senobarnews"


def start(*options: str) -> Process:
    return scrapy("replica", *options, environment=without_ours(), merged=False)


def test_it_says_where_it_is_and_serves_until_interrupted() -> None:
    process = start("--port", "0", "--codes", "1-200", "--density", "1", "--seed", "7")
    try:
        line = process.stdout.readline()
        found = re.fullmatch(r"Replica on (\S+) \(for example (\S+)\); Ctrl-C ends it\n", line)
        assert found, line
        with urllib.request.urlopen(found[2], timeout=10) as answer:
            assert b'id="news"' in answer.read()
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "")


def test_several_outlets_have_a_line_each() -> None:
    process = start("--port", "0", "--codes", "1-60", "--outlets", "narvanpress, asr")
    try:
        lines = [process.stdout.readline() for _ in range(3)]
        found = [re.fullmatch(r"(\w+) +on (\S+) \(for example (\S+)\)\n", line) for line in lines[:2]]
        assert [match and match[1] for match in found] == ["narvanpress", "asr"]
        assert lines[2] == "These are 2 outlets; Ctrl-C ends them\n"
        for match, title in zip(found, ("نارون پرس", "عصرپرس"), strict=True):
            assert match
            with urllib.request.urlopen(match[3], timeout=10) as answer:
                assert f'og:site_name" content="{title} |'.encode() in answer.read()
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "")


def test_a_port_in_use_is_one_line_and_status_1() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = invoke("replica", "--port", str(port))
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(rf"scrapy replica: cannot serve on port {port}: .+\n", done.stderr)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--port", "99999"], "argument --port: '99999' is not a whole number from 0 to 65535"),
        (["--codes", "9-1"], "--codes: '9-1' is not a range of news codes such as 30001-33000"),
        (["--density", "2"], "argument --density: '2' is not a number above 0 and at most 1"),
        (["--density", "nan"], "argument --density: 'nan' is not a number above 0 and at most 1"),
        (["--outlets", "0"], f"--outlets: '0' {NEITHER}"),
        (["--outlets", "asr,nobody"], f"--outlets: 'asr,nobody' {NEITHER}"),
        (
            ["--outlets", "3", "--codes", f"{HIGHEST_CODE}-{HIGHEST_CODE}"],
            f"--codes: '{HIGHEST_CODE}-{HIGHEST_CODE}' leaves no codes for the other outlets; begin lower",
        ),
        (["--outlets", "2", "--port", "65535"], "--port: 65535 leaves no ports for the other outlets; begin lower"),
        (["--seed", "x"], "argument --seed: 'x' is not a whole number of 0 or more"),
    ],
)
def test_a_wrong_option_is_one_line_and_status_2(options: list[str], complaint: str) -> None:
    assert invoke("replica", *options) == (2, "", f"scrapy replica: {complaint}\n")
