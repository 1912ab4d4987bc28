"""Where a command writes its data: stdout, or a file that is there whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from asrcrawler.exceptions import OutputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import IO

STDOUT = "-"
ENCODING = "utf-8"

_PLAIN = str.maketrans("·▁▂▃▄▅▆▇█▌─›", ".+++++++#|->")
"""What stands for the drawn marks on a terminal that is older than they are."""


def tell(lines: Iterable[str]) -> None:
    """Print lines for people; a terminal that cannot show a letter shows a question mark."""
    text = "\n".join(lines) + "\n"
    encoding = sys.stdout.encoding or "ascii"
    if "utf" not in encoding.lower():
        text = text.translate(_PLAIN).encode(encoding, "replace").decode(encoding)
    sys.stdout.write(text)
    sys.stdout.flush()


@contextmanager
def destination(name: str) -> Iterator[Callable[[str], object]]:
    """Give a function that writes text to the file ``name``, or to stdout for ``-``.

    The text goes to a file beside, which takes the name when all of it is on the disk; until then a file of that name
    stays as it is. Raises :exc:`UsageError` if it cannot be opened, :exc:`OutputError` if writing fails.
    """
    if name == STDOUT:
        with _stdout() as write:
            yield write
        return
    path = Path(name)
    try:
        with _opened(path, path) if _is_special(path) else _replacing(path) as file:
            yield file.write
    except OSError as error:
        raise OutputError(name, error) from error


@contextmanager
def _stdout() -> Iterator[Callable[[str], object]]:
    """UTF-8 whatever the locale. A reader that goes away, as ``head`` does, is no error."""
    try:
        yield lambda text: sys.stdout.buffer.write(text.encode(ENCODING))
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more at its end
    except OSError as error:
        raise OutputError("stdout", error) from error


@contextmanager
def _replacing(path: Path) -> Iterator[IO[str]]:
    target = path.resolve()
    if target.is_dir():
        raise UsageError(f"-o {str(path)!r} cannot be written: it is a directory")
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with _opened(beside, path) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


@contextmanager
def _opened(path: Path, shown: Path) -> Iterator[IO[str]]:
    try:
        file = path.open("w", encoding=ENCODING, newline="\n")
    except OSError as error:
        raise UsageError(f"-o {str(shown)!r} cannot be written: {error.strerror}") from error
    with file:
        yield file


def _is_special(path: Path) -> bool:
    """A device or a pipe has no place beside it to be put in from."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)
