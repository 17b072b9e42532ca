"""The frontier: the rows of ``pages`` that a run has queued and not settled yet, or are due."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlite_utils import Database

from scraper.base.clock import to_utc_iso
from scraper.store.pages import (
    KNOWN_COLUMNS,
    Discovery,
    PageRecord,
    Turn,
    known_of_row,
    outcomes_in_sql,
    page_records,
    usual_turn,
)

BY_SCRIPT = "more_by_script"
"""The reason of a list whose button for more has no known request."""

OPEN_ENDS = outcomes_in_sql(lambda outcome: outcome.is_open)
"""Outcomes after which a page of a list may still link to unseen articles."""

LEARNED_FROM = 5000
"""The number of latest pages from which the URL patterns of a source are learned."""


def first_of_turns(
    db: Database, run: int, source: str, taken: Collection[str]
) -> dict[Turn, PageRecord]:
    """The first pending page of each class of a source, those among the ``taken`` keys left out."""
    keys = json.dumps(list(taken))
    found = {}
    for turn in Turn:
        row = db.execute(
            f"SELECT {KNOWN_COLUMNS} FROM pages WHERE source = ? AND turn = ?"
            " AND outcome IS NULL AND run = ?"
            " AND url_key NOT IN (SELECT value FROM json_each(?)) ORDER BY rank, place LIMIT 1",
            [source, turn, run, keys],
        ).fetchone()
        if row:
            found[turn] = known_of_row(row)
    return found


def has_pending(db: Database, run: int, source: str, taken: Collection[str]) -> bool:
    """Whether a source has a pending page that is not among the ``taken`` keys."""
    row = db.execute(
        "SELECT 1 FROM pages WHERE source = ? AND outcome IS NULL AND run = ?"
        " AND url_key NOT IN (SELECT value FROM json_each(?)) LIMIT 1",
        [source, run, json.dumps(list(taken))],
    ).fetchone()
    return row is not None


def advance(db: Database, run: int, pages: Sequence[Discovery]) -> None:
    """Move pages that wait in the backlog of a run to the turn of those that a list names.

    The caller holds the write transaction.
    """
    for page in pages:
        db.execute(
            "UPDATE pages SET turn = ?, rank = ?, place = ?"
            " WHERE url_key = ? AND run = ? AND outcome IS NULL AND turn = ?",
            [usual_turn(page.kind), page.rank, page.place, page.url_key, run, Turn.BACKLOG],
        )


def aged_articles(db: Database, source: str, moment: datetime, born_before: date) -> list[str]:
    """The keys of due pages of articles from before a day, the one longest not seen first."""
    rows = db.execute(
        "SELECT url_key FROM pages JOIN articles ON articles.id = pages.article"
        " WHERE pages.source = ? AND due_at <= ?"
        " AND (pages.outcome <> 'deferred' OR turn = 'recheck')"
        " AND min(coalesce(substr(articles.published_at, 1, 10), '9'), pages.first_seen_at) < ?"
        " ORDER BY last_seen_at, url_key",
        [source, to_utc_iso(moment), born_before.isoformat()],
    )
    return [row[0] for row in rows.fetchall()]


def all_pages(db: Database, source: str) -> list[PageRecord]:
    """Return every page of a source that a full rescan fetches.

    The further pages of lists are left out: their first page leads to them.
    """
    rows = db.execute(
        "SELECT url_key FROM pages WHERE source = ? AND outcome <> 'refused'"
        " AND (kind = 'article' OR list IS NULL OR list = url_key)",
        [source],
    )
    return list(page_records(db, [row[0] for row in rows.fetchall()]).values())


def defer_source(
    db: Database,
    run: int,
    source: str,
    reason: str,
    due_at: datetime,
    moment: datetime,
    turn: Turn | None = None,
) -> None:
    """Settle all pending pages of a source, or of one of its classes of pages, as deferred.

    The caller holds the write transaction.
    """
    count = db.execute(
        "UPDATE pages SET outcome = 'deferred', reason = ?, due_at = ?, settled_at = ?"
        " WHERE source = ? AND run = ? AND outcome IS NULL AND turn = coalesce(?, turn)",
        [reason, to_utc_iso(due_at), to_utc_iso(moment), source, run, turn],
    ).rowcount
    db.execute(
        "UPDATE run_sources SET deferred = deferred + ? WHERE run = ? AND source = ?",
        [count, run, source],
    )


def count_retry(db: Database, run: int, source: str) -> None:
    """Count a request that has to be made again. The caller holds the write transaction."""
    db.execute(
        "UPDATE run_sources SET retries = retries + 1 WHERE run = ? AND source = ?", [run, source]
    )


def close_list_if_read(db: Database, list_key: str, moment: datetime, stale: datetime) -> None:
    """Store that a list was read to its end, if none of its pages is left to be fetched.

    Nothing changes if that was stored after ``stale``. The caller holds the write transaction.
    """
    db.execute(
        "UPDATE pages SET swept_at = ?"
        " WHERE url_key = ? AND (swept_at IS NULL OR swept_at < ?)"
        " AND NOT EXISTS (SELECT 1 FROM pages AS page WHERE page.list = ?"
        " AND page.kind <> 'article' AND (page.outcome IS NULL"
        f" OR (page.outcome IN {OPEN_ENDS} AND page.due_at IS NOT NULL)))",
        [to_utc_iso(moment), list_key, to_utc_iso(stale), list_key],
    )


def set_due(db: Database, url_key: str, due_at: datetime) -> None:
    """Schedule a page to be fetched again. The caller holds the write transaction."""
    db.execute("UPDATE pages SET due_at = ? WHERE url_key = ?", [to_utc_iso(due_at), url_key])


def note_reason(db: Database, url_key: str, reason: str, due_at: datetime) -> None:
    """Store what went wrong after a page was settled, and schedule it to be fetched again.

    The caller holds the write transaction.
    """
    db.execute(
        "UPDATE pages SET reason = ?, due_at = ? WHERE url_key = ?",
        [reason, to_utc_iso(due_at), url_key],
    )


def note_announcement(
    db: Database, url_key: str, announced_at: str | None, named_by: str | None
) -> None:
    """Store what a feed or sitemap announced about a page that is not queued for it.

    The caller holds the write transaction.
    """
    db.execute(
        "UPDATE pages SET announced_at = coalesce(?, announced_at),"
        " named_by = coalesce(?, named_by) WHERE url_key = ?",
        [announced_at, named_by, url_key],
    )


def forget_sitemap(db: Database, url_keys: Sequence[str]) -> None:
    """Store that the sitemap no longer names these pages: each is checked for that once.

    The caller holds the write transaction.
    """
    for url_key in url_keys:
        db.execute("UPDATE pages SET named_by = NULL WHERE url_key = ?", [url_key])


def named_articles(db: Database, sitemap_key: str) -> dict[str, str | None]:
    """Return the stored articles, not gone, that a sitemap named: ``announced_at`` by key."""
    return dict(
        db.execute(
            "SELECT pages.url_key, announced_at FROM pages JOIN articles"
            " ON articles.id = pages.article WHERE named_by = ? AND gone_at IS NULL",
            [sitemap_key],
        ).fetchall()
    )


def named_days(db: Database, url_keys: Sequence[str]) -> list[str | None]:
    """The days of the articles at addresses, None for one without a date.

    Addresses of no article have none here, nor have those that nobody has read yet.
    """
    rows = db.execute(
        "SELECT coalesce(pages.published_at, substr(articles.published_at, 1, 10)) FROM pages"
        " LEFT JOIN articles ON articles.id = pages.article"
        " WHERE url_key IN (SELECT value FROM json_each(?))"
        " AND (pages.published_at IS NOT NULL OR articles.id IS NOT NULL)",
        [json.dumps(list(url_keys))],
    )
    return [row[0] for row in rows.fetchall()]


def known_places(db: Database, source: str, kind: str) -> list[tuple[str, bool]]:
    """Return the addresses of a source tried as feeds or sitemaps, and whether each is one.

    An address that this run has still to fetch counts as one.
    """
    rows = db.execute(
        "SELECT url, outcome IS NULL OR outcome = 'listing' FROM pages"
        " WHERE source = ? AND kind = ?",
        [source, kind],
    )
    return [(url, bool(is_one)) for url, is_one in rows]


def retry_after_until(db: Database, source: str, moment: datetime) -> datetime | None:
    """Return until when an earlier ``Retry-After`` of a source's host applies, or None."""
    row = db.execute(
        "SELECT max(due_at) FROM pages WHERE source = ? AND due_at > ?"
        " AND outcome = 'deferred' AND reason = 'retry_after'",
        [source, to_utc_iso(moment)],
    ).fetchone()
    return datetime.fromisoformat(row[0]) if row[0] else None


