"""A PostgreSQL server that is stopped, as by SIGSTOP or a hypervisor: it keeps its sockets and says nothing."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, text

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def frozen(url: str) -> Iterator[None]:
    """Stop every process of the server at ``url`` for the length of the block."""
    engine = create_engine(url)
    with engine.connect() as connection:
        folder = str(connection.scalar(text("SHOW data_directory")))
    engine.dispose()
    first = int((Path(folder) / "postmaster.pid").read_text().split()[0])
    os.kill(first, signal.SIGSTOP)
    others = _children(first)  # the first one starts no more
    for process in others:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in (*others, first):
            os.kill(process, signal.SIGCONT)


def _children(parent: int) -> list[int]:
    stats = {int(path.parent.name): path for path in Path("/proc").glob("[0-9]*/stat")}
    found = []
    for process, path in stats.items():
        try:
            if int(path.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(process)
        except OSError:
            continue
    return found
