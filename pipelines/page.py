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
