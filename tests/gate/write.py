"""``python -m tests.gate.write``: write the floors anew from what is reached now. A floor that falls needs a reason.

``python -m tests.gate.write FOLDER``: for every saved page ``NAME.html`` in it that has no ``NAME.expected.json``,
write what the parser finds there, to be reviewed against the page by a person before anything leans on it. The site
and the code are taken from the page's own address.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from asrcrawler.samaneh.urls import code_of_url
from benchmarks.extraction import ours
from benchmarks.extraction.pages import Page
from tests.gate.floors import CORPORA, PATH, dump, load, lowered_without_reason, measure, pages_of, read

_ADDRESS = re.compile(
    r"""<(?:meta[^>]+property=["']?og:url["']?[^>]+content|link[^>]+rel=["']?canonical["']?[^>]+href)=["']?([^"'\s>]+)"""
)


def main(arguments: list[str] | None = None) -> int:
    """Write; 1 if something could not be written as asked."""
    parser = argparse.ArgumentParser(prog="python -m tests.gate.write", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="of saved pages; without it, the floors are written")
    options = parser.parse_args(arguments)
    return write_floors(PATH) if options.folder is None else write_expected(options.folder)


def write_floors(path: Path) -> int:
    before = load(path.read_text()) if path.exists() else {}
    now = dict(before)
    for corpus in CORPORA:
        pages = pages_of(corpus)
        if not pages:
            print(f"no {corpus} pages at hand: their floors stay as they are", file=sys.stderr)
            continue
        reached = measure(pages, read(pages))
        now[corpus] = replace(reached, lowered=before[corpus].lowered if corpus in before else {})
    path.write_text(dump(now))
    lowered = lowered_without_reason(before, now)
    for line in lowered:
        print(line, file=sys.stderr)
    return int(bool(lowered))


def write_expected(folder: Path) -> int:
    if not folder.is_dir():
        print(f"{folder} is no folder", file=sys.stderr)
        return 1
    failed = False
    for path in sorted(folder.glob("*.html")):
        target = path.with_suffix(".expected.json")
        if target.exists():
            continue
        found = expected(path)
        if "error" in found:
            failed = True
            print(f"{path.name}: {found['error']}", file=sys.stderr)
            continue
        target.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
        print(f"{target.name} written: review it against the page")
    return int(failed)


def expected(path: Path) -> dict[str, object]:
    """What the parser finds on a saved page, or ``{"error": …}``."""
    html = path.read_bytes()
    match = _ADDRESS.search(html.decode(errors="replace"))
    url = match[1] if match else ""
    code, host = code_of_url(url), urlsplit(url).hostname
    if code is None or host is None:
        return {"error": "the page does not give its address (og:url or canonical)"}
    return ours.read(Page(path.stem, html, host.removeprefix("www."), code, url, {}))


if __name__ == "__main__":
    raise SystemExit(main())
