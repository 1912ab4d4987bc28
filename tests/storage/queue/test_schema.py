"""The queue is made beside the archive, once, and brought up to date."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import inspect, text

from asrcrawler.exceptions import QueueError, UsageError
from asrcrawler.storage import Database
from asrcrawler.storage.queue import schema

if TYPE_CHECKING:
    from sqlalchemy import Connection

OLDER = "03.01.00_50_post_add_heartbeat"


def _routines(connection: Connection) -> list[tuple[str, str]]:
    found = text(
        "SELECT proname, pg_get_function_identity_arguments(oid) FROM pg_proc"
        " WHERE pronamespace = (current_schema() || '_queue')::regnamespace ORDER BY 1, 2"
    )
    return [(row[0], row[1]) for row in connection.execute(found)]


def test_it_is_made_once_and_leaves_the_archive_alone(postgresql: Database) -> None:
    before = inspect(postgresql.engine).get_table_names()
    assert [schema.init(postgresql) for _ in range(3)] == [schema.MADE, schema.UNCHANGED, schema.UNCHANGED]
    schema.check(postgresql)
    assert inspect(postgresql.engine).get_table_names() == before
    assert postgresql.schema_version() is not None  # it is still an archive, and of this version


def test_an_archive_without_it_names_the_command_that_makes_it(postgresql: Database) -> None:
    with pytest.raises(QueueError, match="has no queue yet; scrapy queue init makes it"):
        schema.check(postgresql)


def test_an_older_one_is_refused_and_then_upgraded_to_what_a_new_one_is(
    postgresql: Database, postgresql_url: str
) -> None:
    with postgresql.write() as connection:
        connection.execute(text(f'CREATE SCHEMA "{schema.name_of(connection)}"'))
        for step in schema._migrations():
            schema._apply(connection, schema._source("migrations", f"{step}.sql"), step)
            if step == OLDER:
                break
    with closing(Database(postgresql_url)) as database:
        with pytest.raises(QueueError, match="of an older version; scrapy queue init upgrades it"):
            schema.check(database)
        assert [schema.init(database), schema.init(database)] == [schema.UPGRADED, schema.UNCHANGED]
        schema.check(database)
        with database.read() as connection:
            upgraded = _routines(connection)
            name = schema.name_of(connection)
        with database.write() as connection:
            connection.execute(text(f'DROP SCHEMA "{name}" CASCADE'))
        assert schema.init(database) == schema.MADE
        with database.read() as connection:
            assert set(_routines(connection)) <= set(upgraded)


def test_one_of_a_newer_version_is_refused(queued: Database) -> None:
    with queued.write() as connection:
        connection.execute(text(f"COMMENT ON SCHEMA \"{schema.name_of(connection)}\" IS '04.00.00_01_later'"))
    with pytest.raises(QueueError, match=r"newer version \(04.00.00_01_later\).*bring this machine to the version"):
        schema.check(queued)
    with pytest.raises(QueueError, match="newer version"):
        schema.init(queued)


def test_sqlite_has_none(sqlite_url: str) -> None:
    with closing(Database(sqlite_url)) as database, pytest.raises(UsageError, match="a queue needs PostgreSQL"):
        schema.refuse_sqlite(database)
