"""Record how the URL of a page that was read ended: its outcome, its kind, when it is due again.

The caller holds the write transaction.
"""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from pipelines.article import Article
from pipelines.items import Outcome
from pipelines.page_item import PageItem
from scraper.base.clock import to_utc_iso
from scraper.config.recrawl_policy import RecrawlPolicy, age_from, next_fetch_at
from scraper.store.outcomes import FetchResult, record_outcome
from scraper.store.pages import BEFORE_SINCE, declare


def record_page(
    db: Database,
    item: PageItem,
    outcome: Outcome,
    moment: datetime,
    policy: RecrawlPolicy,
    article: int | None = None,
) -> int | None:
    """Record how the URL of a page ended, and when it is due again. Returns its capture (id).

    ``article`` is the id of its article, None if it has none.
    """
    assert item.extraction is not None
    known, reading = item.known, item.extraction.article
    first_seen = known.first_seen_at if known else to_utc_iso(moment)
    is_lost = article is None and known is not None and known.article is not None
    missing = (known.missing if known else 0) + 1 if is_lost else 0
    due = next_fetch_at(
        outcome,
        age_from(reading.published_at, first_seen),
        moment,
        known.attempts if known else 0,
        policy,
        missing=missing,
        is_stored=article is not None or is_lost,
    )
    end = FetchResult.of_page(
        item.page,
        item.run,
        item.source,
        item.url_key,
        outcome,
        reading.verdict.reason,
        kind=_kind(item, outcome, article),
        body_hash=item.body_hash,
        due_at=due,
        capture=item.capture,
        article=article,
        missing=missing,
    )
    declare(db, item.url_key, _declared_key(item))
    return record_outcome(db, end, moment)


def put_off(db: Database, item: PageItem, article: Article, moment: datetime) -> None:
    """Record that the article of a page is older than the day that was asked for."""
    end = FetchResult.of_page(
        item.page,
        item.run,
        item.source,
        item.url_key,
        Outcome.DEFERRED,
        BEFORE_SINCE,
        body_hash=item.body_hash,
        due_at=moment,
        capture=item.capture,
        published_at=str(article.published_at)[:10],
    )
    record_outcome(db, end, moment)


def _declared_key(item: PageItem) -> str | None:
    """Return the key of the URL that a page declares, or None if it was read at that URL."""
    declared = item.declared.url_key if item.declared else None
    return None if declared in (item.url_key, item.canonical_key) else declared


def _kind(item: PageItem, outcome: Outcome, article: int | None) -> str:
    """Return the kind of a page that was read, whatever kind was expected."""
    if article is not None:
        return "article"
    is_named_list = item.kind in ("feed", "sitemap")
    return "listing" if outcome is Outcome.LISTING and not is_named_list else item.kind
