"""Hashes of passwords, the file of them, and what is remembered of a check."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asrcrawler.exceptions import UsageError
from asrcrawler.reader import passwords
from asrcrawler.reader.passwords import Hash, Passwords, TooManyError, check_name, line_of, read_file

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = "scrypt$16$1$1$c2FsdA==$RS/58g4vs6JYnHt2OdHe8YVVW/nLUTWRPsL7bZxKUMA="


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that take no time."""
    monkeypatch.setattr(passwords, "COST", 16)
    monkeypatch.setattr(passwords, "PARALLEL", 1)


def test_what_is_made_now_costs_what_it_should(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    made = Hash.of("secret")
    assert re.fullmatch(r"scrypt\$16384\$8\$5\$[\w+/]{22}==\$[\w+/]{43}=", str(made))
    assert (made.matches("secret"), made.matches("secret ")) == (True, False)


@given(st.text(min_size=1))
def test_a_hash_is_read_as_it_was_written_and_knows_its_password(password: str) -> None:
    made = Hash.of(password)
    assert Hash.read(str(made)) == made
    assert made.matches(password)
    assert not made.matches(password + "x")
    assert Hash.of(password) != made


def test_letters_that_are_written_in_two_ways_are_one() -> None:
    assert Hash.of("\u0627\u0654").matches("\u0623")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "has no hash that asrcrawler password makes"),
        ("$2y$10$abcdefghijklmnopqrstuv", "has no hash that asrcrawler password makes"),
        (KNOWN.replace("$16$", "$17$"), "has a hash with parameters that are out of bounds"),
        (KNOWN.replace("$16$", "$4194304$"), "has a hash with parameters that are out of bounds"),
        (KNOWN.replace("$16$1$", "$1048576$32$"), "has a hash with parameters that are out of bounds"),
        (KNOWN.replace("$1$1$", "$1$0$"), "has a hash with parameters that are out of bounds"),
        (KNOWN[:-8], "has a hash that was cut"),
        (KNOWN[:-1], "has a hash that was cut"),
        ("scrypt$16$1$1$c2FsdA==$c2FsdA==", "has a hash that was cut"),
    ],
)
def test_what_is_no_hash_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        Hash.read(text)


@pytest.mark.parametrize("name", ["sara", "علی‌رضا", "a b", "x" * 100])
def test_names_that_a_line_can_hold(name: str) -> None:
    assert check_name(f" {name} ") == name


@pytest.mark.parametrize("name", ["", " ", "a:b", "#a", "a\nb", "a\0", "x" * 101, "a\u2028b"])
def test_names_that_none_can(name: str) -> None:
    with pytest.raises(ValueError, match="is no name of at most 100 characters"):
        check_name(name)


def test_a_file_has_lines_comments_and_empty_lines(tmp_path: Path) -> None:
    file = tmp_path / "passwords"
    file.write_text(f"# the office\n\n{line_of('sara', 'a:b')}\r\n  {line_of('علی', 'پ')}\n", "utf-8-sig")
    found = read_file(file)
    assert list(found) == ["sara", "علی"]
    assert (found["sara"].matches("a:b"), found["علی"].matches("پ"), found["علی"].matches("a:b")) == (True, True, False)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "names nobody; asrcrawler password NAME makes a line of it"),
        (b"# nobody\n", "names nobody; asrcrawler password NAME makes a line of it"),
        (b"\nsara\n", "line 2 has no hash that asrcrawler password makes"),
        (b"sara:secret\n", "line 1 has no hash that asrcrawler password makes"),
        (f"sara:{KNOWN}\nsara:{KNOWN}\n".encode(), "line 2 names 'sara' a second time"),
        (
            f":{KNOWN}\n".encode(),
            "line 1 is no name of at most 100 characters without a colon and not beginning with #",
        ),
        (b"\xff", "is not UTF-8"),
    ],
)
def test_a_file_that_is_wrong_is_one_line(tmp_path: Path, content: bytes, complaint: str) -> None:
    file = tmp_path / "passwords"
    file.write_bytes(content)
    with pytest.raises(UsageError) as told:
        read_file(file)
    assert str(told.value) == f"--password-file {file}: {complaint}"


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none: No such file or directory$"):
        read_file(tmp_path / "none")
    with pytest.raises(UsageError, match=r": Is a directory$"):
        read_file(tmp_path)


# --- what is remembered


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were hashed to be compared."""
    done: list[str] = []
    matches = Hash.matches

    def counted(self: Hash, password: str) -> bool:
        done.append(password)
        return matches(self, password)

    monkeypatch.setattr(Hash, "matches", counted)
    return done


def admitted(visitors: Passwords, *asked: tuple[str, str]) -> list[bool]:
    async def ask() -> list[bool]:
        return list(await asyncio.gather(*(visitors.admit(*one) for one in asked)))

    return asyncio.run(ask())


def test_a_credential_is_checked_once_however_many_ask(work: list[str]) -> None:
    visitors = Passwords({"sara": Hash.of("right"), "ali": Hash.of("other")})
    asked = [("sara", "right"), ("sara", "wrong"), ("ali", "right"), ("nobody", "right")]
    assert admitted(visitors, *asked, *asked) == [True, False, False, False] * 2
    assert admitted(visitors, *asked) == [True, False, False, False]
    assert sorted(work) == ["right", "right", "right", "wrong"]  # a name that is not there is work as well


def test_a_name_and_a_password_cannot_be_shifted_against_each_other() -> None:
    visitors = Passwords({"sara": Hash.of("right")})
    assert admitted(visitors, ("sara", "right"), ("sar", "aright"), ("sara\0right", "")) == [True, False, False]


def test_no_stranger_is_admitted_by_a_hash_that_matches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Hash, "matches", lambda *_: True)
    assert admitted(Passwords({"sara": Hash.of("x")}), ("nobody", "x")) == [False]


def test_what_is_remembered_of_wrong_ones_is_bounded(work: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "MOST_REFUSED", 3)
    visitors = Passwords({"sara": Hash.of("right")})
    for guess in "abcde":
        admitted(visitors, ("sara", guess))
    assert len(visitors._refused) == 3
    admitted(visitors, ("sara", "e"), ("sara", "a"), ("sara", "right"))
    assert work == ["a", "b", "c", "d", "e", "a", "right"]
    assert len(visitors._admitted) == 1


def test_too_many_that_wait_are_told_to_come_again_and_known_ones_go_on() -> None:
    visitors = Passwords({"sara": Hash.of("right")})

    async def crowd() -> list[object]:
        assert await visitors.admit("sara", "right")
        guesses = [visitors.admit("sara", str(number)) for number in range(passwords.MOST_WAITING + 5)]
        return await asyncio.gather(*guesses, visitors.admit("sara", "right"), return_exceptions=True)

    *guesses, known = asyncio.run(crowd())
    assert known is True
    assert guesses.count(False) == passwords.MOST_WAITING
    assert sum(isinstance(one, TooManyError) for one in guesses) == 5


def test_the_loop_goes_on_while_a_password_is_hashed(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    may_end = threading.Event()
    monkeypatch.setattr(Hash, "matches", lambda *_: may_end.wait(10))
    visitors = Passwords({"sara": Hash.of("x")})

    async def both() -> bool:
        check = asyncio.create_task(visitors.admit("sara", "x"))
        await asyncio.sleep(0.01)
        may_end.set()  # never reached in time if the hashing held the loop
        return await check

    assert asyncio.run(both()) is True
