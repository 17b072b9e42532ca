"""Scrapy settings that differ from the default, and why.

The other limits of a crawl are in ``spiders/limits.py``.
"""

from __future__ import annotations

BOT_NAME = "tinhuyen"

# For the command `scrapy`: `list` shows this spider; `shell`, `fetch`, `view`, `parse` and `crawl`
# are those of the project.
SPIDER_MODULES = ["spiders.portal"]
COMMANDS_MODULE = "scraper.scrapy_commands"

# Default: queues in memory, which are lost if the process is killed. This scheduler keeps the
# frontier in the database.
SCHEDULER = "spiders.scheduler.Scheduler"

# Default 16. The number of hosts that are crawled at once: the scheduler sends each host one
# request at a time.
CONCURRENT_REQUESTS = 64
# Default 8.
CONCURRENT_REQUESTS_PER_DOMAIN = 1
# Default 5 MB of responses being processed, beyond which no request is sent: one large page would
# stop all sources. The scheduler limits the unprocessed responses of each source.
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 400_000_000
# Default 100 tasks for every response, though a response yields one item at most.
CONCURRENT_ITEMS = 1

# Default 180. Seconds for a whole response, so that a very slow one ends too.
DOWNLOAD_TIMEOUT = 30
# Default 1 GB. Also limits the decoded body.
DOWNLOAD_MAXSIZE = 20 * 1024 * 1024
# Default 32 MB. The size limit above makes the warning superfluous.
DOWNLOAD_WARNSIZE = 0

# Default False. An invalid certificate is a failure; `verify_tls` of a source can except it.
DOWNLOAD_VERIFY_CERTIFICATES = True
# Default: Scrapy's resolver, which also connects to private IP addresses.
TWISTED_DNS_RESOLVER = "spiders.http.resolver.GuardedResolver"

# By default also data:, file:, ftp: and s3:, which links of a portal must not make a crawl read.
DOWNLOAD_HANDLERS = {
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
    "http": "spiders.http.resolver.HttpHandler",
    "https": "spiders.http.resolver.HttpHandler",
}

# Default True. Each opens a port through which code can be run.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False

# Default True. Portals need no cookies, and sources must not share any.
COOKIES_ENABLED = False

# Default language "en".
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "vi,en;q=0.5",
}

# The spider handles every response itself. Scrapy's own middlewares drop requests without counting
# them, retry at once, follow redirects to any host, use a proxy that the guarded resolver does not
# see, or return a part of a truncated body.
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "pipelines.archive_middleware.ArchiveMiddleware": 980,
    "spiders.http.decompression.DecompressionMiddleware": 990,
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
}

# They stop a crawl in time after a signal, stop it before the disk is full, and log its progress in
# place of LogStats.
EXTENSIONS = {
    "spiders.extensions.Stopping": 0,
    "spiders.extensions.DiskReserve": 0,
    "spiders.extensions.Progress": 0,
}
# By default all of Scrapy's. Each one is imported even if EXTENSIONS maps it to None: RemoteControl
# would load a web server, and TelnetConsole a terminal, at every start.
EXTENSIONS_BASE = {
    "scrapy.extensions.corestats.CoreStats": 0,
    "scrapy.extensions.logcount.LogCount": 0,
    "scrapy.extensions.memusage.MemoryUsage": 0,
    "scrapy.extensions.closespider.CloseSpider": 0,
    "scrapy.extensions.feedexport.FeedExporter": 0,
}
# Seconds between two log lines about the progress of a crawl; as by default.
LOGSTATS_INTERVAL = 60

# A page is extracted, then stored with its outcome.
ITEM_PIPELINES = {
    "pipelines.extract_pipeline.ExtractingPipeline": 300,
    "pipelines.store_pipeline.StoringPipeline": 900,
}
# Seconds of processor time that a worker process may use for one page: its links or its article.
EXTRACTION_SECONDS = 20
# Seconds after which a worker process is ended that has not used them, since it hangs. A busy
# machine gives a process a small part of its time only.
EXTRACTION_TIMEOUT = 900
# Megabytes of memory that a worker process may use; a page that needs more is a failure.
EXTRACTION_MEMORY_MB = 1024
# Megabytes of memory for one attachment. PDFium takes what it is given for a hostile PDF.
DOCUMENT_MEMORY_MB = 300

# Default 0, no limit. A run that needs more stops in order; its pending pages stay pending.
MEMUSAGE_LIMIT_MB = 2048

# Default True. The command line installs the handler, according to --verbose and --quiet.
LOG_INSTALL_ROOT_HANDLER = False
# Default True. A run logs a summary of its own.
STATS_DUMP = False
# Default True. The table ``run_sources`` has these counts.
DOWNLOADER_STATS = False
# Default: Scrapy's, which prints every item, and each is a whole page.
LOG_FORMATTER = "spiders.http.log_formatter.LogLines"
