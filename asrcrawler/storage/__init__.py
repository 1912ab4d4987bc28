"""Keep the archive in a database. This is the only package that speaks SQL; it knows nothing of Scrapy.

``models`` and ``migrations`` state the tables. ``engine`` opens a database; ``engine.sqlite`` and ``engine.postgresql``
hold what differs between the two. ``visits`` writes what a run finds and answers what a run asks. ``articles``,
``figures`` and ``search`` read. ``reparse`` writes what another reading of the captures gave. ``checks`` finds and
repairs faults; ``upkeep`` copies, backs up and tidies a whole database.
"""

from asrcrawler.storage.engine.database import Database, open_for_reading

__all__ = ["Database", "open_for_reading"]