def learned_kinds(db: Database, source: str) -> list[tuple[str, bool]]:
    """Addresses of a source and whether each turned out to be an article's, the latest first."""
    rows = db.execute(
        "SELECT url, article IS NOT NULL FROM pages WHERE source = ? AND kind NOT IN"
        " ('feed', 'sitemap') AND (article IS NOT NULL OR outcome = 'listing')"
        " ORDER BY settled_at DESC LIMIT ?",
        [source, LEARNED_FROM],
    )
    return [(url, bool(is_article)) for url, is_article in rows]


def stored_contents(db: Database, source: str) -> list[tuple[str, str]]:
    """Addresses of a source's articles with the hash of what each showed, the latest first.

    The id of an article without a body is in place of its hash: an empty text identifies nothing.
    """
    return db.execute(
        "SELECT pages.url, CASE body WHEN '' THEN CAST(articles.id AS TEXT) ELSE content_hash END"
        " FROM pages JOIN articles ON articles.id = pages.article"
        " WHERE pages.source = ? ORDER BY settled_at DESC LIMIT ?",
        [source, LEARNED_FROM],
    ).fetchall()


def lists_by_script(db: Database, source: str) -> list[str]:
    """The lists of a source with a button for more that only script follows, as last seen."""
    rows = db.execute(
        f"SELECT url FROM pages WHERE source = ? AND reason = '{BY_SCRIPT}' ORDER BY url", [source]
    )
    return [row[0] for row in rows]
