"""State every setting of the project, with its unit and its reason.

Where a setting is given in several places, ``-s NAME=value`` goes first, then the environment (only names that begin
with ``ASR_``, the project's own), then ``asr.toml`` beside scrapy.cfg, then the value here. Scrapy's own settings keep
their names and their meaning.
"""

from asrcrawler import __version__
from asrcrawler.items import NAMES
from asrcrawler.settings_file import SettingsFile
from asrcrawler.system import startup

startup.begin()
_file = SettingsFile.read()

# --- the project's own -------------------------------------------------------------------------------------------

ASR_BASE_URL = _file.own("ASR_BASE_URL", None)  # where a crawl fetches its outlet: a mirror, the replica; None: at home
ASR_DATABASE_URL = _file.own("ASR_DATABASE_URL", "sqlite:///data/asr.db")  # a relative path counts from scrapy.cfg
ASR_FIRST_CODE = _file.own("ASR_FIRST_CODE", None)  # news code where the archive begins; None: as the outlet says
ASR_BACKFILL_PER_RUN = _file.own("ASR_BACKFILL_PER_RUN", None)  # of the older archive, codes a run; None: the outlet's
ASR_OLD_PER_RUN = _file.own("ASR_OLD_PER_RUN", "30")  # of these, articles past the age of edits, seen in turn; 0 = none
ASR_BATCH_SIZE = _file.own("ASR_BATCH_SIZE", "100")  # visits written in one transaction
ASR_BATCH_SECONDS = _file.own("ASR_BATCH_SECONDS", "5")  # no visit waits longer than so many seconds to be written
ASR_KEEP_PAGES = _file.own("ASR_KEEP_PAGES", "1")  # keep captures, packed; 0 = only what was read in them
ASR_CONTACT = _file.own("ASR_CONTACT", "")  # e-mail or page of whoever runs this, told to the site in the User-Agent
ASR_PING_URL = _file.own("ASR_PING_URL", "")  # asked for after every good run, for a watchdog service; empty = none
ASR_HEARTBEAT = _file.own("ASR_HEARTBEAT", "")  # seconds between a run's signs of life; empty: 60, of a worker 10
ASR_STALL = _file.own("ASR_STALL", "")  # seconds of silence after which it is dead; empty: 600, of a worker 60
ASR_NOW = _file.own("ASR_NOW", "")  # ISO 8601 moment with offset; the run believes it starts then (simulations)

# --- the project -------------------------------------------------------------------------------------------------

BOT_NAME = "asrcrawler"
SPIDER_MODULES = ["asrcrawler.spiders"]
SPIDER_LOADER_CLASS = "asrcrawler.spiders.loader.OutletLoader"  # also makes spiders of the outlets in the database
NEWSPIDER_MODULE = "asrcrawler.spiders"
COMMANDS_MODULE = "asrcrawler.commands"

# --- politeness --------------------------------------------------------------------------------------------------

USER_AGENT = f"asrcrawler/{__version__} (news archive)"  # the spider adds ASR_CONTACT to it
ROBOTSTXT_OBEY = True  # Scrapy's default: False
ROBOTSTXT_PARSER = "asrcrawler.middlewares.rules.OwnRules"  # default: Protego, which takes a group «a» for ours
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # default 8; one request at a time
DOWNLOAD_DELAY = 1  # seconds; default 0
DOWNLOAD_DELAY_JITTER = 0.5  # share of the delay
RETRY_HTTP_CODES = [500, 502, 504, 522, 524, 408]  # default also 429 and 503, which ask us to wait
COOKIES_ENABLED = False  # nothing here needs a session, and challenges are not answered

# --- the network -------------------------------------------------------------------------------------------------

TWISTED_DNS_RESOLVER = "scrapy.resolver.CachingHostnameResolver"  # the default knows no IPv6

# --- a page is hostile input -------------------------------------------------------------------------------------

DOWNLOAD_MAXSIZE = 8 * 1024 * 1024  # bytes, before and after decompression; default 1 GiB, real pages have 60-280 KB
DOWNLOAD_WARNSIZE = 0  # 0 = no warning; the limit is enough
DOWNLOAD_TIMEOUT = 30  # seconds; default 180
DOWNLOAD_FAIL_ON_DATALOSS = True  # the default; what ends before its length or last chunk is asked for again

# --- nobody but the operator steers a running crawl --------------------------------------------------------------

