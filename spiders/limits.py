"""The plan of a run, and the limits that no site can make it exceed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from scraper.config.configuration import (
    DEFAULT_DELAY,
    DEFAULT_FILE_MEGABYTES,
    DEFAULT_FILES_MEGABYTES,
)
from scraper.config.recrawl_policy import RecrawlPolicy


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a crawl. ``settings.py`` holds the size and time limits of a single request.

    Times are in seconds.
    """

    tries: int = 3
    """Requests for one URL after which it counts as failed."""
    backoff: float = 5.0
    """Pause before the second try. It doubles with each further try."""
    redirects: int = 10
    """Redirects that are followed for one URL."""
    depth: int = 12
    """Links from the home page to a list or section. Pages of the same list are not counted."""
    list_pages: int = 2000
    """Pages of one list that are read in one run."""
    host_failures: int = 5
    """Consecutive failures after which a host is skipped for the rest of the run."""
    host_pauses: int = 5
    """Consecutive answers 429 or 503 after which a host is skipped for the rest of the run."""
    longest_pause: float = 900.0
    """Longest ``Retry-After`` that is waited for. If it is longer, a later run continues."""
    usual_pause: float = 60.0
    """Pause after a 429 without a valid ``Retry-After``."""
    crawl_delay: float = 60.0
    """Longest ``Crawl-delay`` of a robots.txt that is obeyed."""
    jitter: float = 0.25
    """Largest share of a pause that is added to it at random."""
    guesses: int = 16
    """Default URLs of feeds, and of sitemaps, that are tried if the site names none."""
    dropped_from_sitemap: int = 100
    """Articles that are requested again because one sitemap no longer names them."""
    known: int = 3
    """Pages that a list must have named before it is left because a page names nothing new."""
    photo_megabytes: int = 10
    """Largest photo that is fetched."""
    file_seconds: float = 120.0
    """How long the response to a request for a photo or an attachment may take."""


@dataclass(frozen=True, slots=True)
class CrawlPlan:
    """The options of one run.

    Articles older than ``since`` are not stored. ``max_pages`` and ``max_minutes`` limit each
    source. If ``full`` is set, all known pages are fetched again. ``delay`` is the number of
    seconds between two requests to a host. ``photos`` and ``attachments`` say whether the files of
    articles are fetched, too: none is larger than ``file_megabytes``, and all of a run together
    have at most ``files_megabytes``. ``shards`` is the number of machines that share the crawl,
    ``elsewhere`` are the hosts that another one asks: no file is fetched from them.
    """

    since: date | None = None
    max_pages: int = 20_000
    max_minutes: float = 360
    full: bool = False
    delay: float = DEFAULT_DELAY
    photos: bool = False
    attachments: bool = False
    file_megabytes: int = DEFAULT_FILE_MEGABYTES
    files_megabytes: int = DEFAULT_FILES_MEGABYTES
    shards: int = 1
    elsewhere: frozenset[str] = frozenset()
    revisit: RecrawlPolicy = field(default_factory=RecrawlPolicy)
    limits: Limits = field(default_factory=Limits)

    def backoff(self, tries: int) -> float:
        """Return the seconds to wait after ``tries`` tries.

        A ``delay`` below 2 seconds shortens them in proportion, to a tenth at most.
        """
        shorter = max(0.1, min(1.0, self.delay / DEFAULT_DELAY))
        return float(self.limits.backoff * shorter * 2 ** (tries - 1))
