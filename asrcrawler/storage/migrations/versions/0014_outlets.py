"""The outlets that an archive follows are rows; where an archive begins is a field of its outlet.

Only عصرپرس could be followed so far without code of one's own. Of other sites in the archive the articles stay
readable; their rows say that they are not followed.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

RESERVED = frozenset(
    "about api ar archive article articles atom calendar capture captures category categories changes check codes csv"
    " day edits en export fa feed files future gone goto health healthz help home html jsonl live login logout metrics"
    " month new news opensearch outlet outlets page pages queue robots rss runs search section sections services"
    " similar sitemap static status story stories tag tags today topic topics undated view visits warc work"
    " year".split()
)
EVERY = 10
BACKFILL = 300


def upgrade() -> None:
    outlet = op.create_table(
        "outlet",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("site", sa.String(length=100), nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("base_url", sa.Text(), nullable=False),
        sa.Column("every", sa.SmallInteger(), nullable=False),
        sa.Column("delay", sa.Float()),
        sa.Column("first_code", sa.Integer()),
        sa.Column("backfill", sa.Integer(), nullable=False),
        sa.Column("politeness_group", sa.String(length=100)),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("followed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_outlet")),
        sa.UniqueConstraint("site", name=op.f("uq_outlet_site")),
    )
    connection = op.get_bind()
    first_codes: dict[str, int] = dict(iter(connection.execute(sa.text("SELECT site, first_code FROM site"))))
    taken = {"asr"}
    for site in _sites(connection):
        is_asr = site == "asrpress.ir"
        name = "asr" if is_asr else _name(site, taken)
        row = {
            "name": name,
            "site": site,
            "title": "عصرپرس" if is_asr else None,
            "base_url": f"http://{site}",
            "every": EVERY,
            "first_code": first_codes.get(site),
            "backfill": BACKFILL,
            "enabled": True,
            "followed": is_asr,
        }
        connection.execute(outlet.insert(), row)
    op.drop_table("site")


def _sites(connection: sa.Connection) -> list[str]:
    """List every site of which there is a visit or a run; each costs one look into an index."""
    found = set()
    for name in ("ledger", "run"):
        table = sa.table(name, sa.column("site"))
        site = connection.scalar(sa.select(sa.func.min(table.c.site)))
        while site is not None:
            found.add(site)
            site = connection.scalar(sa.select(sa.func.min(table.c.site)).where(table.c.site > site))
    return sorted(found)


def _name(site: str, taken: set[str]) -> str:
    """Make a name out of a site's host that no other has."""
    stem = re.sub(r"[^a-z0-9_]", "_", site.lower().partition(".")[0])[:24]
    stem = stem if re.match(r"[a-z]", stem) else f"outlet_{stem}"
    name, number = (stem if len(stem) > 1 else f"{stem}_"), 1
    while name in taken | RESERVED:
        number += 1
        name = f"{stem}_{number}"
    taken.add(name)
    return name
