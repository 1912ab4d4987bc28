"""Write what a command says to the terminal, and its data to stdout or to a file that appears whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import contextmanager, suppress
from enum import StrEnum
from errno import EBADF
from pathlib import Path
from typing import TYPE_CHECKING

from asrcrawler.exceptions import OutputError, UsageError
from asrcrawler.system import processes
from asrcrawler.system.signals import unwinding
from asrcrawler.system.startup import let_go_of_stdout, stdout_was_closed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import IO, TextIO

STDOUT = "-"
ENCODING = "utf-8"

_PLAIN = str.maketrans("·▁▂▃▄▅▆▇█▌─›", ".+++++++#|->")
"""Replacements for drawn marks on a terminal that cannot show them."""


class Style(StrEnum):
    """How a stretch of text stands out on a terminal, as an escape sequence (ECMA-48)."""

    BOLD = "\x1b[1m"
    BAD = "\x1b[31m"
    DOUBTFUL = "\x1b[33m"
    GOOD = "\x1b[32m"


PLAIN = "\x1b[0m"
"""Ends any style."""


def shows_styles(stream: TextIO) -> bool:
    """Tell whether styles are for ``stream``: a terminal that knows them, unless ``NO_COLOR`` is set.

    ``FORCE_COLOR`` brings them into pipes and files too. Of both, ``NO_COLOR`` counts.
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def styled(text: str, style: Style, stream: TextIO | None = None) -> str:
    """Let ``text`` stand out where ``stream``, or else stdout, shows styles."""
    return f"{style}{text}{PLAIN}" if shows_styles(stream or sys.stdout) else text


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Write rows as the lines of a table; each column is as wide as its longest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def tell(lines: Iterable[str]) -> None:
    """Print lines for people; a letter that the terminal cannot show becomes a question mark."""
    text = "\n".join(lines) + "\n"
    encoding = sys.stdout.encoding or "ascii"
    if "utf" not in encoding.lower():
        text = text.translate(_PLAIN).encode(encoding, "replace").decode(encoding)
    sys.stdout.write(text)
    sys.stdout.flush()


@contextmanager
def destination(name: str) -> Iterator[Callable[[str], object]]:
    """Give a function that writes text to the file ``name``, or to stdout for ``-``; see :func:`binary_destination`."""
    with binary_destination(name) as file:
        yield lambda text: file.write(text.encode(ENCODING))


@contextmanager
def binary_destination(name: str) -> Iterator[IO[bytes]]:
    """Open the file ``name``, or stdout for ``-``, to write bytes to; text must be UTF-8 whatever the locale.

    The bytes go to a temporary file beside it, which is renamed to ``name`` when all of them are on the disk; until
    then an earlier file of that name stays as it is. Raises :exc:`UsageError` if it cannot be opened,
    :exc:`OutputError` if writing fails.
    """
    if name == STDOUT:
        with _stdout() as file:
            yield file
        return
    path = Path(name)
    if _is_special(path):
        with _told(name), _opened(path, path) as file:
            yield file
        return
    with replacing(path) as beside, _told(name), _opened(beside, path) as file:
        yield file


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give the name of a temporary file beside ``path`` to write to; at the end, sync it and rename it to ``path``.

    However the block ends otherwise, also by a signal that ends the process, what was at ``path`` stays and nothing is
    left beside it; only after ``kill -9`` or a power cut lies there ``.NAME.PID.part``, until the next one of that
    name. Raises :exc:`UsageError` for a directory, :exc:`OutputError` if the file cannot be put there.
    """
    target = path.resolve()
    if target.is_dir():
        raise UsageError(f"-o {str(path)!r} cannot be written: it is a directory")
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    _remove_leftovers(target)
    with unwinding():
        try:
            yield beside
            with _told(str(path)):
                _sync(beside)
                beside.replace(target)
            with suppress(OSError):  # some file systems cannot sync a directory
                _sync(target.parent)
        finally:
            with suppress(OSError):
                beside.unlink(missing_ok=True)


def _remove_leftovers(target: Path) -> None:
    """Remove what killed processes have left beside ``target``; their process ids are in the names."""
    for number, path in _beside(target):
        if not processes.is_alive(number):
            with suppress(OSError):
                path.unlink()


def _beside(target: Path) -> Iterator[tuple[int, Path]]:
    with suppress(OSError):
        for path in target.parent.iterdir():
            number = path.name.removeprefix(f".{target.name}.").removesuffix(".part")
            if number.isascii() and number.isdigit() and path.name == f".{target.name}.{number}.part":
                yield int(number), path


def _sync(path: Path) -> None:
    """Wait until a file, or the names in a directory, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _told(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(name, error) from error


@contextmanager
def _stdout() -> Iterator[IO[bytes]]:
    """Open stdout for bytes; where the reader went away, as ``head`` does, the command ends quietly.

    Raises :exc:`BrokenPipeError` then, and :exc:`OutputError` where writing fails otherwise.
    """
    try:
        if stdout_was_closed():
            raise OSError(EBADF, os.strerror(EBADF))
        yield sys.stdout.buffer
        sys.stdout.flush()
    except BrokenPipeError:
        let_go_of_stdout()
        raise
    except OSError as error:
        raise OutputError("stdout", error) from error


@contextmanager
def _opened(path: Path, shown: Path) -> Iterator[IO[bytes]]:
    try:
        file = path.open("wb")
    except OSError as error:
        raise UsageError(f"-o {str(shown)!r} cannot be written: {error.strerror}") from error
    with file:
        yield file


def _is_special(path: Path) -> bool:
    """Tell whether ``path`` is a device or a pipe, which is written to directly and not replaced."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)
