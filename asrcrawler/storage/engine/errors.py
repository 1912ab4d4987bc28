"""Turn what a database driver raises into one line that a person can act on."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    IntegrityError,
    NoSuchModuleError,
    SQLAlchemyError,
    StatementError,
)

from asrcrawler.exceptions import DamagedError, LockedError, StorageError, UnstorableError, UnusableError
from asrcrawler.system.installing import command_for

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_CAUSE = 200  # characters of the driver's own words
_BEYOND_LIMITS = "54000"  # PostgreSQL's code for a value too large for an index or a type
RESCUE = "restore a backup; without one, SQLite's own .recover or a dump of PostgreSQL rescues what can be read"

_PRIMARY = 0xFF  # of SQLite's number of an error; the rest says more of the same
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT})
_DAMAGED_STATES = ("XX001", "XX002")  # PostgreSQL's codes for damaged data and a damaged index
_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_LOCKED_STATE = "55P03"  # PostgreSQL's code where lock_timeout has passed
_UNUSABLE = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY})
_UNUSABLE_STATES = ("28", "3D", "3F", "42")  # a role, a database, a schema, a table: not there or not allowed
_NO_SUCH_TABLE = "42P01"  # PostgreSQL's code
_UNUSABLE_WORDS = ("does not exist", "authentication failed", "no password supplied", "pg_hba.conf")
"""What a PostgreSQL server says before there is a connection that could carry a code."""

_ADVICE = (
    ("database is locked", "another program has held it for too long"),
    ("unable to open database file", "its directory is missing or closed to this user"),
    ("attempt to write a readonly database", "the file or its directory is closed to this user"),
    ("no such module: fts5", "the SQLite of this Python was built without full-text search"),
    ("malformed", RESCUE),
    ("interrupted", "the question took too long"),
    ("statement timeout", "the question took too long"),
    ("lock timeout", "another program has held it for too long"),
)
"""What is added to short messages of the drivers."""


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Raise :exc:`StorageError` for whatever the database raises; ``where`` is the database's address for people."""
    try:
        yield
    except (ArgumentError, NoSuchModuleError) as error:
        raise UnusableError(f"database {where}: {_cause(error)}") from error
    except ImportError as error:
        raise UnusableError(f"database {where}: {_cause(error)} ({command_for('postgresql')})") from error
    except SQLAlchemyError as error:
        raise _kind(error)(f"database {where}: {_cause(error)}") from error
    except UnicodeDecodeError as error:
        raise DamagedError(f"database {where}: a text in it is not UTF-8: {error}") from error


def damage_in(error: Exception) -> str | None:
    """Say in one line what an error tells of damage; None where it has another cause."""
    if isinstance(error, SQLAlchemyError):
        return _words(error) if _kind(error) is DamagedError else None
    return f"a value that is none: {_words(error)}" if isinstance(error, ValueError) else None


def is_about_missing_table(error: BaseException | None) -> bool:
    """Tell whether a table is not there that a statement names."""
    cause = getattr(error, "orig", None)
    return "no such table" in str(cause) or getattr(cause, "sqlstate", None) == _NO_SUCH_TABLE


def _kind(error: SQLAlchemyError) -> type[StorageError]:
    cause = error.orig if isinstance(error, StatementError) else None
    number, state = getattr(cause, "sqlite_errorcode", 0) & _PRIMARY, getattr(cause, "sqlstate", None) or ""
    if number in _DAMAGED or state in _DAMAGED_STATES or "Could not decode to UTF-8" in str(cause):
        return DamagedError
    if number in _LOCKED or state == _LOCKED_STATE:
        return LockedError
    if _is_about_values(error):
        return UnstorableError
    if number in _UNUSABLE or state.startswith(_UNUSABLE_STATES):
        return UnusableError
    if not state and any(word in str(cause) for word in _UNUSABLE_WORDS):
        return UnusableError
    return StorageError


def _is_about_values(error: SQLAlchemyError) -> bool:
    """Tell whether the values were wrong and not the database: the statement would pass with other values."""
    if isinstance(error, DataError | IntegrityError):
        return True
    cause = error.orig if isinstance(error, StatementError) else None
    beyond_limits = getattr(cause, "sqlstate", None) == _BEYOND_LIMITS
    return beyond_limits or isinstance(cause, ValueError | TypeError | OverflowError)


def _words(error: BaseException) -> str:
    """Give the driver's own words, without the statement that PostgreSQL shows a piece of."""
    cause = getattr(error, "orig", None) or error
    primary = getattr(getattr(cause, "diag", None), "message_primary", None)
    return " ".join(str(primary or cause).split())[:LONGEST_CAUSE]


def _cause(error: BaseException) -> str:
    words = _words(error)
    if getattr(getattr(error, "orig", None), "sqlstate", None) in _DAMAGED_STATES:
        return f"{words} ({RESCUE})"
    for part, advice in _ADVICE:
        if part in words:
            return f"{words} ({advice})"
    return words
