"""The database: the only room that speaks SQL. It knows nothing of Scrapy."""

from asrcrawler.storage.database import Database

__all__ = ["Database"]
