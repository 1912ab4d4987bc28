"""Read and check the project's own settings (``ASR_…``): a wrong value is one line, not a traceback later."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from asrcrawler.exceptions import SettingError, UsageError
from asrcrawler.http.addresses import origin
from asrcrawler.settings_file import OWN, SettingsFile, check_names, project_root
from asrcrawler.text.numbers import decimal_number, plain, whole_number

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

_SCRAPY_NUMBERS = {"DOWNLOAD_DELAY": 0, "DOWNLOAD_DELAY_JITTER": 0, "DOWNLOAD_TIMEOUT": 0.1, "CLOSESPIDER_TIMEOUT": 0}
_SCRAPY_WHOLE_NUMBERS = ("CONCURRENT_REQUESTS_PER_DOMAIN", "DOWNLOAD_MAXSIZE", "RETRY_TIMES", "CLOSESPIDER_ITEMCOUNT",
                         "CLOSESPIDER_PAGECOUNT", "CLOSESPIDER_ERRORCOUNT")  # fmt: skip
_SWITCHES = {
    "TELNETCONSOLE_ENABLED": "scrapy.extensions.telnet.TelnetConsole",
    "REMOTE_CONTROL_ENABLED": "scrapy.extensions.remote_control.RemoteControl",
}
"""The switches of what ``EXTENSIONS_BASE`` leaves out."""

SQLITE_FILE = "sqlite:///"
SIGNS_OF_LIFE = 6  # before a silent run is taken for dead


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The checked values of the settings of the same names; see ``settings.py`` for their meaning."""

    base_url: str | None
    """Where the outlet of a crawl is fetched instead, without a trailing slash; None: where its record says."""
    database_url: str
    """Absolute, also for a SQLite file given relative to the project."""
    first_code: int | None
    """Where the archive of a crawl's outlet begins instead; None: where its record says. The next one likewise."""
    backfill_per_run: int | None
    old_per_run: int
    batch_size: int
    batch_seconds: float
    keep_pages: bool
    ping_url: str
    """Empty for none."""
    heartbeat: float | None
    """Seconds; None: as whoever makes the run has it. The next one likewise."""
    stall: float | None
    now: datetime | None

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Config:
        """Read and check all of them. Raises :exc:`SettingError` for the first that cannot be used."""
        return cls(
            base_url=_base_url(settings.get("ASR_BASE_URL")),
            database_url=database_url(settings.get("ASR_DATABASE_URL")),
            first_code=_override(settings, "ASR_FIRST_CODE", least=1),
            backfill_per_run=_override(settings, "ASR_BACKFILL_PER_RUN", least=0),
            old_per_run=_whole_number(settings, "ASR_OLD_PER_RUN", least=0),
            batch_size=_whole_number(settings, "ASR_BATCH_SIZE", least=1),
            batch_seconds=_seconds(settings, "ASR_BATCH_SECONDS"),
            keep_pages=_switch(settings, "ASR_KEEP_PAGES"),
            ping_url=_ping_url(settings.get("ASR_PING_URL")),
            heartbeat=_heartbeat(settings),
            stall=_seconds(settings, "ASR_STALL") if settings.get("ASR_STALL") else None,
            now=_moment(settings.get("ASR_NOW")),
        )


def check_sources(settings: BaseSettings) -> list[str]:
    """Refuse what is given and is no setting: in ``asr.toml``, in the environment, with ``-s``. Give the warnings.

    Raises :exc:`~asrcrawler.exceptions.SettingsFileError` or :exc:`~asrcrawler.exceptions.UnknownSettingError`.
    """
    from scrapy.settings import default_settings

    from asrcrawler import settings as stated

    file, known = SettingsFile.read(), {name for name in (*dir(default_settings), *dir(stated)) if name.isupper()}
    file.check(known)
    own = {name for name in known if name.startswith(OWN)}
    check_names((name for name in settings if name.startswith(OWN)), own, "given with -s")
    advice = f"{file.path} is open to other users of this machine; chmod 600 keeps its passwords from them"
    return [advice] if file.is_open_to_others else []


