"""Make spiders of the outlets that the archive follows, beside those that are modules here."""

from __future__ import annotations

from contextlib import closing, suppress
from typing import TYPE_CHECKING

from scrapy.spiderloader import SpiderLoader

from asrcrawler.config import database_url
from asrcrawler.crawl.spider import SamanehSpider
from asrcrawler.exceptions import StorageError
from asrcrawler.outlets import catalogue
from asrcrawler.storage import Database
from asrcrawler.storage.migrations.revisions import HEAD
from asrcrawler.storage.outlets import all_outlets

if TYPE_CHECKING:
    import builtins

    from scrapy import Request, Spider
    from scrapy.settings import BaseSettings

    from asrcrawler.outlets import Outlet


class OutletLoader(SpiderLoader):
    """Scrapy's own loader, which also knows the outlets of the database.

    Listing and loading read the database and never make one. One that cannot be read now is not held against an outlet
    that is known without it: the crawl itself waits for the database.
    """

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self._settings = settings

    def list(self) -> list[str]:
        """List the spider modules and the followed outlets; what was removed is not among them."""
        return sorted(self._followed())

    def load(self, spider_name: str) -> type[Spider]:
        """Make the class that crawls an outlet.

        Raises :exc:`KeyError` for a name that is neither followed nor a module, and
        :exc:`~asrcrawler.exceptions.StorageError` where only the database would know.
        """
        written = self._spiders.get(spider_name)
        try:
            outlet = self._stored().get(spider_name)
        except StorageError:
            if written is None and spider_name in catalogue():
                return self.of(catalogue()[spider_name])
            if written is None:
                raise
            outlet = None
        if outlet is None and written is not None:
            return written
        if outlet is None:
            advice = f"; scrapy outlet add {spider_name} follows it" if spider_name in catalogue() else ""
            raise KeyError(f"there is no spider {spider_name!r}; there is: {', '.join(self.list())}{advice}")
        if not outlet.followed:
            raise KeyError(f"{spider_name} was removed; scrapy outlet add {spider_name} follows it")
        return self.of(outlet)

    def of(self, outlet: Outlet) -> type[Spider]:
        """Make the class that crawls the outlet of a record: of its module, if it has one."""
        bases = (self._spiders.get(outlet.name, SamanehSpider),)
        return type(f"{outlet.name.title()}Spider", bases, {"name": outlet.name, "outlet": outlet})

    def find_by_request(self, request: Request) -> builtins.list[str]:
        """List the outlets whose site or address a request leads to."""
        return [name for name, outlet in sorted(self._followed().items()) if outlet.is_at(request.url)]

    def _followed(self) -> dict[str, Outlet]:
        """Give the outlets of :meth:`list` by name; a database that cannot be read counts as empty."""
        known: dict[str, Outlet] = {name: spider.outlet for name, spider in self._spiders.items()}  # type: ignore[attr-defined]
        with suppress(StorageError):
            known |= self._stored()
        return {name: outlet for name, outlet in known.items() if outlet.followed}

    def _stored(self) -> dict[str, Outlet]:
        return stored_outlets(self._settings)


def stored_outlets(settings: BaseSettings) -> dict[str, Outlet]:
    """Read the outlets of the database by name; none where there is no database, or one of an earlier version.

    Raises :exc:`~asrcrawler.exceptions.StorageError`.
    """
    with closing(Database(database_url(settings["ASR_DATABASE_URL"]), read_only=True)) as database:
        if database.path is not None and not database.path.exists():
            return {}
        if database.schema_version() != HEAD:
            return {}
        return {outlet.name: outlet for outlet in all_outlets(database)}
