"""Keep the passwords of the reading room as hashes, and check what a visitor gives."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import secrets
from base64 import b64decode, b64encode
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unicodedata import normalize

from asrcrawler.exceptions import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SCHEME = "scrypt"
COST, BLOCK, PARALLEL = 2**14, 8, 5  # scrypt's n, r and p: 16 MiB and about a fifth of a second
MOST_COST, MOST_BLOCK, MOST_PARALLEL = 2**20, 32, 32  # what a file may ask for
MOST_MEMORY = 2**28  # bytes, for one check
SALT, DIGEST = 16, 32  # bytes
LONGEST_NAME = 100  # characters
MOST_REFUSED = 1_000  # wrong credentials that are remembered
MOST_WAITING = 20  # credentials that wait to be checked; beyond them a visitor is asked to try again

_TEXT = re.compile(rf"{SCHEME}\$(\d{{1,7}})\$(\d{{1,2}})\$(\d{{1,2}})\$([\w+/]+=*)\$([\w+/]+=*)", re.ASCII)
_NAME = re.compile(rf"(?!#)[^:\x00-\x1f\x7f-\x9f\u2028\u2029]{{1,{LONGEST_NAME}}}")


class TooManyError(Exception):
    """More credentials wait to be checked than can be in reasonable time. Raised by :meth:`Passwords.admit`."""


@dataclass(frozen=True, slots=True)
class Hash:
    """A password as scrypt leaves it, with what scrypt was told."""

    cost: int
    block: int
    parallel: int
    salt: bytes
    digest: bytes

    @classmethod
    def of(cls, password: str) -> Hash:
        """Hash a password with a salt of its own."""
        bare = cls(COST, BLOCK, PARALLEL, secrets.token_bytes(SALT), b"")
        return cls(COST, BLOCK, PARALLEL, bare.salt, bare.digest_of(password))

    @classmethod
    def read(cls, text: str) -> Hash:
        """Read what :meth:`__str__` wrote. Raises :exc:`ValueError`."""
        found = _TEXT.fullmatch(text)
        if found is None:
            raise ValueError("has no hash that asrcrawler password makes")
        cost, block, parallel = map(int, found.groups()[:3])
        usable = 1 < cost <= MOST_COST and cost.bit_count() == 1 and 0 < block <= MOST_BLOCK
        if not usable or not 0 < parallel <= MOST_PARALLEL or 128 * cost * block > MOST_MEMORY:
            raise ValueError("has a hash with parameters that are out of bounds")
        try:
            salt, digest = (b64decode(part, validate=True) for part in found.groups()[3:])
        except ValueError:
            digest = b""
        if len(digest) != DIGEST:
            raise ValueError("has a hash that was cut")
        return cls(cost, block, parallel, salt, digest)

    def __str__(self) -> str:
        salt, digest = (b64encode(part).decode() for part in (self.salt, self.digest))
        return f"{SCHEME}${self.cost}${self.block}${self.parallel}${salt}${digest}"

    def digest_of(self, password: str) -> bytes:
        memory = 2 * 128 * self.block * (self.cost + self.parallel + 2)  # OpenSSL's own bound is too low for some
        return hashlib.scrypt(
            _plain(password).encode("utf-8", "surrogatepass"),
            salt=self.salt,
            n=self.cost,
            r=self.block,
            p=self.parallel,
            maxmem=memory,
            dklen=DIGEST,
        )

    def matches(self, password: str) -> bool:
        return hmac.compare_digest(self.digest_of(password), self.digest)


def check_name(name: str) -> str:
    """Give the name of a visitor as it is kept. Raises :exc:`ValueError` for one that no line of the file can hold."""
    name = _plain(name.strip())
    if not _NAME.fullmatch(name):
        raise ValueError(f"is no name of at most {LONGEST_NAME} characters without a colon and not beginning with #")
    return name


def line_of(name: str, password: str) -> str:
    """Write the line of the file for a visitor."""
    return f"{name}:{Hash.of(password)}"


def read_file(path: Path) -> dict[str, Hash]:
    """Read the visitors of a file: lines ``name:hash``, empty ones, and comments that begin with ``#``.

    Raises :exc:`UsageError` with the number of the line that is wrong.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise UsageError(f"--password-file {path}: is not UTF-8") from None
    except OSError as error:
        raise UsageError(f"--password-file {path}: {error.strerror or error}") from None
    found: dict[str, Hash] = {}
    for number, line in enumerate(map(str.strip, lines), 1):
        if not line or line.startswith("#"):
            continue
        given, _, text = line.partition(":")
        try:
            name = check_name(given)
            if name in found:
                raise ValueError(f"names {name!r} a second time")
            found[name] = Hash.read(text)
        except ValueError as error:
            raise UsageError(f"--password-file {path}: line {number} {error}") from None
    if not found:
        raise UsageError(f"--password-file {path}: names nobody; asrcrawler password NAME makes a line of it")
    return found


class Passwords:
    """The visitors that are let in, and which credentials were checked already.

    scrypt is slow on purpose, so a credential is hashed once, in another thread and one at a time, and then known by a
    keyed digest that is worth nothing outside this process.
    """

    def __init__(self, hashes: Mapping[str, Hash]) -> None:
        """``hashes`` are the visitors by name."""
        self._hashes = dict(hashes)
        self._stranger = Hash.of(secrets.token_hex())  # an unknown name takes as long as a known one
        self._key = secrets.token_bytes(DIGEST)
        self._admitted: dict[str, bytes] = {}
        self._refused: OrderedDict[bytes, None] = OrderedDict()
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def admit(self, name: str, password: str) -> bool:
        """Tell whether ``password`` is that of ``name``. Raises :exc:`TooManyError`."""
        name = _plain(name)
        seal = hashlib.blake2b(
            f"{name}\0{_plain(password)}".encode("utf-8", "surrogatepass"), key=self._key, digest_size=DIGEST
        ).digest()
        known = self._known(name, seal)
        if known is not None:
            return known
        if self._waiting >= MOST_WAITING:
            raise TooManyError
        self._waiting += 1
        try:
            async with self._turn:
                known = self._known(name, seal)  # another request may have asked the same
                return await self._check(name, password, seal) if known is None else known
        finally:
            self._waiting -= 1

    def _known(self, name: str, seal: bytes) -> bool | None:
        if hmac.compare_digest(self._admitted.get(name, b""), seal):
            return True
        return False if seal in self._refused else None

    async def _check(self, name: str, password: str, seal: bytes) -> bool:
        matches = await asyncio.to_thread(self._hashes.get(name, self._stranger).matches, password)
        if matches and name in self._hashes:
            self._admitted[name] = seal
            return True
        self._refused[seal] = None
        if len(self._refused) > MOST_REFUSED:
            self._refused.popitem(last=False)
        return False


def _plain(text: str) -> str:
    """Give a letter that can be written in two ways (with an accent, with a hamza) as one."""
    return normalize("NFC", text)
