"""The index of words in SQLite: an FTS5 table without content.

The words are folded before, so that the plainest tokenizer does: to ``ascii``, whatever is no ASCII is a letter. The
table does not keep the words; to take a document out, it has to be given what it was put in with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, String, column, func, literal_column, table

from asrcrawler.storage.search.documents import Document, Field

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Select

    from asrcrawler.storage.search.query import Query, Term

WEIGHTS = {Field.TITLE: 20, Field.KICKER: 5, Field.LEAD: 4, Field.TAG: 5, Field.CATEGORY: 1, Field.BODY: 1}
"""What a word counts for where it stands."""

BETWEEN_RUNS = " \ue000 "  # no word that anybody can ask for: private use folds to a blank

_FIELDS = tuple(Field)
_COLUMNS = ", ".join(f'"{field}"' for field in _FIELDS)
_PLACES = ", ".join("?" * len(_FIELDS))
_INSERT = f"INSERT INTO article_search(rowid, {_COLUMNS}) VALUES (?, {_PLACES})"  # noqa: S608
_DELETE = f"INSERT INTO article_search(article_search, rowid, {_COLUMNS}) VALUES ('delete', ?, {_PLACES})"  # noqa: S608

found = table("article_search", column("rowid"))
document_id: ColumnElement[int] = found.c.rowid
score: ColumnElement[float] = -func.bm25(
    literal_column("article_search"), *(literal_column(str(WEIGHTS[field])) for field in _FIELDS)
)  # bm25 is the lower the better


def create(connection: Connection) -> None:
    connection.exec_driver_sql(
        f"CREATE VIRTUAL TABLE article_search USING fts5({_COLUMNS}, content='', tokenize='ascii')"
    )


def clear(connection: Connection) -> None:
    connection.exec_driver_sql("INSERT INTO article_search(article_search) VALUES ('delete-all')")


def put_in(connection: Connection, documents: Mapping[int, Document]) -> None:
    connection.exec_driver_sql(_INSERT, _values(documents))


def take_out(connection: Connection, documents: Mapping[int, Document]) -> None:
    """``documents`` have to be the ones that were put in, to the word."""
    connection.exec_driver_sql(_DELETE, _values(documents))


def of_site(base: int, codes: int) -> ColumnElement[bool]:
    """The documents of the site whose keys begin at ``base``."""
    return document_id.between(base, base + codes - 1)


def matches(query: Query) -> ColumnElement[bool]:
    """The condition on ``found``; ``query`` has a clause."""
    return literal_column("article_search", String).op("MATCH", is_comparison=True)(expression(query))


def scored(matched: Select[int], _: Query, most: int) -> Select[int, float]:
    """Key and score of the newest ``most`` of ``matched``; FTS5 walks down its keys and scores no more than that."""
    return matched.add_columns(score).order_by(document_id.desc()).limit(most)


def expression(query: Query) -> str:
    """The query in FTS5's own language. Words are letters and digits and stand in quotes: nothing else can get in."""
    wanted = " AND ".join(_any_of(clause) for clause in query.clauses)
    return f"({wanted}) NOT {_any_of(query.excluded)}" if query.excluded else wanted


def _any_of(terms: Sequence[Term]) -> str:
    return "(" + " OR ".join(map(_term, terms)) + ")"


def _term(term: Term) -> str:
    where = f'"{term.field}" : ' if term.field else ""
    star = " *" if term.prefix else ""
    return f'{where}"{" ".join(term.words)}"{star}'


def _values(documents: Mapping[int, Document]) -> list[tuple[Any, ...]]:
    return [
        (key, *(BETWEEN_RUNS.join(" ".join(run) for run in document[field]) for field in _FIELDS))
        for key, document in sorted(documents.items())
    ]
