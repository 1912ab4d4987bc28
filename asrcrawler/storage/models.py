"""State the tables. Several sites may share one database; everything is keyed by site and news code.

``ledger`` holds what became of the last visit of every code and when to look again; ``coverage`` holds the same codes
as intervals, so that the next unvisited ones are found without reading the ledger. ``counter`` holds how many there
are, so that figures are given without counting.

The migrations make the tables. An index that is partial here is so on PostgreSQL, too; to state it would load the
dialect of PostgreSQL for every SQLite database.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from asrcrawler.items import EDITED, TYPES
from asrcrawler.storage.engine.types import UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

SITE = String(100)
LONGEST_LABEL = 200  # characters of a name in ``label``: PostgreSQL refuses index rows above 2,704 bytes

outlet = Table(
    "outlet",
    metadata,
    Column("name", String(32), nullable=False),
    Column("site", SITE, nullable=False),
    Column("title", Text),
    Column("base_url", Text, nullable=False),
    Column("every", SmallInteger, nullable=False),  # minutes
    Column("delay", Float),  # seconds; null: as the setting says
    Column("first_code", Integer),  # null: an archive of an earlier version, which does not know
    Column("backfill", Integer, nullable=False),
    Column("politeness_group", String(100)),  # null: host and port
    Column("enabled", Boolean, nullable=False),
    Column("followed", Boolean, nullable=False),  # false: removed; its articles stay
    PrimaryKeyConstraint("name"),
    UniqueConstraint("site"),
)
"""The outlets that the archive follows or followed: see :class:`asrcrawler.outlets.Outlet`."""

article = Table(
    "article",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site", SITE, nullable=False),
    Column("code", Integer, nullable=False),
    Column("url", Text, nullable=False),
    Column("short_url", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("author", Text),
    Column("published_at", UtcDateTime),
    Column("published_jalali", String(16)),
    Column("modified_at", UtcDateTime),
    Column("comment_count", Integer),
    Column("text_digest", LargeBinary),
    Column("duplicate_of", Integer),
    Column("similar_to", Integer),
    Column("revision", Integer, nullable=False),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("category", JSON, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("images", JSON, nullable=False),
    Column("kicker", Text),
    Column("title", Text),
    Column("lead", Text),
    Column("body", Text),  # the last text: SQLite reads a row from its start, no further than asked
    Column("videos", JSON, nullable=False, server_default=text("'[]'")),  # added to tables with rows in them
    Column("last_visit_at", UtcDateTime),  # whatever came of it
    Column("gone_at", UtcDateTime),  # since when the site no longer has it; worked out from the visits, as ``gone`` is
    UniqueConstraint("site", "code"),
    Index(None, "site", "text_digest"),
    Index(None, "site", "published_at", "code"),  # the codes of some days, without the articles
    Index(None, "published_at", "code", "site"),  # the same over all sites
    Index(None, "changed_at", "site"),
    Index(None, "site", "changed_at"),
    Index(
        "ix_article_duplicates",
        "site",
        "duplicate_of",
        sqlite_where=text("duplicate_of IS NOT NULL"),
    ),
    Index(
        "ix_article_near_duplicates",
        "site",
        "similar_to",
        sqlite_where=text("similar_to IS NOT NULL"),
    ),
    Index(
        "ix_article_gone",
        "site",
        "code",
        sqlite_where=text("gone_at IS NOT NULL"),
    ),
)

gone = Table(
    "gone",
    metadata,
    Column("site", SITE, nullable=False),
    Column("code", Integer, nullable=False),
    Column("number", Integer, nullable=False),  # the first time is 1
    Column("state", String(10), nullable=False),  # asrcrawler.gone.Presence; only the last one of a code may be open
    Column("at", UtcDateTime, nullable=False),  # of the last step
    Column("gone_at", UtcDateTime, nullable=False),  # the first look that answered missing
    Column("confirmed_at", UtcDateTime),
    Column("back_at", UtcDateTime),
    PrimaryKeyConstraint("site", "code", "number"),
    Index(None, "state", "at", "code", "site"),
    Index(None, "site", "state", "at", "code"),
)
"""The times during which the site did not show a stored article; worked out from the visits."""

label = Table(
    "label",
    metadata,
    Column("site", SITE, nullable=False),
    Column("kind", String(10), nullable=False),  # category or tag
    Column("name", Text, nullable=False),  # the first LONGEST_LABEL characters
    Column("code", Integer, nullable=False),
    PrimaryKeyConstraint("site", "kind", "name", "code"),
    Index(None, "site", "code"),
)
"""Which articles carry a category or tag; the lists themselves, in their order and whole, are in ``article``."""

signature = Table(
    "signature",
    metadata,
    Column("site", SITE, nullable=False),
    Column("code", Integer, nullable=False),
    Column("algorithm", SmallInteger, nullable=False),  # asrcrawler.text.similarity.ALGORITHM
    Column("digest", LargeBinary, nullable=False),
    PrimaryKeyConstraint("site", "code"),
    sqlite_with_rowid=False,  # read by its key alone
)
"""By what near duplicates are recognised; articles with too little text have no row."""

band = Table(
    "band",
    metadata,
    Column("key", BigInteger, nullable=False),  # a hash of the site, too
    Column("code", Integer, nullable=False),
    PrimaryKeyConstraint("key", "code"),
    sqlite_with_rowid=False,  # the rows are in the tree of the key: half the space, and one page to write
)
"""Parts of the signatures: articles that share one may be near duplicates."""

search_site = Table(
    "search_site",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site", SITE, nullable=False),
    UniqueConstraint("site"),
)
"""Sites as numbers, for the index of words."""

search_index = Table(
    "search_index",
    metadata,
    Column("id", Integer, primary_key=True),  # names its tables
    Column("version", SmallInteger, nullable=False),  # of asrcrawler.text.persian.fold
    Column("since", UtcDateTime),  # what is published from then on …
    Column("until", UtcDateTime),  # … and before then belongs into it; null: no bound
    Column("state", String(10), nullable=False),  # filling, current, left
    Column("cursor", BigInteger, nullable=False),  # the lowest number down to which it has the articles
    Column("stale", Integer, nullable=False),  # articles of which earlier words are still in it
    Column("format", SmallInteger, nullable=False, server_default=text("1")),  # of its words, in the database's own way
    Column("span", SmallInteger, nullable=False, server_default=text("12")),  # bits of the half hours of a volume
)
"""The indexes of words; see :mod:`asrcrawler.storage.search.indexes`."""

revision = Table(
    "revision",
    metadata,
    Column("site", SITE, nullable=False),
    Column("code", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("change", String(20), nullable=False),  # what the edit that replaced this text touched
    Column("seen_at", UtcDateTime, nullable=False),  # when this text was first seen
    Column("replaced_at", UtcDateTime, nullable=False),  # when the next one was
    *(Column(name, JSON, nullable=False) if TYPES[name].is_list else Column(name, Text) for name in EDITED),
    PrimaryKeyConstraint("site", "code", "number"),
    Index(None, "change", "replaced_at", "code", "number", "site"),
    Index(None, "site", "change", "replaced_at", "code", "number"),
)
"""Earlier texts of articles."""

run = Table(
    "run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site", SITE, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("heartbeat_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("dead_after", Integer),  # seconds of silence; null: as runs.DEAD_AFTER says
    Column("host", String(255), nullable=False),
    Column("process", String(200), nullable=False),  # see processes.this_process: who can still be alive
    Column("token", String(32)),  # by which the run proves that it may write; null: written by a version without tokens
    Column("arguments", JSON, nullable=False),
    Column("end_reason", String(100)),
    Column("exit_status", SmallInteger),
    Column("outcomes", JSON, nullable=False),
    Column("requests", Integer, nullable=False, default=0),
    Column("bytes", BigInteger, nullable=False, default=0),
    Column("articles_new", Integer, nullable=False, default=0),
    Column("articles_changed", Integer, nullable=False, default=0),
    Column("memory", JSON),  # what the frontier leaves for the next run
    Column("looks", Integer, nullable=False, server_default=text("0")),  # visits of articles that were stored before
    Column("missing_looks", Integer, nullable=False, server_default=text("0")),  # … that answered missing
    Column(
        "sources", JSON(none_as_null=True)
    ),  # blocks: articles by field and place of its value; null: of a version without
    Index(None, "site", "ended_at"),
    Index(None, "site", "id"),
)

ledger = Table(
    "ledger",
    metadata,
    Column("site", SITE, nullable=False),
    Column("code", Integer, nullable=False),
    Column("outcome", String(20)),  # null: the site names the code and it was not visited yet
    Column("reason", Text),
    Column("http_status", SmallInteger),
    Column("first_visit_at", UtcDateTime),
    Column("visited_at", UtcDateTime),
    Column("next_visit_at", UtcDateTime),  # null: settled
    Column("streak", Integer, nullable=False, default=0),
    Column("unchanged", Integer, nullable=False, default=0),
    Column("visits", Integer, nullable=False, default=0),
    Column("listed_at", UtcDateTime),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("run_id", Integer),
    Column("unended_digest", LargeBinary),  # of the text that several looks found on a page without its end …
    Column("unended_since", UtcDateTime),  # … since when, without another text in between
    Column("unended_looks", SmallInteger),  # … and how many looks; see asrcrawler.http.completeness.Looks
    PrimaryKeyConstraint("site", "code"),
    Index(None, "site", "next_visit_at"),
    Index(None, "site", "outcome", "code"),  # what is listed and not visited; counting without the table
    Index(
        "ix_ledger_settled",  # articles that are looked at in turn
        "site",
        "visited_at",
        sqlite_where=text("next_visit_at IS NULL AND outcome = 'stored'"),
    ),
)

counter = Table(
    "counter",
    metadata,
    Column("site", SITE, nullable=False),
    Column("what", String(10), nullable=False),  # asrcrawler.storage.visits.counters.What
    Column("place", Integer, nullable=False),  # a block of codes, or an hour since 1970
    Column("name", String(20), nullable=False),  # an outcome; empty: never visited, or not told apart
    Column("number", Integer, nullable=False),
    PrimaryKeyConstraint("what", "site", "place", "name"),
    sqlite_with_rowid=False,  # read by its key alone
)
"""How many rows there are in other tables; see :mod:`asrcrawler.storage.visits.counters`."""

dictionary = Table(
    "dictionary",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site", SITE, nullable=False),
    Column("trained_at", UtcDateTime, nullable=False),
    Column("pages", Integer, nullable=False),  # that it was learnt from
    Column("share", Float, nullable=False),  # packed size by plain size, of pages it was not learnt from
    Column("data", LargeBinary, nullable=False),
    Index(None, "site", "id"),
)
"""Dictionaries of zstd; a capture is unpacked with the one it was packed with, so none is ever removed."""

page = Table(
    "page",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site", SITE, nullable=False),
    Column("digest", LargeBinary, nullable=False),  # SHA-256 of the decompressed body
    Column("size", Integer, nullable=False),  # bytes of the decompressed body
    Column("outcome", String(20), nullable=False),  # stored, if any visit read it so; else that of the latest
    Column("dictionary_id", Integer, ForeignKey("dictionary.id")),  # null: packed without
    Column("content", LargeBinary),  # zstd; null: dropped, as one of too many that were no article
    UniqueConstraint("site", "digest"),
    Index(
        "ix_page_kept",
        "site",
        "outcome",
        "id",
        sqlite_where=text("content IS NOT NULL"),
    ),
)
"""The captures, each content once; the visits that found one name it."""

visit = Table(
    "visit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site", SITE, nullable=False),
    Column("code", Integer, nullable=False),
    Column("run_id", Integer, ForeignKey("run.id")),
    Column("at", UtcDateTime, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("reason", Text),
    Column("http_status", SmallInteger),
    Column("size", Integer, nullable=False),
    Column("change", String(20)),  # new, a change class, or null
    Column("page_id", Integer),  # the page it found, where pages are kept
    Column("url", Text),  # … where from, after redirects
    Column("headers", JSON(none_as_null=True)),  # … and what came with it
    Column("redirects", JSON(none_as_null=True)),  # … and what led there; null: nothing, or of a version without
    Index(None, "site", "code"),
)
"""Every visit ever made."""

coverage = Table(
    "coverage",
    metadata,
    Column("site", SITE, nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    PrimaryKeyConstraint("site", "first"),
)
"""The codes visited at least once, as disjoint inclusive intervals that do not touch."""

lease = Table(
    "lease",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("site", SITE, nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("next_code", Integer, nullable=False),  # all before it have been visited since the lease was made
    Column("made_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),  # null: there are codes left
    Column("not_before", UtcDateTime),  # after a run that failed; null: at once
    Column("problem", Text),  # why its last run failed; null: it did not
)
"""Spans of codes that workers visit piece by piece."""

worker = Table(
    "worker",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),  # as the queue numbers it
    Column("host", Text, nullable=False),
    Column("process", Text, nullable=False),  # as in run
    Column("started_at", UtcDateTime, nullable=False),
)
"""Who takes work from the queue; when it was heard of last is known to the queue."""
