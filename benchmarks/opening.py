"""Measure how long an archive of an earlier schema takes to be opened for the first time.

``python -m benchmarks.opening``: stores articles by this version, copies them as often as needed into a database of the
schema ``--revision``, and then opens it as every command does, on SQLite and on a PostgreSQL of its own. ``--articles
N`` (100,000 unless told otherwise); ``--write`` puts the table into ``benchmarks/README.md``.
"""

from __future__ import annotations

import argparse
import tempfile
from contextlib import closing
from time import perf_counter, process_time

from sqlalchemy import create_engine, inspect, make_url, text

from asrcrawler.storage import Database
from asrcrawler.storage.engine.limits import UNLIMITED
from asrcrawler.storage.migrations.revisions import HEAD
from asrcrawler.storage.migrations.upgrade import upgrade
from asrcrawler.storage.outlets import all_outlets
from asrcrawler.storage.visits.writing import write_visits
from benchmarks import readme
from benchmarks.databases import KINDS, database_url
from benchmarks.storing import articles

RELEASED = "0012"  # the schema before outlets
BATCH = 500  # articles written at once
STORED = 2_000  # articles that are copied with other codes
NOT_COPIED = ("search_", "article_search", "alembic_version")
"""The index of words, which no change of the schema reads, and what says which schema it is."""


def filled(url: str, revision: str, count: int) -> str:
    """Make an archive of ``count`` articles with the schema ``revision`` beside the one of ``url``; give its URL."""
    with closing(Database(url)) as database:
        database.prepare()
        for first in range(1, STORED + 1, BATCH):
            write_visits(database, articles(first, BATCH))
    if url.startswith("sqlite"):
        old_url, source = url.replace("asr.db", "old.db"), "source."
    else:
        whole = make_url(url).update_query_dict({"options": "-csearch_path=old"})
        old_url, source = whole.render_as_string(hide_password=False), "public."
        with create_engine(url).begin() as connection:
            connection.execute(text("CREATE SCHEMA old"))
    with closing(Database(old_url)) as old, old.write() as connection:
        upgrade(connection, revision)
    engine = create_engine(old_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if url.startswith("sqlite"):
            connection.execute(text(f"ATTACH '{make_url(url).database}' AS source"))
        tables = inspect(connection)
        there = set(inspect(create_engine(url)).get_table_names())
        for name, _ in tables.get_sorted_table_and_fkc_names():
            if name is None or name not in there or name.startswith(NOT_COPIED):
                continue
            columns = [column["name"] for column in tables.get_columns(name)]
            copies = range(0, count, STORED) if "code" in columns else [0]
            columns = [column for column in columns if column != "id" or "code" not in columns]
            values = [f"{column} + :shift" if column == "code" else f'"{column}"' for column in columns]
            names = ", ".join(f'"{column}"' for column in columns)
            for shift in copies:
                connection.execute(
                    text(f"INSERT INTO {name} ({names}) SELECT {', '.join(values)} FROM {source}{name}"),
                    {"shift": shift} if "code" in columns else {},
                )
    engine.dispose()
    return old_url


def opened(url: str) -> tuple[float, float, str]:
    """Open the archive; give the seconds that took, those of this process alone, and the outlets it has then."""
    begun, worked = perf_counter(), process_time()
    with closing(Database(url, longest=UNLIMITED)) as database:
        database.prepare()
        took = perf_counter() - begun, process_time() - worked
        return *took, ", ".join(f"{outlet.name} ({outlet.site})" for outlet in all_outlets(database))


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the first opening of an archive of an earlier schema.")
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--revision", default=RELEASED)
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    options = parser.parse_args()
    lines = [f"| from {options.revision} to {HEAD} | articles | opened after | outlets then |", "|---|---:|---:|---|"]
    for kind, name in KINDS.items():
        with tempfile.TemporaryDirectory() as folder, database_url(kind, folder) as url:
            seconds, own, outlets = opened(filled(url, options.revision, options.articles))
        lines.append(f"| {name} | {options.articles:,} | {seconds:.1f} s, {own:.1f} s of them work | {outlets} |")
        print(lines[-1], flush=True)
    print("\n".join(lines))
    if options.write:
        readme.put("opening", "\n".join(lines))


if __name__ == "__main__":
    main()
