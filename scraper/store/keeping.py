"""Storing what a page brought: article, photos, attachments, revision and outcome.

All of it is written in one transaction.
"""

from __future__ import annotations

import logging
from datetime import datetime

from sqlite_utils import Database

from pipelines.article import EXTRACTOR_VERSION, Article
from pipelines.comparison import Kept, decide
from pipelines.item import PageItem
from pipelines.page import Outcome
from pipelines.similarity import is_another_text
from pipelines.vietnamese.text import fold
from scraper.clock import stamp
from scraper.revisit import USUAL, RevisitPolicy, born_at, next_look
from scraper.store import articles
from scraper.store.articles import StoredArticle
from scraper.store.pages import Settlement, page_capture, settle
from scraper.store.sightings import note_sightings
from scraper.store.similarity import find_twin

logger = logging.getLogger(__name__)


def keep(db: Database, item: PageItem, moment: datetime, policy: RevisitPolicy = USUAL) -> Outcome:
    """Settle the URL of a page that was read; returns its outcome.

    Raises sqlite3.Error where the database cannot take it. The caller holds the write transaction:
    what fails is then not half-written, and the URL stays pending.
    """
    assert item.reading is not None
    article = item.reading.article
    if article.verdict.outcome is not None:
        _settle(db, item, article.verdict.outcome, moment, policy)
        return article.verdict.outcome
    outcome, row = _keep_article(db, item, article, moment)
    if outcome is not Outcome.DUPLICATE:
        note_sightings(db, row, item.source, item.url_key, article, item.reading.recurring)
    _settle(db, item, outcome, moment, policy, article=row)
    return outcome


def _keep_article(
    db: Database, item: PageItem, article: Article, moment: datetime
) -> tuple[Outcome, int]:
    """Write the article as the comparison says; returns the outcome and the article's id."""
    article.url = item.canonical_url
    stored = _stored(db, item)
    if stored is not None and _is_recycled(db, stored, article):
        logger.warning("address reused url=%s article=%d", article.url, stored.id)
        articles.part_from_page(db, stored.id, moment)
        stored = None
    last_body = item.known.body_hash if item.known else None
    kept = Kept(stored.content_hash, last_body) if stored else None
    twin = articles.stored_duplicate(db, item.source, article)
    outcome = decide(article.content_hash, item.body_hash, kept, twin is not None)
    if stored is None:
        return outcome, twin.id if twin else _insert(db, item, article, moment)
    if outcome is Outcome.UPDATED:
        capture = page_capture(db, item.url_key)
        articles.revise_article(db, stored.id, article, moment, capture)
        return outcome, stored.id
    is_outdated = stored.extractor != EXTRACTOR_VERSION
    if is_outdated or articles.has_other_attachments(db, stored, article):
        articles.rewrite_article(db, stored.id, article)
    articles.touch_article(db, stored.id, moment)
    return outcome, stored.id


def _stored(db: Database, item: PageItem) -> StoredArticle | None:
    """The article that this address shows: by its page, else by its canonical URL."""
    if item.known is not None and item.known.article is not None:
        return articles.stored_by_id(db, item.known.article)
    return articles.stored_by_url(db, item.canonical_url) if item.canonical_url else None


def _is_recycled(db: Database, stored: StoredArticle, article: Article) -> bool:
    """Whether the site gave the id of one article to another, as after a move to a new system.

    The key is then the same, the address and the text are not. A new text at the very same
    address is a revision. If one of them has no body, title and files are compared instead.
    """
    if article.url is None or stored.url in (None, article.url):
        return False
    if stored.body and article.body:
        return is_another_text(stored.body, article.body)
    is_renamed = fold(stored.title or "") != fold(article.title or "")
    return is_renamed and not articles.file_urls(db, stored.id) & article.file_urls


def _insert(db: Database, item: PageItem, article: Article, moment: datetime) -> int:
    assert item.reading is not None
    buckets = item.reading.buckets
    twin = find_twin(db, article, item.source, buckets=buckets)
    return articles.insert_article(
        db, item.source, article, moment, page=item.url_key, same_as=twin, buckets=buckets
    )


def _settle(
    db: Database,
    item: PageItem,
    outcome: Outcome,
    moment: datetime,
    policy: RevisitPolicy,
    article: int | None = None,
) -> None:
    assert item.reading is not None
    known, reading = item.known, item.reading.article
    first_seen = known.first_seen_at if known else stamp(moment)
    is_lost = article is None and known is not None and known.article is not None
    missing = (known.missing if known else 0) + 1 if is_lost else 0
    due = next_look(
        outcome,
        born_at(reading.published_at, first_seen),
        moment,
        known.attempts if known else 0,
        policy,
        missing=missing,
    )
    end = Settlement(
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
    settle(db, end, moment)


def _kind(item: PageItem, outcome: Outcome, article: int | None) -> str:
    """What the address has turned out to be, whatever it was taken for."""
    if article is not None:
        return "article"
    return "listing" if outcome is Outcome.LISTING else item.kind
