"""What is found in a file, and may be imported."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipelines.article import Article
from pipelines.items import Page
from scraper.base.clock import now


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be imported: a page, or an article that somebody has read from one already.

    ``origin`` is where it was found, for the report: a file, with the line or the offset in it.
    ``problem`` is why it cannot be imported; page and article are then None, and ``is_failure``
    says whether it should have been possible. ``claimed`` is the URL that a page declares, if no
    other is known. ``seen`` is when the article was first and last seen: as it says itself if
    ``is_dated``, else when the file was written.
    """

    origin: str
    page: Page | None = None
    article: Article | None = None
    problem: str | None = None
    is_failure: bool = False
    claimed: str | None = None
    seen: tuple[datetime, datetime] | None = None
    is_dated: bool = False

    @property
    def url(self) -> str | None:
        """The URL that is known, else the one that is claimed, or None."""
        known = self.page.url if self.page else self.article.url if self.article else None
        return known or self.claimed


def failure(origin: str, problem: str) -> Candidate:
    """A candidate that should have been possible to import, and is not."""
    return Candidate(origin, problem=problem, is_failure=True)


def shown(path: Path) -> str:
    """The name of a file as it can be printed, whatever bytes it is made of."""
    name = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in name)


def saved_at(path: Path) -> datetime:
    """When a file was written, by its file system; never in the future."""
    try:
        return min(now(), datetime.fromtimestamp(int(path.stat().st_mtime), UTC))
    except (OverflowError, ValueError):
        return now()