TELNETCONSOLE_ENABLED = False  # opens a port
REMOTE_CONTROL_ENABLED = False  # runs Python that it is sent

# --- components --------------------------------------------------------------------------------------------------

# Scrapy's own components are stated again, because what is left out in the other settings is imported all the same,
# and takes a quarter of the time of a run with nothing new. None: left out, unless the setting without _BASE names it.

DOWNLOADER_MIDDLEWARES_BASE = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # an address is judged before it is asked for
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # goes on where robots.txt cannot be fetched
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,  # there is no password
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": 550,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": 580,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": 590,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,  # our own code follows them, within a site
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": 700,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": 750,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": 850,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": 900,
}
DOWNLOADER_MIDDLEWARES = {
    "asrcrawler.middlewares.robots.RobotsMiddleware": 100,  # in the place of Scrapy's
    "asrcrawler.middlewares.unpacking.UnpackingMiddleware": 595,  # inside of Scrapy's at 590: tells what breaks off
}
SPIDER_MIDDLEWARES_BASE = {
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": 25,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,  # every status is an outcome
    "scrapy.spidermiddlewares.referer.RefererMiddleware": 700,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,  # addresses are made from codes
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,  # nothing is followed
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,  # a check of the code, which has been made
}
ITEM_PIPELINES = {
    "asrcrawler.pipelines.keep.KeepPipeline": 50,  # first: what waits to be stored has a twentieth of the size
    "asrcrawler.pipelines.clean.CleanPipeline": 100,
    "asrcrawler.pipelines.dedupe.DedupePipeline": 200,  # judges cleaned text
    "asrcrawler.pipelines.store.StorePipeline": 300,
}
EXTENSIONS_BASE = {
    "scrapy.extensions.corestats.CoreStats": 0,
    "scrapy.extensions.remote_control.RemoteControl": None,  # see REMOTE_CONTROL_ENABLED
    "scrapy.extensions.telnet.TelnetConsole": None,  # see TELNETCONSOLE_ENABLED
    "scrapy.extensions.memusage.MemoryUsage": 0,
    "scrapy.extensions.memdebug.MemoryDebugger": 0,
    "scrapy.extensions.closespider.CloseSpider": 0,
    "scrapy.extensions.feedexport.FeedExporter": 0,
    "scrapy.extensions.logstats.LogStats": None,  # Progress says more
    "scrapy.extensions.logcount.LogCount": 0,
    "scrapy.extensions.spiderstate.SpiderState": 0,
    "scrapy.extensions.throttle.AutoThrottle": 0,
}
EXTENSIONS = {
    "asrcrawler.extensions.report.RunReport": 0,
    "asrcrawler.extensions.backoff.BackOff": 10,
    "asrcrawler.extensions.progress.Progress": 20,
    "asrcrawler.extensions.ping.Ping": 30,
    "asrcrawler.extensions.garbage.ShortCollections": 40,
    "asrcrawler.extensions.indexing.Indexing": 50,
}
LOG_FORMATTER = "asrcrawler.logformatter.QuietLogFormatter"

# --- what every page pays for and this crawl does not use (figures: benchmarks/README.md) ------------------------

CONCURRENT_ITEMS = 1  # default 100, and so many tasks for each answer; a visit has one item
WARN_ON_GENERATOR_RETURN_VALUE = False  # default True; a check of the callbacks' source, which has been made
METAREFRESH_ENABLED = False  # default True; a page is taken as it is, and does not choose another address
REFERER_ENABLED = False  # default True; a redirect is asked for like any other code

# --- logs and feeds ----------------------------------------------------------------------------------------------

LOG_LEVEL = "INFO"  # default DEBUG, which logs every page
LOG_VERSIONS: list[str] = []  # default: ten libraries, in every run from cron
DEFAULT_DROPITEM_LOG_LEVEL = "INFO"
FEED_EXPORT_ENCODING = "utf-8"  # default None, which escapes Persian in JSON
FEED_EXPORT_FIELDS = [  # default None, which takes our own fingerprints and notes along
    *NAMES[:2], "outcome", "reason", *NAMES[2:],
]  # fmt: skip
STATS_DUMP = False  # default True; the report's one line says what a run did, LOG_LEVEL=DEBUG every step

# --- Scrapy's settings in asr.toml go before what is stated above ------------------------------------------------

globals().update(_file.over(globals()))
