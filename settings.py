"""Every Scrapy setting of ours, in one place: only what differs from the default, and why.

The limits that are not Scrapy's stand in ``spiders/limits.py``.
"""

from __future__ import annotations

BOT_NAME = "tinhuyen"

# The queue is a table of our database: default is Scrapy's queues in memory, which a kill empties.
SCHEDULER = "spiders.scheduler.Scheduler"

# default 16: as many hosts at a time; each gets one request at a time from the scheduler.
CONCURRENT_REQUESTS = 64
# default 8.
CONCURRENT_REQUESTS_PER_DOMAIN = 1
# default 5 MB of answers that are being read, beyond which no source may ask: one large page would
# hold up all. What one source may have unread is bounded in ``spiders/source_crawl.py``.
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 400_000_000
# default 100 tasks begun for every answer, though an answer brings one item at most.
CONCURRENT_ITEMS = 1

# default 180 s; the time is that of a whole answer, so that a drip ends too.
DOWNLOAD_TIMEOUT = 30
# default 1 GB; also the most that a body may become when decoded.
DOWNLOAD_MAXSIZE = 20 * 1024 * 1024
# default 32 MB: such sizes are settled, not only warned of.
DOWNLOAD_WARNSIZE = 0

# default False: a certificate that does not hold is a failure; sources can be excepted by name.
DOWNLOAD_VERIFY_CERTIFICATES = True
# default Scrapy's resolver, which connects to private addresses too.
TWISTED_DNS_RESOLVER = "spiders.http.resolver.GuardedResolver"

# default also data:, file:, ftp: and s3:, which no portal has a right to make us read.
DOWNLOAD_HANDLERS = {
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
    "http": "spiders.http.resolver.HttpHandler",
    "https": "spiders.http.resolver.HttpHandler",
}

# default True, each a port of the machine through which code can be run.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False

# default True: nothing here needs cookies, and none can then be carried between sources.
COOKIES_ENABLED = False

# default "en".
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "vi,en;q=0.5",
}

# Scrapy's own of these drop requests without a word, retry at once, follow redirects anywhere, go
# through a proxy past our guard, or pass on half of a body (FAULTS part 1): the spider judges
# every answer itself.
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

# Added to Scrapy's own: they end a crawl in time when it is asked to end, and before the disk is
# full, and log how far it is.
EXTENSIONS = {
    "spiders.stopping.Stopping": 0,
    "scraper.crawling.disk.DiskReserve": 0,
    "scraper.crawling.progress.Progress": 0,
}
# Seconds between two lines that tell how far a long crawl is.
PROGRESS_SECONDS = 60

# Page to article: read, then stored with its outcome.
ITEM_PIPELINES = {
    "pipelines.extract_pipeline.ExtractingPipeline": 300,
    "pipelines.store_pipeline.StoringPipeline": 900,
}
# Seconds that a page may take in its worker, for its links or for its article.
EXTRACTION_SECONDS = 20
# Megabytes that a worker may take: a page that wants more is broken, and the machine is not.
EXTRACTION_MEMORY_MB = 1024

# default 0, no limit: a run that needs more is ended cleanly; what is pending stays so.
MEMUSAGE_LIMIT_MB = 2048

# default True: the command line installs the handler, as --verbose and --quiet say.
LOG_INSTALL_ROOT_HANDLER = False
# default True: our own summary tells what a run did.
STATS_DUMP = False
# default True: counts what ``run_sources`` counts.
DOWNLOADER_STATS = False
# default 60 s.
LOGSTATS_INTERVAL = 0
# default Scrapy's, which prints every item, a whole page each.
LOG_FORMATTER = "spiders.http.log_formatter.LogLines"
