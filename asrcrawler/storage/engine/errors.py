"""What a database driver raises → one line that a person can act on."""

from __future__ import annotations

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

from asrcrawler.exceptions import INSTALL, StorageError, UnstorableError

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_CAUSE = 200  # characters of the driver's own words
_BEYOND_LIMITS = "54000"  # PostgreSQL's code for a value too large for an index or a type

_ADVICE = (
    ("database is locked", "another program has held it for too long"),
    ("unable to open database file", "its directory is missing or closed to this user"),
    ("attempt to write a readonly database", "the file or its directory is closed to this user"),
    ("no such module: fts5", "the SQLite of this Python was built without full-text search"),
    ("interrupted", "the question took too long"),
    ("statement timeout", "the question took too long"),
    ("lock timeout", "another program has held it for too long"),
)
"""What the drivers' shorter messages leave unsaid."""


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Raise :exc:`StorageError` for whatever the database raises; ``where`` is the database's address for people."""
    try:
        yield
    except (ArgumentError, NoSuchModuleError) as error:
        raise StorageError(f"database {where}: {_cause(error)}") from error
    except ImportError as error:
        raise StorageError(f"database {where}: {_cause(error)} ({INSTALL.format('postgresql')})") from error
    except SQLAlchemyError as error:
        kind = UnstorableError if _is_about_values(error) else StorageError
        raise kind(f"database {where}: {_cause(error)}") from error


def _is_about_values(error: SQLAlchemyError) -> bool:
    """Whether the values were wrong and not the database: the same statement with others would pass."""
    if isinstance(error, DataError | IntegrityError):
        return True
    cause = error.orig if isinstance(error, StatementError) else None
    beyond_limits = getattr(cause, "sqlstate", None) == _BEYOND_LIMITS
    return beyond_limits or isinstance(cause, ValueError | TypeError | OverflowError)


def _cause(error: BaseException) -> str:
    cause = getattr(error, "orig", None) or error
    words = " ".join(str(cause).split())[:LONGEST_CAUSE]
    for part, advice in _ADVICE:
        if part in words:
            return f"{words} ({advice})"
    return words
