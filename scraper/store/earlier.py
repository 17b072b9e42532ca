"""Keeping pages that were fetched before what is kept, as imports bring them, in any order."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from pipelines.item import PageItem
from pipelines.page import Outcome
from scraper.base.clock import to_utc_iso
from scraper.store import articles
from scraper.store.identity import Match, identify
from scraper.store.keeping import addresses_of, insert_read, save_article
from scraper.store.pages import Discovery, add_capture, discover, page_record
from scraper.store.states import place_state


def save_imported(db: Database, item: PageItem, moment: datetime) -> Outcome | None:
    """Keep a page of any age; returns None if what is kept was fetched later.

    The result is the same in whatever order the pages of an address come. The caller holds the
    transaction.
    """
    if _is_latest(db, item):
        page = Discovery(item.url_key, item.source, str(item.canonical_url), item.kind)
        discover(db, None, [page], item.page.fetched_at)
        item.known = page_record(db, item.url_key)
        outcome = save_article(db, item, moment)
        _set_page_times(db, item)
        return outcome
    _set_page_times(db, item)
    return _save_earlier(db, item)


def _is_latest(db: Database, item: PageItem) -> bool:
    """Whether nothing that is known of the address is later than this page.

    An address that a crawl has still to fetch stays to be fetched.
    """
    row = db.execute(
        "SELECT outcome, run, settled_at, fetched_at, body_hash, last_seen_at FROM pages"
        " LEFT JOIN articles ON articles.id = pages.article WHERE url_key = ?",
        [item.url_key],
    ).fetchone()
    if row is None:
        return True
    outcome, run, settled_at, fetched_at, body_hash, last_seen_at = row
    if outcome in (None, Outcome.DEFERRED) and run is not None:
        return False
    settled = settled_at if run is not None else fetched_at
    latest = max(settled or "", last_seen_at or "")
    return (to_utc_iso(item.page.fetched_at), item.body_hash) > (latest, body_hash or "")


def _set_page_times(db: Database, item: PageItem) -> None:
    """Have a page first seen no later than this, and an import settled when it was fetched.

    A page of which nobody knows where it was read is not to be fetched.
    """
    db.execute(
        "UPDATE pages SET first_seen_at = min(first_seen_at, ?),"
        " settled_at = iif(run IS NULL, fetched_at, settled_at),"
        " due_at = iif(?, NULL, due_at) WHERE url_key = ?",
        [to_utc_iso(item.page.fetched_at), item.canonical_key is None, item.url_key],
    )


def _save_earlier(db: Database, item: PageItem) -> Outcome | None:
    assert item.reading is not None
    assert item.capture is not None
    article = item.reading.article
    if not article.verdict.is_article:
        add_capture(db, item.url_key, item.capture)
        return None
    match = identify(db, addresses_of(item), article)
    article.url = match.url
    if match.stored is None:
        return _insert(db, item, match)
    capture = add_capture(db, item.url_key, item.capture, match.stored.id)
    if match.is_own:
        moment = item.page.fetched_at
        place_state(
            db, match.stored, article, moment, item.url_key, capture, body_hash=item.body_hash
        )
        _link(db, item.url_key, match.stored.id)
        return None
    articles.add_revision(db, match.stored.id, article, item.page.fetched_at, capture)
    return Outcome.DUPLICATE


def _insert(db: Database, item: PageItem, match: Match) -> Outcome:
    """Store an article that only an earlier page of its address shows."""
    assert item.reading is not None
    assert item.capture is not None
    article = item.reading.article
    if article.url is not None and articles.stored_by_url(db, article.url) is not None:
        article.url = None
    row = insert_read(db, item, article, page=None if match.left else item.url_key)
    add_capture(db, item.url_key, item.capture, row)
    if match.left is not None:
        articles.mark_gone(db, row, datetime.fromisoformat(match.left.first_seen_at))
    else:
        _link(db, item.url_key, row)
    return Outcome.NEW


def _link(db: Database, url_key: str, row: int) -> None:
    """Have an address show an article, unless it shows one already."""
    db.execute("UPDATE pages SET article = coalesce(article, ?) WHERE url_key = ?", [row, url_key])
