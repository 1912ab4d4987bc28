"""Let one process at a time do something on this machine."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def only_here(path: Path) -> Iterator[bool]:
    """Tell whether this process is the only one that has come here with ``path``; until it leaves, it is.

    The file stays and is empty: it is its lock that counts, which ends with the process, however that ends.
    Raises :exc:`OSError`.
    """
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
