"""The database: the only room that speaks SQL. It knows nothing of Scrapy.

``models`` and ``migrations`` are the tables; ``batch`` is what visits make of them and ``writing`` puts it there;
``ledger`` and ``coverage`` answer planning, ``runs`` keeps one run at a time, ``status``, ``export`` and
``search`` read; ``selection`` is what the last two are asked about.
"""

from asrcrawler.storage.database import Database

__all__ = ["Database"]
