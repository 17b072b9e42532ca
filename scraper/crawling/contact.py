"""Whoever crawls public sites says how to be reached."""

from __future__ import annotations

from collections.abc import Iterable

from scraper.base.errors import UsageError
from scraper.base.source import Source


def require_contact(sources: Iterable[Source], contact: str | None) -> None:
    """Raise UsageError where a public site would be crawled by an agent without a contact."""
    public = [source for source in sources if not source.is_own]
    if public and not contact:
        raise UsageError(
            f"{public[0].slug} is a public site and `contact` is not set: sites must be able to "
            'reach whoever crawls them. Put contact = "you@example.org" into tinhuyen.toml, or '
            "set TINHUYEN_CONTACT"
        )
