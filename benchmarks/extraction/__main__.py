"""``python -m benchmarks.extraction [--pages 500] [--write]``: our parser and the general tools on the same pages."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.extraction import environment, ours, peers
from benchmarks.extraction.pages import FIELDS, corpus_digest, replica_pages
from benchmarks.extraction.real import real_pages
from benchmarks.extraction.score import Score, score
from benchmarks.readme import put

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.extraction.pages import Page

PAGES = 500
OURS = "asrcrawler"
LEAST_F1 = 0.995
TIMES_FASTER = {"trafilatura": 20, "news-please": 80}
HEADINGS = {"published_at": "date-time"}


class Run(NamedTuple):
    """One tool on one set of pages."""

    tool: str
    version: str
    score: Score
    rate: float
    """Pages a second of CPU time, on one core."""


def main() -> int:
    """Print the tables; 1 if a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction", description=__doc__)
    parser.add_argument("--pages", type=int, default=PAGES, help=f"of the replica (default {PAGES})")
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/README.md")
    options = parser.parse_args()
    interpreter = environment.python()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # children keep to the same core
    texts, missed = [], []
    for name, pages in (("real", real_pages()), ("replica", replica_pages(options.pages))):
        if not pages:
            print("no real pages at hand: ../shared/pages is not there", file=sys.stderr)
            continue
        runs = [_ours(pages), *(_peer(interpreter, tool, pages) for tool in peers.TOOLS)]
        misses = _misses(name, runs)
        missed += misses
        texts.append(_table(name, pages, runs) + "".join(f"\nMissed: {miss}." for miss in misses))
    text = "\n\n".join(texts)
    print(text)
    if options.write:
        put("extraction", text)
    return int(bool(missed))


def _ours(pages: Sequence[Page]) -> Run:
    found, seconds = ours.read_all(pages)
    return Run(OURS, "", score(pages, found), len(pages) / seconds)


def _peer(interpreter: Path, tool: str, pages: Sequence[Page]) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        manifest = Path(folder) / "manifest.json"
        entries = []
        for number, page in enumerate(pages):
            path = Path(folder) / f"{number}.html"
            path.write_text(page.html.decode(errors="replace"))
            entries.append({"path": str(path), "url": page.url})
        manifest.write_text(json.dumps(entries))
        command = [str(interpreter), str(Path(peers.__file__)), tool, str(manifest)]
        answer: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return Run(tool, answer["version"], score(pages, answer["found"]), len(pages) / answer["seconds"])


def _table(name: str, pages: Sequence[Page], runs: Sequence[Run]) -> str:
    fields = [HEADINGS.get(field, field) for field in FIELDS]
    columns = ["tool", *fields, "body precision", "recall", "F1", "worst F1", "ZWNJ kept", "pages/s"]
    lines = [
        f"{len(pages)} {name} pages, corpus `{corpus_digest(pages)}`:",
        "",
        f"| {' | '.join(columns)} |",
        f"|---|{'---:|' * (len(columns) - 1)}",
    ]
    for run in runs:
        exact = [_percent(run.score.fields[field]) for field in FIELDS]
        body = (run.score.body.precision, run.score.body.recall, run.score.f1, run.score.worst_f1)
        cells = [f"{run.tool} {run.version}".strip(), *exact, *(f"{value:.3f}" for value in body)]
        lines.append(f"| {' | '.join([*cells, _percent(run.score.zwnj), f'{run.rate:,.0f}'])} |")
    return "\n".join(lines) + "\n"


def _percent(share: float) -> str:
    return f"{int(share * 1000) / 10:g}%"  # rounded down: 100% means every one


def _misses(name: str, runs: Sequence[Run]) -> list[str]:
    own, *others = runs
    misses = [
        f"{field} of {name} pages is exact on {_percent(share)}"
        for field, share in own.score.fields.items()
        if share < 1
    ]
    if own.score.worst_f1 < LEAST_F1:
        misses.append(f"body F1 of {own.score.worst_page} is {own.score.worst_f1:.4f}, below {LEAST_F1}")
    for other in others:
        times = own.rate / other.rate
        if times < TIMES_FASTER.get(other.tool, 1):
            misses.append(f"{times:.0f} times the pages/s of {other.tool}, not {TIMES_FASTER.get(other.tool, 1)}")
        ahead = [field for field in FIELDS if other.score.fields[field] > own.score.fields[field]]
        misses += [f"{other.tool} is ahead in {field} of {name} pages" for field in ahead]
    return misses


if __name__ == "__main__":
    raise SystemExit(main())
