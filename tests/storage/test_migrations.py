from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from asrcrawler.storage import Database, models
from asrcrawler.storage.migrate import SCRIPTS, alembic_config, is_declared, upgrade
from asrcrawler.storage.schema import HEAD, REVISIONS

if TYPE_CHECKING:
    from sqlalchemy import Connection


def differences(connection: Connection) -> list[Any]:
    opts = {"compare_type": True, "compare_server_default": True, "include_name": is_declared}
    context = MigrationContext.configure(connection, opts=opts)
    return list(compare_metadata(context, models.metadata))


def test_models_and_migrations_agree(database: Database) -> None:
    with database.read() as connection:
        assert differences(connection) == []


def test_the_comparison_would_see_a_difference(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("DROP INDEX ix_article_duplicates")
        connection.exec_driver_sql("ALTER TABLE run DROP COLUMN memory")
        assert len(differences(connection)) == 2


def test_the_revisions_are_the_files_of_the_folder_in_one_line(database: Database) -> None:
    with database.read() as connection:
        scripts = ScriptDirectory.from_config(alembic_config(connection))
    assert tuple(script.revision for script in scripts.walk_revisions())[::-1] == REVISIONS
    assert scripts.get_heads() == [HEAD]


def test_a_migration_that_breaks_leaves_nothing_behind(url: str) -> None:
    database = Database(url)
    try:
        with database.write() as connection:
            upgrade(connection)
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    assert database.schema_version() is None
    database.prepare()
    assert database.schema_version() == HEAD
    database.close()


def test_the_scripts_are_part_of_the_package() -> None:
    assert Path(models.__file__).parent == SCRIPTS.parent
    assert {path.stem[:4] for path in (SCRIPTS / "versions").glob("[0-9]*.py")} == set(REVISIONS)
    assert (SCRIPTS / "versions" / "__init__.py").exists()
