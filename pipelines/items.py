"""The page as a spider hands it to the pipelines, and the outcomes a discovered URL can have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum


class Outcome(StrEnum):
    """How one discovered URL ended in one run. Every URL gets exactly one, so that sums close."""

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
        """Whether the page was read for what it holds: an article, or a list."""
        return self.is_stored or self is Outcome.LISTING

    @property
    def is_retried(self) -> bool:
        """Whether the page is fetched again soon, after a pause that grows with each failure."""
        return self in (Outcome.FAILED, Outcome.BROKEN, Outcome.BLOCKED)

    @property
    def is_absent(self) -> bool:
        """Whether the site said that it has no such page."""
        return self in (Outcome.GONE, Outcome.SOFT_404)

    @property
    def is_trouble(self) -> bool:
        """Whether somebody may want to look why the page was not read."""
        return self.is_retried or self in (Outcome.REFUSED, Outcome.SOFT_404)

    @property
    def is_open(self) -> bool:
        """Whether a later run has still to read the page."""
        return self.is_retried or self is Outcome.DEFERRED

    @property
    def is_reprocessed(self) -> bool:
        """Whether other rules may find an article in the page.

        The text of a duplicate is at its first address; a list holds none.
        """
        is_unread = self in (Outcome.NOT_ARTICLE, Outcome.BROKEN)
        return is_unread or self.is_absent or (self.is_stored and self is not Outcome.DUPLICATE)


@dataclass(frozen=True, slots=True)
class Page:
    """One answered request.

    ``url`` is the address that was discovered, ``final_url`` the one that answered after
    redirects; ``body`` holds the decompressed bytes; header names are lower case; ``fetched_at``
    is an aware time in UTC; ``source`` is the slug of the site, or None for a lone page.
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
        """Where the body was served: the base of its relative links."""
        return self.final_url or self.url
