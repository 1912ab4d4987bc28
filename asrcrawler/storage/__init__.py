"""The database: the only room that speaks SQL. It knows nothing of Scrapy.

``models`` and ``migrations`` are the tables, ``database`` opens them, ``readonly`` for readers. ``batch`` is what
visits make of them and ``writing`` puts it there, with ``pages``, ``duplicates`` and ``similar``. ``ledger`` and
``coverage`` answer planning, ``runs`` keeps one run at a time. ``status``, ``census``, ``reading``, ``export`` and
``search`` read, ``captures`` the kept pages; ``selection`` is what several of them are asked about. ``rereading`` and
``rewriting`` are for another reading of kept pages; ``checks``, ``copying`` and ``care`` look after the whole.
"""

from asrcrawler.storage.engine.database import Database

__all__ = ["Database"]
