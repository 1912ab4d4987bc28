"""What the indexes of words hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from asrcrawler.storage.models import search_index
from asrcrawler.storage.search import indexes
from tests.storage.samples import rows

if TYPE_CHECKING:
    from asrcrawler.storage import Database
    from asrcrawler.storage.search.indexes import Index


def the_index(database: Database) -> Index:
    """The one that answers."""
    with database.read() as connection:
        found = indexes.answering(connection)
    assert found is not None
    return found


def numbers(database: Database) -> list[int]:
    with database.read() as connection:
        return [found.id for found in indexes.every(connection)]


def words_of(database: Database, index: Index | None = None) -> dict[int, str]:
    """Key → words of every document, as far as the database tells; of the index that answers unless told otherwise."""
    tables = (index or the_index(database)).tables
    found = {row["id"]: str(row["words"]) for row in rows(database, tables.document)}
    if database.is_sqlite:
        with database.write() as connection:  # FTS5 checks its own structure
            connection.exec_driver_sql(f"INSERT INTO {tables.words}({tables.words}) VALUES ('integrity-check')")
            connection.exec_driver_sql("DROP TABLE IF EXISTS temp.vocabulary")
            vocabulary = f"fts5vocab(main, {tables.words}, instance)"
            connection.exec_driver_sql(f"CREATE VIRTUAL TABLE temp.vocabulary USING {vocabulary}")
            terms = connection.exec_driver_sql("SELECT doc, term, col, offset FROM temp.vocabulary").all()
            connection.exec_driver_sql("DROP TABLE temp.vocabulary")
        for document, term, column, offset in sorted(terms):
            found[document] = found.get(document, "") + f" {term}:{column}:{offset}"
    return found


def compounds(database: Database) -> set[tuple[str, str]]:
    """Glued and folded, of the index that answers."""
    table = the_index(database).tables.compound
    with database.read() as connection:
        return {(row.glued, row.words) for row in connection.execute(select(table))}


def fold_by_the_first(database: Database) -> None:
    """Make the index of an empty archive one of the first version of folding."""
    with database.write() as connection:
        connection.execute(update(search_index).values(version=1))
