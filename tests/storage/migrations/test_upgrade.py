from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Boolean, DateTime, Float, Integer, LargeBinary, inspect, text

from asrcrawler.storage import Database, models
from asrcrawler.storage.articles.export import Selection, export_articles
from asrcrawler.storage.articles.gone import of_code
from asrcrawler.storage.checks import counters, findings
from asrcrawler.storage.figures.sources import Sources, sources
from asrcrawler.storage.figures.status import code_history
from asrcrawler.storage.migrations.revisions import HEAD, REVISIONS
from asrcrawler.storage.migrations.upgrade import SCRIPTS, alembic_config, is_declared, upgrade
from asrcrawler.storage.outlets import all_outlets
from asrcrawler.storage.search import refilling, search
from asrcrawler.storage.visits.gone import run_looks
from asrcrawler.storage.visits.writing import write_visits
from tests.storage.samples import DAY, NOON, SITE, an_article

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.engine.interfaces import ReflectedColumn


@pytest.fixture
def url(empty_url: str) -> str:
    """The address of a database that these tests make the schema in."""
    return empty_url


def json_default_differs(*compared: Any) -> bool | None:
    """Whether the default of a column of JSON is another one; None for any other column, which alembic compares."""
    _, inspected, _, found, _, declared = compared
    return str(found).removesuffix("::json") != str(declared) if isinstance(inspected.type, JSON) else None


def differences(connection: Connection) -> list[Any]:
    opts: dict[str, Any] = {
        "compare_type": True,
        "compare_server_default": json_default_differs,  # PostgreSQL has no equality of JSON, which alembic asks for
        "include_name": is_declared,
    }
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
    assert (SCRIPTS / "versions" / "__init__.py").exists()


# --- databases of released schemas, with rows in them

GIVEN = {
    "site": SITE,
    "code": 7,
    "kind": "article",
    "title": "پل تازه",
    "body": "متنی از یوزپلنگ",
    "outcome": "stored",
    "category": '["جامعه"]',
    "tags": '["پل"]',
    "images": "[]",
    "arguments": "{}",
    "outcomes": "{}",
    "memory": '{"newest": 7}',
    "duplicate_of": None,
    "similar_to": None,
    "ended_at": None,
    "dictionary_id": None,
    "revision": 2,
    "base_url": f"http://{SITE}",
}
"""What a row of an old database has in columns of these names; in others, something of their type."""

MADE_BY_THE_PROGRAM = ("search_", "article_search", "alembic_version")
"""The index of words, which no plain row can be put into."""


def some_value(column: ReflectedColumn, dialect: str) -> object:
    name, kind = column["name"], column["type"]
    if name in GIVEN:
        return GIVEN[name]
    match kind:
        case DateTime():
            return "2024-05-01 12:00:00.000000" + ("" if dialect == "sqlite" else "+00:00")
        case Boolean():
            return True
        case Integer() | Float():
            return 1
        case LargeBinary():
            return b"\1\2\xff"
        case JSON():
            return "{}"
        case _:
            return f"{name}"


