"""Define every error that a user can meet. Each says in one line what is wrong, with the value that caused it."""

from __future__ import annotations

from typing import ClassVar

from asrcrawler.items import Outcome
from asrcrawler.system.installing import command_for


class AsrCrawlerError(Exception):
    """Base of all of them. Commands print its text as one line and end with :attr:`exit_status`."""

    exit_status = 1


class UsageError(AsrCrawlerError):
    """A command line that cannot be carried out. Raised by commands and by the spider's arguments."""

    exit_status = 2


class SpiderArgumentError(UsageError):
    """A wrong ``-a`` argument. Raised by ``SamanehSpider.from_crawler``."""

    def __init__(self, name: str, value: object, why: str) -> None:
        super().__init__(f"spider argument `{name}`: {value!r} {why}")


class OutletError(UsageError):
    """An outlet that cannot be: a wrong name or address, or one that cannot be told from another. Raised by
    ``asrcrawler.outlets`` and ``asrcrawler.storage.outlets``."""


class SettingError(AsrCrawlerError):
    """A setting with a value that cannot be used. Raised by ``asrcrawler.config``."""

    def __init__(self, name: str, value: object, why: str) -> None:
        super().__init__(f"setting {name}: {value!r} {why}")
        self.why = why


class UnknownSettingError(AsrCrawlerError):
    """A name that is no setting, which would silently do nothing. Raised by ``asrcrawler.settings_file``."""

    def __init__(self, name: str, whence: str, nearest: str) -> None:
        super().__init__(f"setting {name} {whence} is not known; the nearest there is: {nearest}")


class SettingsFileError(AsrCrawlerError):
    """A settings file that cannot be read. Raised by ``asrcrawler.settings_file``."""

    def __init__(self, path: object, why: str) -> None:
        super().__init__(f"{path}: {why}")


class OutputError(AsrCrawlerError):
    """The output of a command could not be written completely. Raised by ``asrcrawler.cli.output``."""

    def __init__(self, name: str, error: OSError) -> None:
        super().__init__(f"{name} could not be written: {error.strerror or error}")


class MissingLibraryError(AsrCrawlerError):
    """A library is missing that comes with an extra. Raised where the library is imported."""

    def __init__(self, wish: str, library: str, extra: str) -> None:
        super().__init__(f"{wish} needs {library}: {command_for(extra)}")


class StorageError(AsrCrawlerError):
    """The database cannot be opened, read or written. Raised by ``asrcrawler.storage``.

    By itself it says that waiting may help: the database is full, or out of reach. Of its kinds, only
    :exc:`LockedError` says so.
    """


class LockedError(StorageError):
    """Another program holds the database, or what was wanted of it, and has not let go in time. Raised by
    ``asrcrawler.storage``; waiting longer may help."""


class UnusableError(StorageError):
    """The settings name no database that can be used: a wrong address, a wrong password, a file of another kind, a file
    that this user may not open. Raised by ``asrcrawler.storage``."""


class SchemaError(StorageError):
    """The database's schema is not one this version can use. Raised by ``asrcrawler.storage.migrations``."""


class EncodingError(StorageError):
    """A PostgreSQL database that does not keep text as UTF-8. Raised by ``asrcrawler.storage.engine.postgresql``."""

    def __init__(self, name: str, encoding: str) -> None:
        super().__init__(
            f"database {name}: its encoding is {encoding} and has to be UTF8; make another one with"
            " CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0 (scrapy db copy takes an archive over)"
        )


class DamagedError(StorageError):
    """The database's own files are damaged. Raised by ``asrcrawler.storage``; what lies elsewhere in them can still be
    read."""


class MovedError(StorageError):
    """Another program wrote to a file while it was read without a lock. Raised by ``asrcrawler.storage``; what was read
    cannot be used, and reading again helps."""

    def __init__(self, name: str) -> None:
        super().__init__(f"database {name}: another program wrote to the file while it was read; try again")


class CopyError(StorageError):
    """An archive cannot be copied into this database. Raised by ``asrcrawler.storage.upkeep.copying``."""


class ReplicaError(AsrCrawlerError):
    """The replica cannot be served. Raised by ``asrcrawler.replica.server``."""


class ReaderError(AsrCrawlerError):
    """The reading room cannot be served. Raised by ``asrcrawler.reader.server``."""


class DateError(AsrCrawlerError, ValueError):
    """A text that should hold a date and is not read as one. Raised by ``asrcrawler.text.calendar`` and
    ``asrcrawler.samaneh.dates``."""


class ImpossibleDateError(DateError):
    """A date that cannot be, such as 31 Mehr. Raised by ``asrcrawler.text.calendar``."""


class PageVerdict(AsrCrawlerError):
    """A page that is not the article asked for. Raised by ``asrcrawler.samaneh.page``, caught by the visit."""

    outcome: ClassVar[Outcome]

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Missing(PageVerdict):
    """The page says that there is no such article."""

    outcome = Outcome.MISSING


class Refused(PageVerdict):
    """The page is a challenge or a block."""

    outcome = Outcome.REFUSED


class Unreadable(PageVerdict):
    """The page may be an article and cannot be read as the one asked for; storing it would be a guess."""

    outcome = Outcome.UNREADABLE


class OtherPage(Unreadable):
    """The page is that of another code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"page of code {code}")
        self.code = code


class RobotsUnknown(AsrCrawlerError):
    """A request that was not made, because nobody can say whether it is allowed. The crawl ends for ``reason``.
    Raised by ``asrcrawler.middlewares.robots``."""

    def __init__(self, reason: str, why: str) -> None:
        super().__init__(why)
        self.reason = reason


class RobotsForbidden(AsrCrawlerError):
    """A request that was not made, because robots.txt forbids it. Raised by ``asrcrawler.middlewares.robots``."""


class TooLargeError(AsrCrawlerError):
    """An answer that unpacks to more bytes than allowed. Raised by ``asrcrawler.http.encodings``."""


class VanishedError(StorageError):
    """The database's file was deleted or replaced while the program ran. Raised by ``asrcrawler.storage``; trying again
    does not help."""


class UnstorableError(StorageError):
    """Values that the database does not take. Raised by ``asrcrawler.storage``; the rest of the batch can be stored."""


class NothingRead(AsrCrawlerError):
    """No article of an outlet could be asked for. Raised by ``asrcrawler.work.check``."""

    exit_status = 75

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"no article of {name} was read: {reason}")


class WorkerError(AsrCrawlerError):
    """A worker process has ended. Raised by ``asrcrawler.work.reparse``."""


class AnotherWorkerError(AsrCrawlerError):
    """Another worker is at work on this SQLite database. Raised by ``asrcrawler.commands.work``."""

    exit_status = 0


class QueueError(AsrCrawlerError):
    """The queue is not there, or of another version. Raised by ``asrcrawler.storage.queue.schema``."""


class JobLostError(AsrCrawlerError):
    """A job of this worker was taken by another one. Raised by what gives a worker its jobs (``asrcrawler.work``)."""

    exit_status = 75


class DamagedCaptureError(AsrCrawlerError):
    """A capture whose bytes are not those that were fetched. Raised by ``asrcrawler.text.packing``."""


class TokenLostError(StorageError):
    """Another run has closed this one, which may not write any more. Raised by ``asrcrawler.storage.visits.runs``."""

    exit_status = 75


class AnotherRunError(StorageError):
    """Another run is at work on the same site and database. Raised by ``asrcrawler.storage.visits.runs``."""

    exit_status = 0

    def __init__(self, which: str) -> None:
        super().__init__(f"{which}; nothing to do")
        self.which = which
        """Says which run it is: its site, its begin, its process."""