def check_scrapy(settings: BaseSettings) -> None:
    """Check those of Scrapy's settings that a user may give. Raises :exc:`SettingError` where Scrapy has a traceback.

    With 0 requests at a time, or 0 seconds to wait, it would not end.
    """
    for name, least in _SCRAPY_NUMBERS.items():
        try:
            usable = settings.getfloat(name) >= least
        except (TypeError, ValueError):
            usable = False
        if not usable:
            raise SettingError(name, settings.get(name), f"is not a number of {least:g} or more")
    for name in _SCRAPY_WHOLE_NUMBERS:
        _whole_number(settings, name, least=1 if name == "CONCURRENT_REQUESTS_PER_DOMAIN" else 0)
    _switch(settings, "ROBOTSTXT_OBEY")
    for name, component in _SWITCHES.items():
        if _switch(settings, name) and settings["EXTENSIONS"].get(component) is None:
            raise SettingError(name, settings.get(name), f"does nothing unless EXTENSIONS names {component}")
    level = settings.get("LOG_LEVEL")
    if not str(level).isdigit() and str(level) not in logging.getLevelNamesMapping():
        raise SettingError("LOG_LEVEL", level, "is not a log level such as INFO")


def database_url(value: object) -> str:
    """Check a database URL; a relative SQLite path counts from the project's root, not from where cron started us."""
    url = str(value or "").strip()
    if "://" not in url:
        raise SettingError("ASR_DATABASE_URL", value, "is not a database URL such as sqlite:///data/asr.db")
    if not url.startswith("sqlite://"):
        return url
    path, question, query = url.removeprefix(SQLITE_FILE).partition("?")
    if not url.startswith(SQLITE_FILE) or path in {"", ":memory:"}:
        raise SettingError("ASR_DATABASE_URL", value, "names no file, and the ledger has to outlive the run")
    return f"{SQLITE_FILE}{project_root() / path}{question}{query}"


def given_database_url(text: str) -> str:
    """Read a database given as an argument: a URL as in the setting, or the path of a SQLite file from here.

    Raises :exc:`UsageError`.
    """
    if "://" not in text:
        if not text.strip():
            raise UsageError(f"{text!r} is neither a database URL nor the path of a SQLite file")
        return f"{SQLITE_FILE}{Path(text).expanduser().absolute()}"
    try:
        return database_url(text)
    except SettingError as error:
        raise UsageError(f"{text!r} {error.why}") from None


def _base_url(value: object) -> str | None:
    url = None if value is None else origin(str(value).strip().rstrip("/"))
    if value is not None and url is None:
        raise SettingError("ASR_BASE_URL", value, "is not the address of a site, such as http://asrpress.ir")
    return url


def _ping_url(value: object) -> str:
    url = str(value or "").strip()
    if url and not url.startswith(("http://", "https://")):
        raise SettingError("ASR_PING_URL", value, "is not an address that begins with http:// or https://")
    return url


def _whole_number(settings: BaseSettings, name: str, *, least: int) -> int:
    value: Any = settings.get(name)
    try:
        return whole_number(str(value), least)
    except ValueError:
        raise SettingError(name, value, f"is not a whole number of {least} or more") from None


def _override(settings: BaseSettings, name: str, *, least: int) -> int | None:
    return None if settings.get(name) is None else _whole_number(settings, name, least=least)


def _switch(settings: BaseSettings, name: str) -> bool:
    value: Any = settings.get(name)
    word = plain(str(value)).lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off"}:
        return False
    raise SettingError(name, value, "is neither 1 (on) nor 0 (off)")


def _seconds(settings: BaseSettings, name: str) -> float:
    value: Any = settings.get(name)
    try:
        number = decimal_number(str(value))
    except ValueError:
        number = -1.0
    if not 0 < number < float("inf"):
        raise SettingError(name, value, "is not a number of seconds above 0")
    return number


def _heartbeat(settings: BaseSettings) -> float | None:
    """Read it; where only the silence is given that means death, there are several signs of life in it."""
    stall = _seconds(settings, "ASR_STALL") if settings.get("ASR_STALL") else None
    if not settings.get("ASR_HEARTBEAT"):
        return None if stall is None else stall / SIGNS_OF_LIFE
    seconds = _seconds(settings, "ASR_HEARTBEAT")
    if stall is not None and seconds >= stall:
        raise SettingError("ASR_HEARTBEAT", settings.get("ASR_HEARTBEAT"), "has to be shorter than ASR_STALL")
    return seconds


def _moment(value: object) -> datetime | None:
    text = str(value or "").strip()
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise SettingError("ASR_NOW", value, "is not a moment with its offset, such as 2023-01-24T22:54:00+03:30")
    return moment
