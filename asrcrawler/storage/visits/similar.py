"""Link near duplicates: ``similar_to`` is the lowest code among the near duplicates of an article below its own.

They are found in the transaction that stores an article, by an index in the database: each signature is in the buckets
of its :func:`~asrcrawler.text.similarity.band_keys`, and those that share a bucket are candidates. That costs the same
whatever the size of the archive: a bucket holds no more than its :data:`BUCKET` lowest codes, and no more than
:data:`MOST_CANDIDATES` are compared.

Which article is visited first makes no difference, up to these two bounds: an article that found all its buckets full
is not found by later ones with lower codes, and keeps the link it has.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import bindparam, delete, select, update

from asrcrawler.storage.engine.among import among, of_codes
from asrcrawler.storage.engine.rows import insert_tuples
from asrcrawler.storage.models import article, band
from asrcrawler.storage.models import signature as signature_table
from asrcrawler.text.similarity import ALGORITHM, are_near, band_keys

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Set

    from sqlalchemy import Connection

Signatures: TypeAlias = "Mapping[int, bytes | None]"
"""Code → signature; None for an article whose body is too short for one."""
Buckets: TypeAlias = "dict[int, set[int]]"
"""Key of a band → the codes in it, where an article meets another one."""

BUCKET = 12
"""Articles. What fills a bucket are daily notices of one frame; true near duplicates share other buckets as well."""
MOST_CANDIDATES = 24
"""Articles compared with one; those that share the most buckets come first."""

_LINK = update(article).where(article.c.id == bindparam("own_id")).values(similar_to=bindparam("original"))
_LEAVE = delete(band).where(band.c.key == bindparam("old_key"), band.c.code == bindparam("old_code"))
_UNSIGN = delete(signature_table).where(*of_codes(signature_table))
_SIGNED = select(signature_table.c.code, signature_table.c.digest).where(
    *of_codes(signature_table), signature_table.c.algorithm == bindparam("algorithm")
)
_LINKED_TO = select(article.c.code).where(*of_codes(article, "similar_to"))
_MET = select(band.c.key, band.c.code).where(among(band.c.key, "keys"))
_ARTICLES = select(article.c.code, article.c.id, article.c.text_digest, article.c.similar_to).where(*of_codes(article))


def link_similar(
    connection: Connection,
    site: str,
    signatures: Signatures,
    retexted: Collection[int],
    inserted: Collection[int] = frozenset(),
) -> None:
    """Store the signatures of articles, and set ``similar_to`` wherever that changes something.

    ``retexted`` are those whose text is new: even where its signature is the old one, an exact duplicate may have
    become a near one. ``inserted`` are those whose row is new, and has no link.
    """
    stored = _stored(connection, site, signatures)
    resigned = {code for code, found in signatures.items() if stored.get(code) != found}
    changed = resigned | (signatures.keys() & set(retexted))
    if not changed:
        return
    _sign(connection, site, {code: stored.get(code) for code in resigned}, signatures)
    own = {code: digest for code in changed if (digest := signatures[code])}
    own |= _stored(connection, site, _linked_to(connection, site, changed) - own.keys())
    buckets = _buckets(connection, site, own)
    _enter(connection, site, {code: own[code] for code in resigned if code in own}, buckets)
    near = _near(connection, site, own, buckets)
    _link(connection, site, changed | own.keys(), changed, near, inserted)


def _sign(connection: Connection, site: str, before: Signatures, after: Signatures) -> None:
    """Replace signatures, and take their codes out of the buckets of the old ones."""
    left = [{"old_key": key, "old_code": code} for code, old in before.items() if old for key in band_keys(site, old)]
    if left:
        connection.execute(_LEAVE, left)
    if before:
        connection.execute(_UNSIGN, {"site": site, "codes": before})
    rows = [(site, code, ALGORITHM, after[code]) for code in sorted(before) if after[code]]
    insert_tuples(connection, signature_table, ("site", "code", "algorithm", "digest"), rows)


def _enter(connection: Connection, site: str, own: Mapping[int, bytes], buckets: Buckets) -> None:
    """Put codes into their buckets; the highest leave a bucket that overflows."""
    alone: dict[int, int] = {}  # nearly all: nobody to meet there
    meeting: dict[int, list[int]] = {}
    for code, digest in own.items():
        for key in band_keys(site, digest):
            if key in meeting:
                meeting[key].append(code)
            elif key in alone:
                meeting[key] = [alone.pop(key), code]
            elif key in buckets:
                meeting[key] = [code]
            else:
                alone[key] = code
    entered = list(alone.items())
    left: list[dict[str, int]] = []
    for key, codes in meeting.items():
        held = buckets.get(key, set())
        every = held.union(codes)
        kept = set(sorted(every)[:BUCKET])
        entered += [(key, code) for code in kept - held]
        left += [{"old_key": key, "old_code": code} for code in held - kept]
        buckets[key] = every
    if left:
        connection.execute(_LEAVE, left)
    insert_tuples(connection, band, ("key", "code"), sorted(entered))


def _near(connection: Connection, site: str, own: Mapping[int, bytes], buckets: Buckets) -> dict[int, set[int]]:
    """Find the near duplicates of codes, by code; codes that met nobody are left out."""
    candidates = {}
    for code, digest in own.items():
        if buckets.keys().isdisjoint(keys := band_keys(site, digest)):
            continue
        shared = Counter(other for key in keys for other in buckets.get(key, ()) if other != code)
        candidates[code] = sorted(shared, key=lambda other: (-shared[other], other))[:MOST_CANDIDATES]
    unread = {other for others in candidates.values() for other in others} - own.keys()
    known = {**_stored(connection, site, unread), **own}
    return {
        code: {other for other in others if other in known and are_near(own[code], known[other])}
        for code, others in candidates.items()
    }


def _link(
    connection: Connection,
    site: str,
    anew: Set[int],
    changed: Set[int],
    near: Mapping[int, set[int]],
    inserted: Collection[int],
) -> None:
    """Work out the links of ``anew`` from nothing, and offer ``changed`` to their near duplicates with higher codes."""
    linked = {code for code in anew if near.get(code) or code not in inserted}
    rows = _articles(connection, site, linked.union(*near.values()))
    links: dict[int, int | None] = {code: rows[code].similar_to for code in rows}
    for code in linked:
        links[code] = min((other for other in near.get(code, ()) if _may_link(rows, code, other)), default=None)
    for code in changed & near.keys():
        for higher in near[code] - anew:
            if _may_link(rows, higher, code):
                links[higher] = min(links[higher] or code, code)
    changes = [
        {"own_id": rows[code].id, "original": link} for code, link in links.items() if rows[code].similar_to != link
    ]
    if changes:
        connection.execute(_LINK, changes)


def _may_link(rows: Mapping[int, Any], code: int, lower: int) -> bool:
    """Tell whether a near duplicate may be linked; an exact one is linked by ``duplicate_of``."""
    return lower < code and (rows[code].text_digest is None or rows[code].text_digest != rows[lower].text_digest)


def _stored(connection: Connection, site: str, codes: Iterable[int]) -> dict[int, bytes]:
    return dict(connection.execute(_SIGNED, {"site": site, "codes": codes, "algorithm": ALGORITHM}).all())


def _linked_to(connection: Connection, site: str, codes: Iterable[int]) -> set[int]:
    return set(connection.scalars(_LINKED_TO, {"site": site, "codes": codes}))


def _buckets(connection: Connection, site: str, own: Mapping[int, bytes]) -> Buckets:
    buckets: Buckets = {}
    keys: set[int] = set().union(*(band_keys(site, digest) for digest in own.values()))
    for key, code in connection.execute(_MET, {"keys": keys}):
        buckets.setdefault(key, set()).add(code)
    return buckets


def _articles(connection: Connection, site: str, codes: Iterable[int]) -> dict[int, Any]:
    return {row.code: row for row in connection.execute(_ARTICLES, {"site": site, "codes": codes})}