def fill(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Put a row into every table by plain SQL and give what the tables hold then, by name."""
    inspector = inspect(connection)
    filled = {}
    for name, _ in inspector.get_sorted_table_and_fkc_names():
        if name is None or name.startswith(MADE_BY_THE_PROGRAM):
            continue
        values = {
            column["name"]: some_value(column, connection.dialect.name)
            for column in inspector.get_columns(name)
            if column["name"] != "id"  # given by the database
        }
        places = ", ".join(f":{column}" for column in values)
        columns = ", ".join(f'"{column}"' for column in values)
        connection.execute(text(f"INSERT INTO {name} ({columns}) VALUES ({places})"), values)
        filled[name] = [dict(row) for row in connection.execute(text(f"SELECT * FROM {name}")).mappings()]
    return filled


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_database_of_each_released_schema_is_upgraded_with_its_rows(url: str, revision: str) -> None:
    old = Database(url)
    with old.write() as connection:
        upgrade(connection, revision)
        before = fill(connection)
    assert old.schema_version() == revision
    old.close()
    database = Database(url)
    database.prepare()
    assert database.schema_version() == HEAD
    with database.read() as connection:
        assert differences(connection) == []
        for name, rows in before.items():
            if name == "site":  # its values are in ``outlet`` now
                continue
            after = [dict(row) for row in connection.execute(text(f"SELECT * FROM {name}")).mappings()]
            assert [{key: row[key] for key in rows[0]} for row in after] == rows, name
    [article] = export_articles(database, Selection(site=SITE))
    assert (article["code"], article["title"], article["tags"], article["first_seen_at"]) == (
        7,
        "پل تازه",
        ["پل"],
        NOON,
    )
    assert sources(database, SITE) == Sources({}, {})
    [outlet] = all_outlets(database)
    known = revision >= "0012"
    assert (outlet.site, outlet.first_code, outlet.followed) == (SITE, 1 if known else None, True)
    assert outlet.name == ("name" if revision >= "0014" else "asr")
    if revision < "0004":
        refilling.complete(database)
        assert [hit.code for hit in search(database, "یوزپلنگ").hits] == [7]
    write_visits(database, [an_article(7, at=NOON + DAY), an_article(8)])
    assert [found["code"] for found in export_articles(database, Selection())] == [7, 8]
    database.close()


@pytest.mark.parametrize("revision", [name for name in REVISIONS if name < "0009"])
def test_films_leave_the_pictures_of_stored_videos(url: str, revision: str) -> None:
    film = {"url": "http://asrpress.ir/files/1.MP4?v=2", "caption": "پل"}
    picture = {"url": "http://asrpress.ir/files/1.jpg", "caption": None}
    shown = {7: ("video", [film, picture]), 8: ("video", [picture]), 9: ("gallery", [film]), 10: ("article", [])}
    old = Database(url)
    with old.write() as connection:
        upgrade(connection, revision)
        [row] = fill(connection)["article"]
        columns = [name for name in row if name != "id"]
        insertion = f"INSERT INTO article ({', '.join(columns)}) VALUES ({', '.join(f':{name}' for name in columns)})"
        connection.execute(text("DELETE FROM article"))
        for code, (kind, images) in shown.items():
            changed = {"code": code, "kind": kind, "category": "[]", "tags": "[]", "images": json.dumps(images)}
            connection.execute(text(insertion), {name: row[name] for name in columns} | changed)
    old.close()
    database = Database(url)
    database.prepare()
    found = {one["code"]: (one["images"], one["videos"]) for one in export_articles(database, Selection())}
    database.close()
    assert found == {7: ([picture], [film]), 8: ([picture], []), 9: ([film], []), 10: ([], [])}


def test_sites_of_earlier_archives_become_outlets(url: str) -> None:
    sites = [SITE, "asr.example", "9news.example:8080", "x.example", "127.0.0.1:8000", "news.example", "Odd_Site"]
    old = Database(url)
    with old.write() as connection:
        upgrade(connection, "0013")
        for site in sites:
            row = "INSERT INTO ledger (site, code, streak, unchanged, visits) VALUES (:site, 7, 0, 0, 1)"
            connection.execute(text(row), {"site": site})
        connection.execute(text("INSERT INTO site VALUES ('asr.example', 300)"))
    old.close()
    database = Database(url)
    database.prepare()
    found = {outlet.site: (outlet.name, outlet.first_code, outlet.followed) for outlet in all_outlets(database)}
    database.close()
    assert found == {
        SITE: ("asr", None, True),
        "asr.example": ("asr_2", 300, False),
        "9news.example:8080": ("outlet_9news", None, False),
        "x.example": ("x_", None, False),
        "127.0.0.1:8000": ("outlet_127", None, False),
        "news.example": ("news_2", None, False),
        "Odd_Site": ("odd_site", None, False),
    }


BEFORE_GONE = REVISIONS[REVISIONS.index("0013") - 1]
STORIES: dict[int, list[tuple[float, str, int]]] = {
    1: [(0, "stored", 1), (1, "missing", 2), (2, "missing", 3)],  # gone
    2: [(0, "stored", 1), (1, "missing", 2), (2, "missing", 3), (3, "stored", 3)],  # back
    3: [(0, "stored", 1), (2, "missing", 3)],  # waits
    4: [(0, "stored", 1), (1.5, "missing", 4)],  # an outage
    5: [(-1, "missing", 1), (0, "stored", 1), (3, "failed", 3)],  # there
    6: [(0, "stored", 1), (1, "missing", 2), (2, "missing", 5)],  # the second look is of a run that is at work
    **{code: [(0, "stored", 1), (1.5, "missing", 4), (3, "stored", 3)] for code in range(10, 40)},
}
"""Code → its visits: days after noon, outcome, run."""


def tell_stories(connection: Connection) -> None:
    """Fill a database of the schema before with the visits of :data:`STORIES`, and what followed from them then."""
    filled = fill(connection)
    for name in ("visit", "ledger", "article", "run"):
        connection.execute(text(f"DELETE FROM {name}"))

    def insert(name: str, rows: list[dict[str, Any]]) -> None:
        columns = list(rows[0])
        places = ", ".join(f":{column}" for column in columns)
        connection.execute(text(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({places})"), rows)

    def like(name: str, **values: Any) -> dict[str, Any]:
        given = {column: value for column, value in filled[name][0].items() if column != "id"}
        plain = {key: json.dumps(value) if isinstance(value, list | dict) else value for key, value in given.items()}
        return plain | values

    def moment(days: float) -> str:
        zone = "" if connection.dialect.name == "sqlite" else "+00:00"
        return f"{NOON + days * DAY:%Y-%m-%d %H:%M:%S}.000000{zone}"

    insert("run", [like("run", id=number, ended_at=None if number == 5 else moment(9)) for number in range(1, 6)])
    for code, story in STORIES.items():
        insert(
            "visit",
            [like("visit", code=code, at=moment(days), outcome=outcome, run_id=run) for days, outcome, run in story],
        )
        seen = [days for days, outcome, _ in story if outcome == "stored"]
        last, outcome, _ = story[-1]
        insert("article", [like("article", code=code, first_seen_at=moment(seen[0]), last_seen_at=moment(seen[-1]))])
        insert("ledger", [like("ledger", code=code, outcome=outcome, visited_at=moment(last), next_visit_at=None)])


def test_the_visits_of_an_old_archive_tell_what_is_gone(url: str) -> None:
    old = Database(url)
    with old.write() as connection:
        upgrade(connection, BEFORE_GONE)
        tell_stories(connection)
    old.close()
    database = Database(url)
    database.prepare()
    found = {code: [(str(time.state), time.gone_at) for time in of_code(database, SITE, code)] for code in range(1, 7)}
    assert found == {
        1: [("gone", NOON + DAY)],
        2: [("back", NOON + DAY)],
        3: [("waiting", NOON + 2 * DAY)],
        4: [("doubtful", NOON + 1.5 * DAY)],
        5: [],
        6: [("waiting", NOON + DAY)],
    }
    articles = {one["code"]: one for one in export_articles(database, Selection())}
    assert {code: articles[code]["gone_at"] for code in range(1, 7)} == {1: NOON + DAY} | dict.fromkeys(range(2, 7))
    assert [articles[code]["last_visit_at"] for code in range(1, 7)] == [
        NOON + days * DAY for days in (2, 3, 2, 1.5, 3, 2)
    ]
    due = {code: code_history(database, SITE, code)[0]["next_visit_at"] for code in range(1, 7)}  # type: ignore[index]
    assert due == {1: None, 2: None, 3: NOON + 3 * DAY, 4: NOON + 2.5 * DAY, 5: None, 6: NOON + 2 * DAY}
    assert [run_looks(database, number) for number in range(1, 6)] == [(0, 0), (3, 3), (35, 3), (31, 31), (1, 1)]
    assert [str(finding) for finding in findings(database) if finding.check == "gone"] == []
    database.close()


def test_what_an_old_archive_has_is_counted(url: str) -> None:
    old = Database(url)
    with old.write() as connection:
        upgrade(connection, REVISIONS[REVISIONS.index("0018") - 1])
        fill(connection)
        connection.execute(
            text("INSERT INTO ledger (site, code, streak, unchanged, visits) VALUES ('b.ir', 1024, 0, 0, 0)")
        )
        connection.execute(text("UPDATE ledger SET next_visit_at = first_visit_at WHERE code = 7"))
    old.close()
    database = Database(url)
    database.prepare()
    with database.read() as connection:
        found = connection.execute(text("SELECT * FROM counter ORDER BY site, what")).all()
        wrong = list(counters.find(connection))
    database.close()
    noon = int(NOON.timestamp()) // 3_600
    assert [tuple(row) for row in found] == [
        (SITE, "articles", 0, "", 1),
        (SITE, "booked", noon, "stored", 1),
        (SITE, "codes", 0, "stored", 1),
        (SITE, "first", noon, "", 1),
        (SITE, "revisions", 0, "", 1),
        ("b.ir", "codes", 1, "", 1),
    ]
    assert wrong == []


def test_long_texts_are_packed_with_lz4_where_postgresql_has_it(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    database.prepare()
    with database.read() as connection:
        rows = connection.execute(
            text(
                "SELECT attrelid::regclass::text, attcompression, attstorage FROM pg_attribute"
                " WHERE attrelid IN ('article'::regclass, 'revision'::regclass, 'page'::regclass)"
                " AND attname IN ('body', 'content') ORDER BY 1"
            )
        ).all()
        has_lz4 = connection.scalar(
            text("SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression'")
        )
    lz4 = "l" if has_lz4 else ""
    assert [tuple(row) for row in rows] == [("article", lz4, "x"), ("page", "", "e"), ("revision", lz4, "x")]
    database.close()
