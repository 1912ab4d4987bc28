"""``python -m benchmarks.reading FOLDER [--pages 100]``: what reading a page costs here, and in another checkout.

Both parsers are loaded into this process and read the same pages of the replica, each page in turn; the least CPU time
that a page took in all rounds counts. So the ratio holds while other work is done on the machine. The program ends with
1 where the two read a page differently.
"""

from __future__ import annotations

import argparse
import gc
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from time import process_time_ns
from typing import TYPE_CHECKING, Any

from asrcrawler.samaneh import visit
from benchmarks.extraction.pages import ORIGIN, replica_pages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.extraction.pages import Page

_AT = datetime(2026, 3, 1, tzinfo=UTC)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reading", description=__doc__)
    parser.add_argument("folder", type=Path, help="of the other checkout")
    parser.add_argument("--pages", type=int, default=100, help="pages of the replica (default 100)")
    parser.add_argument("--rounds", type=int, default=14, help="times that each is read by both (default 14)")
    options = parser.parse_args()
    pages = replica_pages(options.pages)
    parsers = [_Parser(visit, pages), _Parser(_parser_in(options.folder.resolve()), pages)]
    differences = sum(here != there for here, there in zip(*(parser.read() for parser in parsers), strict=True))
    gc.disable()  # a page leaves nothing to collect
    for turn in range(options.rounds):
        for place in range(len(pages)):
            for parser_ in parsers[:: 1 if (turn + place) % 2 else -1]:
                parser_.take(place)
    here, there = (sum(one.least) / len(pages) / 1e6 for one in parsers)
    print(f"ms of CPU a page: {here:.3f} here, {there:.3f} there, {here / there:.3f} of that")
    print(f"pages that are read differently: {differences}")
    return int(differences > 0)


class _Parser:
    """One of the two parsers, and the least nanoseconds that it took for each page."""

    def __init__(self, module: Any, pages: Sequence[Page]) -> None:
        self._judge = module.judge
        self._given = [
            (
                module.Answer(url=page.url, status=200, at=_AT, body=page.html),
                module.Asked(site=page.site, code=page.code, base_url=ORIGIN),
            )
            for page in pages
        ]
        self.least = [sys.maxsize] * len(pages)

    def read(self) -> list[str]:
        return [repr(self._judge(*given)) for given in self._given]

    def take(self, place: int) -> None:
        begun = process_time_ns()
        self._judge(*self._given[place])
        self.least[place] = min(self.least[place], process_time_ns() - begun)


def _parser_in(folder: Path) -> Any:
    """Load the parser of another checkout beside the one that is loaded."""
    own = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "asrcrawler"}
    for name in own:
        del sys.modules[name]
    sys.path.insert(0, str(folder))
    try:
        module = import_module(visit.__name__)
    finally:
        sys.path.remove(str(folder))
        sys.modules.update(own)
    if not Path(module.__file__ or "").is_relative_to(folder):
        raise SystemExit(f"{folder} is no checkout of asrcrawler")
    return module


if __name__ == "__main__":
    raise SystemExit(main())
