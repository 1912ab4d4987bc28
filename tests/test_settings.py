"""The settings beside those of the Scrapy that is installed: what is left out, and what can be switched on."""

from __future__ import annotations

import subprocess
import sys
from tempfile import gettempdir
from typing import TYPE_CHECKING

import pytest
from scrapy.core.downloader.middleware import DownloaderMiddlewareManager
from scrapy.core.spidermw import SpiderMiddlewareManager
from scrapy.extension import ExtensionManager
from scrapy.settings import default_settings

from asrcrawler import settings
from asrcrawler.config import check_scrapy
from asrcrawler.exceptions import SettingError
from asrcrawler.settings_file import project_root
from tests.crawler import crawler_for_tests

if TYPE_CHECKING:
    from scrapy.middleware import MiddlewareManager

MANAGERS: dict[str, type[MiddlewareManager]] = {
    "DOWNLOADER_MIDDLEWARES_BASE": DownloaderMiddlewareManager,
    "SPIDER_MIDDLEWARES_BASE": SpiderMiddlewareManager,
    "EXTENSIONS_BASE": ExtensionManager,
}
HEAVY = ("aiohttp", "twisted.conch")
LOAD = f"""
import sys
from scrapy.utils.misc import load_object
from scrapy.utils.project import get_project_settings

settings = get_project_settings()
for name in {list(MANAGERS)}:
    for component in settings.get_component_priority_dict_with_base(name.removesuffix("_BASE")):
        load_object(component)
print(*(name for name in {HEAVY} if name in sys.modules))
"""


@pytest.mark.parametrize("name", MANAGERS)
def test_every_component_of_scrapy_is_stated_where_scrapy_has_it_or_left_out(name: str) -> None:
    stated, theirs = getattr(settings, name), getattr(default_settings, name)
    assert stated.keys() == theirs.keys()  # a new one has to be judged
    assert [component for component, place in stated.items() if place not in {None, theirs[component]}] == []


@pytest.mark.parametrize(
    ("name", "switches", "component"),
    [
        ("EXTENSIONS_BASE", {"AUTOTHROTTLE_ENABLED": True}, "AutoThrottle"),
        ("EXTENSIONS_BASE", {"FEEDS": {"stdout:": {"format": "json"}}}, "FeedExporter"),
        ("EXTENSIONS_BASE", {"JOBDIR": gettempdir()}, "SpiderState"),
        ("EXTENSIONS_BASE", {"MEMDEBUG_ENABLED": True}, "MemoryDebugger"),
        ("EXTENSIONS_BASE", {"EXTENSIONS": {"scrapy.extensions.logstats.LogStats": 0}}, "LogStats"),
        ("DOWNLOADER_MIDDLEWARES_BASE", {"COOKIES_ENABLED": True}, "CookiesMiddleware"),
        ("DOWNLOADER_MIDDLEWARES_BASE", {"HTTPCACHE_ENABLED": True}, "HttpCacheMiddleware"),
        ("DOWNLOADER_MIDDLEWARES_BASE", {"METAREFRESH_ENABLED": True}, "MetaRefreshMiddleware"),
        ("SPIDER_MIDDLEWARES_BASE", {"REFERER_ENABLED": True}, "RefererMiddleware"),
    ],
)
def test_what_a_user_switches_on_is_at_work(name: str, switches: dict[str, object], component: str) -> None:
    built = MANAGERS[name].from_crawler(crawler_for_tests(**switches))
    assert component in {type(one).__name__ for one in built.middlewares}


@pytest.mark.parametrize(
    ("name", "component"),
    [
        ("TELNETCONSOLE_ENABLED", "scrapy.extensions.telnet.TelnetConsole"),
        ("REMOTE_CONTROL_ENABLED", "scrapy.extensions.remote_control.RemoteControl"),
    ],
)
def test_a_switch_of_what_is_left_out_says_how_to_have_it(name: str, component: str) -> None:
    with pytest.raises(SettingError, match=rf"setting {name}: True does nothing unless EXTENSIONS names {component}"):
        check_scrapy(crawler_for_tests(**{name: True}).settings)
    check_scrapy(crawler_for_tests(**{name: False}).settings)


def test_what_is_left_out_is_not_even_imported() -> None:
    done = subprocess.run([sys.executable, "-c", LOAD], cwd=project_root(), capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
