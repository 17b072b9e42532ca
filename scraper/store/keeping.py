"""Storing what a page brought: article, photos, attachments, revision and outcome.

All of it is written in one transaction.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlite_utils import Database

from pipelines.article import EXTRACTOR_VERSION, Article
from pipelines.comparison import Kept, decide
from pipelines.item import PageItem
from pipelines.page import Outcome
from scraper.base.clock import to_utc_iso
from scraper.revisit import USUAL, RevisitPolicy, age_from, next_fetch_at
from scraper.store import articles
from scraper.store.articles import add_revision
from scraper.store.block_occurrences import add_block_occurrences
from scraper.store.identity import Match, PageAddresses, identify, release_addresses
from scraper.store.pages import BEFORE_SINCE, FetchResult, article_capture, declare, record_outcome
from scraper.store.similarity import find_twin
from scraper.store.states import place_state


def save_article(
    db: Database,
    item: PageItem,
    moment: datetime,
    policy: RevisitPolicy = USUAL,
    since: date | None = None,
) -> Outcome:
    """Settle the URL of a page that was read; returns its outcome.

    An article that is not stored yet and is older than ``since`` is put off, not stored.
    Raises sqlite3.Error where the database cannot take it. The caller holds the write transaction:
    what fails is then not half-written, and the URL stays pending.
    """
    assert item.reading is not None
    article = item.reading.article
    if article.verdict.outcome is not None:
        _record(db, item, article.verdict.outcome, moment, policy)
        return article.verdict.outcome
    match = identify(db, addresses_of(item), article)
    if match.stored is None and since is not None and _is_before(article, since):
        _put_off(db, item, article, moment)
        return Outcome.DEFERRED
    release_addresses(db, match, item.page.fetched_at)
    outcome, row = _save_article(db, item, article, match)
    if outcome is not Outcome.DUPLICATE and (match.stored is None or match.is_own):
        quarter, seen = item.reading.quarter, item.reading.recurring
        add_block_occurrences(db, row, item.source, item.url_key, article, quarter, seen)
    capture = _record(db, item, outcome, moment, policy, article=row)
    if match.stored is not None and not match.is_own:
        add_revision(db, row, article, item.page.fetched_at, capture)
    return outcome


def _is_before(article: Article, since: date) -> bool:
    """Whether an article says that it was published before a day."""
    return article.published_at is not None and article.published_at[:10] < since.isoformat()


def _put_off(db: Database, item: PageItem, article: Article, moment: datetime) -> None:
    end = FetchResult(
        run=item.run,
        source=item.source,
        url_key=item.url_key,
        outcome=Outcome.DEFERRED,
        reason=BEFORE_SINCE,
        http_status=item.page.status,
        body_hash=item.body_hash,
        fetched_at=item.page.fetched_at,
        due_at=moment,
        capture=item.capture,
        published_at=str(article.published_at)[:10],
    )
    record_outcome(db, end, moment)


def _save_article(
    db: Database, item: PageItem, article: Article, match: Match
) -> tuple[Outcome, int]:
    """Write the article as the comparison says; returns the outcome and the article's id."""
    article.url, stored = match.url, match.stored
    moment = item.page.fetched_at
    if stored is None:
        return Outcome.NEW, insert_read(db, item, article, page=item.url_key)
    known = item.known
    is_known = known is not None and known.article == stored.id
    if not match.is_own:
        if is_known:
            articles.touch_article(db, stored.id, moment)
        return Outcome.UNCHANGED if is_known else Outcome.DUPLICATE, stored.id
    if stored.page not in (item.url_key, item.canonical_key):
        articles.set_page(db, stored.id, item.url_key)
    if stored.last_seen_at > to_utc_iso(moment):
        place_state(db, stored, article, moment, item.url_key, None, body_hash=item.body_hash)
        return Outcome.UNCHANGED, stored.id
    kept = Kept(stored.content_hash, known.body_hash if known and is_known else None)
    outcome = decide(article.content_hash, item.body_hash, kept)
    if outcome is Outcome.UPDATED:
        capture = article_capture(db, stored.page or item.url_key, stored.id)
        articles.revise_article(db, stored.id, article, moment, capture)
        return outcome, stored.id
    is_outdated = stored.extractor != EXTRACTOR_VERSION
    if is_outdated or articles.has_other_attachments(db, stored, article):
        articles.rewrite_article(db, stored.id, article)
    articles.touch_article(db, stored.id, moment)
    is_elsewhere = stored.page == item.canonical_key != item.url_key
    return Outcome.DUPLICATE if is_elsewhere and not is_known else outcome, stored.id


def addresses_of(item: PageItem) -> PageAddresses:
    """The addresses of a page that was read."""
    return PageAddresses(
        item.source, item.url_key, item.canonical_url, item.canonical_key, item.declared
    )


def insert_read(db: Database, item: PageItem, article: Article, *, page: str | None) -> int:
    """Store a new article as a page shows it; returns its id. The caller holds the transaction."""
    assert item.reading is not None
    buckets = item.reading.buckets
    twin = find_twin(db, article, item.source, buckets=buckets)
    return articles.insert_article(
        db,
        item.source,
        article,
        item.page.fetched_at,
        page=page,
        same_as=twin,
        buckets=buckets,
    )


def _record(
    db: Database,
    item: PageItem,
    outcome: Outcome,
    moment: datetime,
    policy: RevisitPolicy,
    article: int | None = None,
) -> int | None:
    assert item.reading is not None
    known, reading = item.known, item.reading.article
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
    end = FetchResult(
        run=item.run,
        source=item.source,
        url_key=item.url_key,
        outcome=outcome,
        reason=reading.verdict.reason,
        kind=_kind(item, outcome, article),
        http_status=item.page.status,
        etag=item.page.headers.get("etag"),
        last_modified=item.page.headers.get("last-modified"),
        body_hash=item.body_hash,
        fetched_at=item.page.fetched_at,
        due_at=due,
        capture=item.capture,
        article=article,
        missing=missing,
    )
    declare(db, item.url_key, _declared_key(item))
    return record_outcome(db, end, moment)


def _declared_key(item: PageItem) -> str | None:
    """The key of the address that a page declares, None if that is the one it was read at."""
    declared = item.declared.url_key if item.declared else None
    return None if declared in (item.url_key, item.canonical_key) else declared


def _kind(item: PageItem, outcome: Outcome, article: int | None) -> str:
    """What the address has turned out to be, whatever it was taken for."""
    if article is not None:
        return "article"
    return "listing" if outcome is Outcome.LISTING else item.kind
