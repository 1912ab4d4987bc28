"""Put figures into ``benchmarks/README.md``, each table between two comments of its own."""

from __future__ import annotations

from pathlib import Path

README = Path(__file__).with_name("README.md")


def put(section: str, figures: str, *, readme: Path = README) -> None:
    """Replace the text between ``<!-- SECTION:begin -->`` and ``<!-- SECTION:end -->``.

    Raises :exc:`ValueError` where the comments are missing.
    """
    begin, end = f"<!-- {section}:begin -->\n", f"<!-- {section}:end -->"
    text = readme.read_text()
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{readme.name} has no section {section!r}")
    readme.write_text(f"{before}{begin}{figures.rstrip()}\n{end}{after}")
