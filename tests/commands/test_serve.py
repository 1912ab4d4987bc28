"""``scrapy serve``"""

from __future__ import annotations

import signal
import socket
import urllib.error
import urllib.request
from base64 import b64encode
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from asrcrawler.reader.passwords import line_of
from asrcrawler.reader.server import LOOPBACK_NAMES, is_loopback, own_names
from asrcrawler.storage import Database
from asrcrawler.storage.visits.writing import write_visits
from tests.commands import invoke, serving
from tests.storage.samples import an_article

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def archive(tmp_path: Path) -> dict[str, str]:
    """The setting of a database with one article."""
    url = f"sqlite:///{tmp_path / 'asr.db'}"
    with closing(Database(url)) as database:
        database.prepare()
        write_visits(database, [an_article(7)])
    return {"ASR_DATABASE_URL": url}


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_and_serves_until_it_is_told_to_end(archive: dict[str, str], end: signal.Signals) -> None:
    with (
        serving("serve", "--port", "0", environment=archive, end=end) as address,
        urllib.request.urlopen(f"{address}/news/7", timeout=10) as answer,
    ):
        assert "عنوان خبر 7" in answer.read().decode()
        assert "server" not in answer.headers


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--port", "99999"], "argument --port: '99999' is not a whole number from 0 to 65535"),
        (["--port", "x"], "argument --port: 'x' is not a whole number from 0 to 65535"),
        (["other"], "there is no outlet 'other'; there is: asr"),
        (
            ["--public-url", "archive.example.org"],
            "--public-url 'archive.example.org' is not an address without a path, such as https://archive.example.org",
        ),
        (
            ["--public-url", "http://a.org/b"],
            "--public-url 'http://a.org/b' is not an address without a path, such as https://archive.example.org",
        ),
    ],
)
def test_a_wrong_option_is_one_line_and_status_2(archive: dict[str, str], options: list[str], complaint: str) -> None:
    done = invoke("serve", *options, settings=archive)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"scrapy serve: {complaint}\n")


def test_a_database_that_is_not_there_is_one_line_and_status_1(tmp_path: Path) -> None:
    done = invoke("serve", settings={"ASR_DATABASE_URL": f"sqlite:///{tmp_path / 'none.db'}"})
    complaint = f"scrapy serve: there is no database {tmp_path / 'none.db'} yet; scrapy crawl asr makes it\n"
    assert (done.returncode, done.stderr) == (1, complaint)


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_port_in_use_is_one_line_after_the_warning_that_others_can_come_in(
    archive: dict[str, str], host: str
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = invoke("serve", "--host", host, "--port", str(port), settings=archive)
    warning = done.stderr.count("lets in whoever can reach this machine, without a password and without encryption")
    assert (done.returncode, done.stdout, warning) == (1, "", int(host == "0.0.0.0"))
    assert done.stderr.splitlines()[-1] == f"scrapy serve: cannot serve on {host} port {port}: Address already in use"


def test_what_is_missing_of_the_extra_is_named(archive: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asrcrawler.commands.serve.find_spec", lambda name: None)
    done = invoke("serve", settings=archive)
    complaint = "scrapy serve: the reading room needs fastapi: pip install -e '.[web]'\n"
    assert (done.returncode, done.stderr) == (1, complaint)


# --- passwords


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    """A file that lets in sara with the password «secret»."""
    file = tmp_path / "passwords"
    file.write_text(f"{line_of('sara', 'secret')}\n")
    file.chmod(0o600)
    return file


def status_of(address: str, *, password: str | None = None) -> int:
    request = urllib.request.Request(address)
    if password is not None:
        request.add_header("Authorization", "Basic " + b64encode(f"sara:{password}".encode()).decode())
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_real_server_lets_in_whom_the_file_names(archive: dict[str, str], password_file: Path) -> None:
    command = ["serve", "--port", "0", "--password-file", str(password_file), "--open-metrics"]
    with serving(*command, environment=archive) as address:
        assert [status_of(f"{address}/news/7"), status_of(f"{address}/news/7", password="x")] == [401, 401]
        assert status_of(f"{address}/news/7", password="secret") == 200
        password_file.write_text("")  # what changes in it counts from the next start on
        assert [status_of(f"{address}/news/7", password=word) for word in ("secret", "x")] == [200, 401]
        free = ("/healthz", "/metrics", "/robots.txt", "/")
        assert [status_of(address + path) for path in free] == [200, 200, 200, 401]


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_what_endangers_the_passwords_is_warned_of(archive: dict[str, str], password_file: Path, host: str) -> None:
    password_file.chmod(0o644)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = invoke("serve", "--host", host, "--port", port, "--password-file", str(password_file), settings=archive)
    warnings = [line for line in done.stderr.splitlines() if ": warning: " in line]
    advice = "is open to other users of this machine; chmod 600 keeps its hashes from them"
    assert warnings[0] == f"scrapy serve: warning: {password_file} {advice}"
    unencrypted = [line for line in warnings if f"--host {host}: passwords travel unencrypted" in line]
    assert (len(warnings), len(unencrypted)) == ((2, 1) if host == "0.0.0.0" else (1, 0))


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--password-file", "/missing/file"], "--password-file /missing/file: No such file or directory"),
        (
            ["--password-file", "/dev/null"],
            "--password-file /dev/null: names nobody; asrcrawler password NAME makes a line of it",
        ),
        (["--open-metrics"], "--open-metrics goes with --password-file; without one /metrics is open"),
    ],
)
def test_passwords_that_cannot_be_asked_for_are_one_line(
    archive: dict[str, str], options: list[str], complaint: str
) -> None:
    assert invoke("serve", *options, settings=archive) == (2, "", f"scrapy serve: {complaint}\n")


# --- where it listens


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("[::1]", True), ("127.8.8.8", True), ("0.0.0.0", False),
     ("::", False), ("192.0.2.1", False), ("example.org", False), ("localhost.example.org", False)],
)  # fmt: skip
def test_which_hosts_are_this_machine_s_own(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("host", "public_url", "further"),
    [
        ("127.0.0.1", None, set()),
        ("0:0:0:0:0:0:0:1", None, {"[0:0:0:0:0:0:0:1]"}),
        ("[::1]", "https://[2001:db8::1]:8443", {"[2001:db8::1]"}),
        ("127.8.8.8", "https://archive.example.org", {"127.8.8.8", "archive.example.org"}),
    ],
)
def test_on_loopback_it_has_these_names(host: str, public_url: str | None, further: set[str]) -> None:
    assert own_names(host, public_url) == {*LOOPBACK_NAMES} | further


def test_elsewhere_it_has_any_name() -> None:
    assert own_names("::", "https://archive.example.org") is None
