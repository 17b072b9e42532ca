"""The page that a spider passes to the pipelines, and the outcomes of a discovered URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum


class Outcome(StrEnum):
    """The result for a discovered URL in one run.

    Every URL gets exactly one, so that the outcomes of a run add up to the URLs it discovered.
    """

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    LISTING = "listing"
    NOT_ARTICLE = "not_article"
    GONE = "gone"
    SOFT_404 = "soft_404"
    BLOCKED = "blocked"
    REFUSED = "refused"
    FAILED = "failed"
    BROKEN = "broken"
    DEFERRED = "deferred"

    @property
    def is_stored(self) -> bool:
        """Whether the page shows an article that is stored."""
        return self in (Outcome.NEW, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.DUPLICATE)

    @property
    def is_read(self) -> bool:
        """Whether the content of the page was used: an article, or links from a list."""
        return self.is_stored or self is Outcome.LISTING

    @property
    def is_retried(self) -> bool:
        """Whether the page is fetched again soon, with a delay that grows with each failure."""
        return self in (Outcome.FAILED, Outcome.BROKEN, Outcome.BLOCKED)

    @property
    def is_absent(self) -> bool:
        """Whether the site reported that the page does not exist."""
        return self in (Outcome.GONE, Outcome.SOFT_404)

    @property
    def is_trouble(self) -> bool:
        """Whether an operator may want to know why the page was not read."""
        return self.is_retried or self in (Outcome.REFUSED, Outcome.SOFT_404)

    @property
    def is_open(self) -> bool:
        """Whether a later run still has to fetch the page."""
        return self.is_retried or self is Outcome.DEFERRED

    @property
    def is_reprocessed(self) -> bool:
        """Whether a newer version of the rules may find an article in the page.

        Duplicates are left out because their text is stored under another URL, lists because they
        have no text.
        """
        is_unread = self in (Outcome.NOT_ARTICLE, Outcome.BROKEN)
        return is_unread or self.is_absent or (self.is_stored and self is not Outcome.DUPLICATE)


@dataclass(frozen=True, slots=True)
class Page:
    """One fetched page.

    ``url`` is the URL that was discovered, ``final_url`` the URL after redirects. ``body`` holds
    the decompressed bytes. Header names are in lower case. ``fetched_at`` is timezone-aware, in
    UTC. ``source`` is the slug of the site, or None for a single page.
    """

    url: str | None
    body: bytes
    final_url: str | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    fetched_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    source: str | None = None

    @property
    def address(self) -> str | None:
        """The URL from which the body was served; relative links are relative to it."""
        return self.final_url or self.url
