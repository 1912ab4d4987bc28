"""What a database has no use for is not loaded: it would be paid for at every start."""

from __future__ import annotations

import subprocess
import sys

LOADED = """
import sys
import asrcrawler.storage.search, asrcrawler.storage.visits.writing
sys.exit(" ".join(name for name in sys.modules if name.startswith("sqlalchemy.dialects.postgresql")))
"""


def test_sqlite_does_not_load_the_dialect_of_postgresql() -> None:
    found = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=False)
    assert found.stderr.strip() == ""
