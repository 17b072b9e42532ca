"""Store the article of a page. A crawl, an import and a reprocess all use this module.

Article, photos, attachments, revision and outcome are written in one transaction, which the caller
holds. If an error is raised, nothing is written.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlite_utils import Database

from pipelines.article import EXTRACTOR_VERSION, Article
from pipelines.extraction.similarity import buckets_of
from pipelines.items import Outcome
from pipelines.page_item import PageItem
from pipelines.record_page import put_off, record_page
from scraper.base.clock import to_utc_iso
from scraper.config.recrawl_policy import DEFAULT_POLICY, RecrawlPolicy
from scraper.store import articles
from scraper.store.archived_pages import ArchivedPage
from scraper.store.articles import ArticleRow
from scraper.store.block_occurrences import add_block_occurrences
from scraper.store.captures import add_capture, article_capture
from scraper.store.declared_url import DeclaredAddress
from scraper.store.file_hosts import set_file_hosts
from scraper.store.identity import Match, PageAddresses, identify, release_addresses
from scraper.store.pages import (
    Discovery,
    declared_key,
    discover,
    last_state,
    link_article,
    page_record,
    set_import_times,
    set_reprocessed,
)
from scraper.store.revisions import add_revision
from scraper.store.signatures import find_twin
from scraper.store.states import place_state


def save_article(
    db: Database,
    item: PageItem,
    moment: datetime,
    policy: RecrawlPolicy = DEFAULT_POLICY,
    since: date | None = None,
) -> Outcome:
    """Store the article of a page that was read, and record and return the outcome of its URL.

    An article that is not stored yet and is older than ``since`` is deferred, not stored. Raises
    sqlite3.Error if the database cannot be written. The caller holds the write transaction. After
    an error, nothing is written and the URL stays pending.
    """
    assert item.extraction is not None
    article = item.extraction.article
    if article.verdict.outcome is not None:
        record_page(db, item, article.verdict.outcome, moment, policy)
        return article.verdict.outcome
    set_file_hosts(article, item.page.address, item.filed_under)
    match = identify(db, _addresses_of(item), article)
    if match.stored is None and since is not None and _is_before(article, since):
        put_off(db, item, article, moment)
        return Outcome.DEFERRED
    release_addresses(db, match, item.page.fetched_at)
    outcome, row = _save_article(db, item, article, match)
    if outcome is not Outcome.DUPLICATE and (match.stored is None or match.is_own):
        quarter, seen = item.extraction.quarter, item.extraction.block_occurrences
        add_block_occurrences(db, row, item.source, item.url_key, article, quarter, seen)
    capture = record_page(db, item, outcome, moment, policy, article=row)
    if match.stored is not None and not match.is_own:
        add_revision(db, row, article, item.page.fetched_at, capture)
    return outcome


def save_imported(db: Database, item: PageItem, moment: datetime) -> Outcome | None:
    """Store an imported page of any age. Returns its outcome, or None if it changes no article.

    If a later page of the same URL is stored, the page is stored as an earlier state. The result
    does not depend on the order in which the pages of a URL are imported. The caller holds the
    transaction.
    """
    if _is_latest(db, item):
        page = Discovery(item.url_key, item.source, str(item.canonical_url), item.kind)
        discover(db, None, [page], item.page.fetched_at)
        item.known = page_record(db, item.url_key)
        outcome = save_article(db, item, moment)
        _set_import_times(db, item)
        return outcome
    _set_import_times(db, item)
    return _save_earlier(db, item)


def save_found(db: Database, kept: ArchivedPage, article: Article, moment: datetime) -> bool:
    """Store an article that earlier rules did not find in its page.

    ``moment`` is the time at which the page was fetched. Returns False, and records the page as a
    duplicate, if the article is stored already. The caller holds the transaction.
    """
    key = declared_key(db, kept.url_key)
    declared = DeclaredAddress("", key) if key else None
    page = PageAddresses(kept.source, kept.url_key, article.url, kept.url_key, declared)
    match = identify(db, page, article)
    release_addresses(db, match, moment)
    if match.stored is not None:
        set_reprocessed(db, kept.url_key, Outcome.DUPLICATE, match.stored.id)
        return False
    article.url = match.url or article.url
    buckets = buckets_of(article.body)
    twin = find_twin(db, article, kept.source, buckets=buckets)
    row = articles.insert_article(
        db, kept.source, article, moment, page=kept.url_key, same_as=twin, buckets=buckets
    )
    set_reprocessed(db, kept.url_key, Outcome.NEW, row)
    return True


def _is_before(article: Article, since: date) -> bool:
    """Whether an article was published before a day. An article without a date was not."""
    return article.published_at is not None and article.published_at[:10] < since.isoformat()


def _save_article(
    db: Database, item: PageItem, article: Article, match: Match
) -> tuple[Outcome, int]:
    """Insert, revise or touch the matching article. Returns the outcome and the article's id."""
    article.url, stored = match.url, match.stored
    moment = item.page.fetched_at
    if stored is None:
        return Outcome.NEW, _insert(db, item, article, page=item.url_key)
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
    last_body = known.body_hash if known and is_known else None
    is_outdated = stored.extractor != EXTRACTOR_VERSION
    is_other_page = not is_outdated and item.body_hash != last_body
    has_lost_files = is_other_page and articles.would_lose_files(db, stored, article)
    if has_lost_files or not _is_unchanged(article, item.body_hash, stored, last_body):
        capture = article_capture(db, stored.page or item.url_key, stored.id)
        articles.revise_article(db, stored.id, article, moment, capture)
        return Outcome.UPDATED, stored.id
    if is_outdated or articles.has_other_attachments(db, stored, article):
        articles.rewrite_article(db, stored.id, article)
    articles.touch_article(db, stored.id, moment)
    is_elsewhere = stored.page == item.canonical_key != item.url_key
    is_duplicate = is_elsewhere and not is_known
    return Outcome.DUPLICATE if is_duplicate else Outcome.UNCHANGED, stored.id


