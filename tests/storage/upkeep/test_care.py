"""Tidying, and the copy that is made while others write."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from sqlalchemy import delete

from asrcrawler.storage import Database, models
from asrcrawler.storage.checks import findings
from asrcrawler.storage.upkeep.care import back_up, size, tidy
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import all_rows, an_article, live, rows
from tests.storage.visits.test_crashes import WRITER

if TYPE_CHECKING:
    from pathlib import Path


def test_tidying_gives_room_back_and_keeps_every_row(database: Database) -> None:
    write_visits(database, [an_article(code, body=f"متن {code} " * 1_000) for code in range(1, 200)])
    with database.write() as connection:
        connection.execute(delete(models.article).where(models.article.c.code > 20))
    before, kept = size(database), all_rows(database)
    tidy(database)
    assert all_rows(database) == kept
    if database.is_sqlite:
        assert size(database) < before / 3


def test_the_planner_knows_the_tables_after_tidying(database: Database) -> None:
    live(database, 60)
    tidy(database)
    known = "sqlite_stat1" if database.is_sqlite else "pg_stats WHERE schemaname = current_schema()"
    with database.read() as connection:
        assert connection.exec_driver_sql(f"SELECT count(*) FROM {known}").scalar()


def test_a_backup_is_one_whole_file_with_the_same_rows(sqlite_url: str, tmp_path: Path) -> None:
    with closing(Database(sqlite_url)) as database:
        database.prepare()
        live(database, 60)
        back_up(database, tmp_path / "copy.db")
        assert not (tmp_path / "copy.db-wal").exists()
        with closing(Database(f"sqlite:///{tmp_path / 'copy.db'}")) as copy:
            assert copy.schema_version() == database.schema_version()
            assert all_rows(copy) == all_rows(database)


def test_a_backup_made_while_others_write_is_one_state_of_the_archive(sqlite_url: str, tmp_path: Path) -> None:
    with closing(Database(sqlite_url)) as database:
        database.prepare()
        writer = subprocess.Popen([sys.executable, "-c", WRITER, sqlite_url], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        try:
            sizes = []
            for number in range(3):
                writer.stdout.readline()
                back_up(database, tmp_path / f"{number}.db")
                with closing(Database(f"sqlite:///{tmp_path / f'{number}.db'}")) as copy:
                    assert list(findings(copy)) == []
                    sizes.append(len(rows(copy, models.article)))
        finally:
            writer.kill()
            writer.communicate()
    assert sizes == sorted(sizes)
    assert sizes[0] > 0
