"""The examples in docstrings say what the functions give."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest

WITH_EXAMPLES = (
    "asrcrawler.cli.command",
    "asrcrawler.cli.reports.figures",
    "asrcrawler.cli.schedule",
    "asrcrawler.endings",
    "asrcrawler.http.addresses",
    "asrcrawler.http.redirects",
    "asrcrawler.http.retry",
    "asrcrawler.policy",
    "asrcrawler.reader.access",
    "asrcrawler.reader.addresses",
    "asrcrawler.reader.difference",
    "asrcrawler.reader.rendering",
    "asrcrawler.reader.words",
    "asrcrawler.spans",
    "asrcrawler.text.calendar",
    "asrcrawler.storage.checks.finding",
    "asrcrawler.storage.search.query",
    "asrcrawler.text.display",
    "asrcrawler.text.numbers",
    "asrcrawler.text.packing",
    "asrcrawler.text.persian",
    "asrcrawler.text.similarity",
    "manual.architecture",
    "manual.markdown",
)


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_hold(name: str) -> None:
    done = doctest.testmod(import_module(name))
    assert (done.failed, done.attempted > 0) == (0, True)