def _is_unchanged(
    article: Article, body_hash: str, stored: ArticleRow, last_body_hash: str | None
) -> bool:
    """Whether the publisher has changed nothing since the stored state was read.

    If the body is the same as the last one, this is the case even if newer rules extract another
    text from it.
    """
    return article.content_hash == stored.content_hash or body_hash == last_body_hash


def _addresses_of(item: PageItem) -> PageAddresses:
    """Return the addresses of a page that was read."""
    return PageAddresses(
        item.source, item.url_key, item.canonical_url, item.canonical_key, item.declared
    )


def _insert(db: Database, item: PageItem, article: Article, *, page: str | None) -> int:
    """Insert the article of a page. Returns its id. The caller holds the transaction."""
    assert item.extraction is not None
    buckets = item.extraction.buckets
    if buckets is None:
        buckets = buckets_of(article.body)
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


def _is_latest(db: Database, item: PageItem) -> bool:
    """Whether no later page of the same URL is known.

    This is false for a URL that is queued, so that a crawl still fetches it.
    """
    last = last_state(db, item.url_key)
    if last is None:
        return True
    if last.is_pending:
        return False
    return (to_utc_iso(item.page.fetched_at), item.body_hash) > (last.seen_at, last.body_hash)


def _save_earlier(db: Database, item: PageItem) -> Outcome | None:
    assert item.extraction is not None
    assert item.capture is not None
    article = item.extraction.article
    if not article.verdict.is_article:
        add_capture(db, item.url_key, item.capture)
        return None
    match = identify(db, _addresses_of(item), article)
    article.url = match.url
    if match.stored is None:
        return _insert_earlier(db, item, match)
    capture = add_capture(db, item.url_key, item.capture, match.stored.id)
    if match.is_own:
        moment = item.page.fetched_at
        place_state(
            db, match.stored, article, moment, item.url_key, capture, body_hash=item.body_hash
        )
        link_article(db, item.url_key, match.stored.id)
        return None
    add_revision(db, match.stored.id, article, item.page.fetched_at, capture)
    return Outcome.DUPLICATE


def _insert_earlier(db: Database, item: PageItem, match: Match) -> Outcome:
    """Insert an article that only an earlier page of its URL shows."""
    assert item.extraction is not None
    assert item.capture is not None
    article = item.extraction.article
    if article.url is not None and articles.stored_by_url(db, article.url) is not None:
        article.url = None
    row = _insert(db, item, article, page=None if match.left else item.url_key)
    add_capture(db, item.url_key, item.capture, row)
    if match.left is not None:
        articles.mark_gone(db, row, datetime.fromisoformat(match.left.first_seen_at))
    else:
        link_article(db, item.url_key, row)
    return Outcome.NEW


def _set_import_times(db: Database, item: PageItem) -> None:
    is_unaddressed = item.canonical_key is None
    set_import_times(db, item.url_key, item.page.fetched_at, keeps_due=not is_unaddressed)
