"""Write articles to files, one module per format; none of them knows of databases.

A format's module has ``write(articles, file, options)`` and is imported when the format is asked for. To add a format,
write the module and name it in :data:`FORMATS`.
"""

from __future__ import annotations

import gzip
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePath
from typing import IO, TYPE_CHECKING, Any

from asrcrawler.exceptions import UsageError
from asrcrawler.export.contract import EXPORT_FIELDS, REVISIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

GZIP = ".gz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of a file, whatever its format."""

    revisions: bool = False
    """Whether each article has its earlier texts, in the field ``revisions``."""
    bom: bool = False
    """Whether CSV is made for spreadsheets; see :mod:`asrcrawler.export.csvtext`."""

    @property
    def fields(self) -> tuple[str, ...]:
        """Name the fields of an article, in order."""
        return (*EXPORT_FIELDS, REVISIONS) if self.revisions else EXPORT_FIELDS


@dataclass(frozen=True, slots=True)
class Format:
    """A file format that articles can be written in."""

    name: str
    module: str
    is_text: bool = True
    """Whether it is text: that may go to stdout, and gains from gzip."""
    of_captures: bool = False
    """Whether it holds captures and not the articles read from them; see :mod:`asrcrawler.export.warc`."""

    def write(self, articles: Iterable[dict[str, Any]], file: IO[bytes], options: Options) -> None:
        """Write all of ``articles``, with no more than a few thousand of them in memory.

        Raises :exc:`~asrcrawler.exceptions.MissingLibraryError`, and whatever ``file`` raises.
        """
        import_module(f"{__name__}.{self.module}").write(articles, file, options)


FORMATS = {
    found.name: found
    for found in (
        Format("jsonl", "jsonl"),
        Format("csv", "csvtext"),
        Format("parquet", "parquet", is_text=False),
        Format("warc", "warc", is_text=False, of_captures=True),
    )
}


def format_of(file_name: str) -> Format:
    """Give the format that the ending of ``file_name`` names, with or without ``.gz``; JSON Lines where it has none.

    Raises :exc:`UsageError` for the ending of another format: a file that calls itself a workbook shall be one.
    """
    path = PurePath(file_name.lower().removesuffix(GZIP))
    ending = path.suffix.removeprefix(".")
    if not ending:
        return FORMATS.get(path.name, FORMATS["jsonl"])
    if ending not in FORMATS:
        raise UsageError(
            f"-o {file_name!r}: {ending} is no format that can be written; there is: {', '.join(FORMATS)}"
            " (--format writes one of them under any name)"
        )
    return FORMATS[ending]


@contextmanager
def packed(file: IO[bytes], file_name: str) -> Iterator[IO[bytes]]:
    """Give ``file``, through gzip if its name ends with ``.gz``; the same articles give the same bytes."""
    if not file_name.lower().endswith(GZIP):
        yield file
        return
    with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packing:
        yield packing  # type: ignore[misc]
