"""What a run is asked to do, and the limits that keep any site from making it do more."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from scraper.config.recrawl_policy import RecrawlPolicy


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of a crawl; the sizes and times of one request stand in ``settings.py``.

    Times are in seconds.
    """

    tries: int = 3
    """Requests that one address may cost before it counts as failed."""
    backoff: float = 5.0
    """Pause before the second try; it doubles with each further one."""
    redirects: int = 10
    depth: int = 12
    """Steps from the home page over sections, the pages of a list not counted."""
    list_pages: int = 2000
    """Pages that one list may have in one run."""
    host_failures: int = 5
    """Failures in a row after which a host is left alone for the run."""
    host_pauses: int = 5
    """Pauses in a row that a host may ask for (429, 503) before it is left alone for the run."""
    longest_pause: float = 900.0
    """A ``Retry-After`` beyond it leaves the rest of the host to a later run."""
    usual_pause: float = 60.0
    """Where a 429 says nothing, or nothing sensible, about how long."""
    crawl_delay: float = 60.0
    """The most that robots.txt can ask for between two requests."""
    jitter: float = 0.25
    """The part of a pause that chance may add to it."""
    guesses: int = 16
    """Places of feeds, and of sitemaps, that are tried where nothing names one."""
    dropped_from_sitemap: int = 100
    """Articles that one sitemap may make us look after because it names them no more."""
    known: int = 3
    """Known articles in a row, with nothing new on their page, after which a list is left."""


@dataclass(frozen=True, slots=True)
class CrawlPlan:
    """What one run does.

    ``since``: nothing that is known to be older; ``max_pages`` and ``max_minutes`` bound what a
    source may cost; ``full``: everything known is looked at again; ``delay``: seconds between two
    requests to a host.
    """

    since: date | None = None
    max_pages: int = 20_000
    max_minutes: float = 360
    full: bool = False
    delay: float = 2.0
    revisit: RecrawlPolicy = field(default_factory=RecrawlPolicy)
    limits: Limits = field(default_factory=Limits)

    def backoff(self, tries: int) -> float:
        """Seconds before the next try after so many; as much shorter as the delay is."""
        shorter = max(0.1, min(1.0, self.delay / 2))
        return float(self.limits.backoff * shorter * 2 ** (tries - 1))
