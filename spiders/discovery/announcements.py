"""What feeds and sitemaps announce: an address, and when it changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

from scraper.base.clock import now

MOST_ENTRIES = 50_000
"""Entries read of one file: the limit of the sitemap protocol (sitemaps.org)."""


@dataclass(frozen=True, slots=True)
class Announced:
    """An address that a feed or a sitemap names.

    ``changed_at`` is when it says the page changed, in ISO 8601: a time where it can be believed
    to the minute, a bare date where only to the day, None where it says nothing or a date that
    is yet to come.
    """

    url: str
    changed_at: str | None = None


def believable(moment: datetime) -> bool:
    """Whether a time of change can be true: not yet to come (beyond a day), not before the web."""
    return datetime(1997, 1, 1, tzinfo=UTC) < moment < now() + timedelta(days=1)


def absolute(base: str, url: str | None) -> str | None:
    """The http(s) address that a feed or sitemap means, or None where it is none."""
    try:
        address = urljoin(base, url.strip()) if url and url.strip() else ""
    except ValueError:
        return None
    return address if address.startswith(("http://", "https://")) else None
