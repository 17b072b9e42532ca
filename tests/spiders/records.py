"""Records of known pages, as the store returns them."""

from __future__ import annotations

from dataclasses import replace

from pipelines.items import Outcome
from scraper.store.pages import PageRecord


def page_record(url: str, seen_at: str, **changes: object) -> PageRecord:
    """A page that run 4 read as an article, never due again, with changes."""
    known = PageRecord(
        url_key=url.partition("://")[2],
        source="portal",
        url=url,
        kind="article",
        outcome=Outcome.NEW,
        reason=None,
        etag=None,
        last_modified=None,
        body_hash="b",
        first_seen_at=seen_at,
        fetched_at=seen_at,
        due_at=None,
        attempts=0,
        announced_at=None,
        article=1,
        missing=0,
        run=4,
        list=None,
        swept_at=None,
        rank=3,
        place=0,
        depth=1,
        named_by=None,
        form=None,
    )
    return replace(known, **changes)  # type: ignore[arg-type]
