"""Read and write the database: the only part that speaks SQL; it imports nothing of Scrapy.

``engine`` connects; ``models`` and ``migrations`` are the tables. ``visits`` writes what a run finds, and answers what
planning asks. ``articles``, ``figures`` and ``search`` read. ``reparse`` writes other readings of captures; ``checks``
and ``upkeep`` look after the whole.
"""

from asrcrawler.storage.engine.database import Database, open_for_reading
from asrcrawler.storage.engine.sharing import shared, sharing

__all__ = ["Database", "open_for_reading", "shared", "sharing"]
