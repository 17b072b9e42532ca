"""Counts and short lists that pages, metrics and previews show.

Each query is bounded or reads an index alone.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from sqlite_utils import Database

from pipelines.article import Kind
from scraper.store.files import FileKind

TROUBLE = "('blocked', 'refused', 'failed', 'broken', 'soft_404')"
"""The outcomes that are trouble, word for word as in the partial index ``pages_failures``: SQLite
uses it for no other list."""


def last_published(db: Database, before: date, source: str | None = None) -> date | None:
    """Return the day of the last article before a day, of one source or of all."""
    condition, values = _of_source(source)
    row = db.execute(
        f"SELECT max(published_at) FROM articles WHERE {condition} AND published_at < :before",
        {**values, "before": before.isoformat()},
    ).fetchone()
    return date.fromisoformat(row[0][:10]) if row[0] else None


def first_published(db: Database, source: str) -> str | None:
    """Return the earliest time of publication of a source's articles."""
    sql = "SELECT min(published_at) FROM articles WHERE source = ?"
    row: tuple[str | None] = db.execute(sql, [source]).fetchone()
    return row[0]


def count_articles_and_notices(db: Database, source: str | None = None) -> tuple[int, int]:
    """Return how many articles there are, photo stories included, and how many notices."""
    condition, values = _of_source(source)
    total, notices = db.execute(
        f"SELECT (SELECT count(*) FROM articles WHERE {condition}),"
        f" (SELECT count(*) FROM articles WHERE {condition} AND kind = :notice)",
        values | {"notice": Kind.NOTICE.value},
    ).fetchone()
    return total - notices, notices


def count_kept_files(db: Database) -> dict[str, int]:
    """Return how many photos and attachments are in the archive, by kind."""
    sql = "SELECT kind, count(*) FROM files WHERE digest IS NOT NULL GROUP BY kind"
    counts: dict[str, int] = dict.fromkeys(map(str, FileKind), 0)
    return counts | dict(db.execute(sql).fetchall())


def count_by_day(
    db: Database, first: date, last: date, source: str | None = None
) -> dict[str, int]:
    """Return how many articles of all kinds were published on each day of a span (ISO 8601)."""
    condition, values = _of_source(source)
    rows = db.execute(
        "WITH RECURSIVE days(day) AS (SELECT :first UNION ALL"
        " SELECT date(day, '+1 day') FROM days WHERE day < :last),"
        " counted AS (SELECT day, (SELECT count(*) FROM articles WHERE"
        f" {condition} AND published_at >= day AND published_at < date(day, '+1 day')) AS articles"
        " FROM days) SELECT day, articles FROM counted WHERE articles > 0",
        {**values, "first": first.isoformat(), "last": last.isoformat()},
    )
    return dict(rows.fetchall())


def list_sections(db: Database, limit: int) -> list[str]:
    """Return the names of the sections in their order: one step in the index for each."""
    rows = db.execute(
        "WITH RECURSIVE found(name) AS ("
        " SELECT (SELECT min(section) FROM articles) UNION ALL"
        " SELECT (SELECT min(section) FROM articles WHERE section > name)"
        " FROM found WHERE name IS NOT NULL)"
        " SELECT name FROM found WHERE name IS NOT NULL LIMIT ?",
        [limit],
    )
    return [row[0] for row in rows.fetchall()]


def frequent_sections(db: Database, since: str, counted: int, limit: int) -> list[str]:
    """Return the sections of most of the articles that were found since a time.

    At most ``counted`` articles are looked at: a first run may have found a million.
    """
    rows = db.execute(
        "SELECT section FROM (SELECT section FROM articles WHERE first_seen_at >= ? LIMIT ?)"
        " WHERE section IS NOT NULL GROUP BY section ORDER BY count(*) DESC, section LIMIT ?",
        [since, counted, limit],
    )
    return [row[0] for row in rows.fetchall()]


def last_productive_run(db: Database) -> dict[str, Any] | None:
    """Return the latest run that found new articles, as a row of ``runs`` with ``arrived``."""
    sql = (
        'SELECT runs.*, (SELECT sum("new") FROM run_sources WHERE run = id) AS arrived FROM runs'
        ' WHERE EXISTS (SELECT 1 FROM run_sources WHERE run = id AND "new" > 0)'
        " ORDER BY id DESC LIMIT 1"
    )
    return next(iter(db.query(sql)), None)


def sources_with_new(db: Database, run: int, limit: int) -> list[dict[str, Any]]:
    """Return the sources with most new articles in a run: ``slug``, ``name`` and ``count``."""
    sql = (
        'SELECT slug, name, "new" AS count FROM run_sources JOIN sources ON slug = source'
        ' WHERE run = ? AND "new" > 0 ORDER BY "new" DESC, name LIMIT ?'
    )
    return list(db.query(sql, [run, limit]))


def newest_since(
    db: Database, source: str, since: str, sorted_at_most: int, limit: int
) -> list[dict[str, Any]]:
    """Return the newest articles of a source that were found since a time.

    At most ``sorted_at_most`` articles are looked at: a first run may have found a million.
    """
    sql = (
        "SELECT id, kind, title, section, published_at FROM articles WHERE id IN ("
        " SELECT id FROM (SELECT id, published_at FROM articles"
        "  WHERE source = ? AND first_seen_at >= ? LIMIT ?)"
        " ORDER BY published_at DESC LIMIT ?) ORDER BY published_at DESC"
    )
    return list(db.query(sql, [source, since, sorted_at_most, limit]))


def newest_rows(db: Database, source: str, limit: int) -> list[dict[str, Any]]:
    """Return the newest articles of a source as rows of ``articles``."""
    sql = "SELECT * FROM articles WHERE source = ? ORDER BY published_at DESC LIMIT ?"
    return list(db.query(sql, [source, limit]))


def adjacent_articles(
    db: Database, article: dict[str, Any]
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Return the articles of the source that were published next before and next after one."""
    place = [article["source"], article["published_at"], article["id"]]
    older, newer = (
        next(
            iter(
                db.query(
                    "SELECT id, title, published_at FROM articles WHERE source = ?"
                    f" AND (published_at, id) {sign} (?, ?)"
                    f" ORDER BY published_at {order}, id {order} LIMIT 1",
                    place,
                )
            ),
            None,
        )
        for sign, order in (("<", "DESC"), (">", "ASC"))
    )
    return older, newer


def same_articles(db: Database, article: dict[str, Any], limit: int) -> list[dict[str, Any]]:
    """Return the other articles with the same text, the earliest first."""
    sql = (
        "SELECT articles.id, title, published_at, slug, name FROM articles"
        " JOIN sources ON slug = source WHERE articles.id IN"
        " (SELECT :first UNION ALL SELECT id FROM articles WHERE same_as = :first)"
        " AND articles.id <> :id ORDER BY published_at LIMIT :limit"
    )
    first = article["same_as"] or article["id"]
    return list(db.query(sql, {"first": first, "id": article["id"], "limit": limit}))


def titles_since(db: Database, since: str) -> dict[str, list[str]]:
    """Return the titles of articles that are new, edited and removed since a time."""
    conditions = {
        "new": "first_seen_at >= :since",
        "edited": "changed_at >= :since AND first_seen_at < changed_at",
        "removed": "gone_at >= :since",
    }
    return {
        change: [
            row[0]
            for row in db.execute(
                f"SELECT title FROM articles WHERE {condition}", {"since": since}
            ).fetchall()
        ]
        for change, condition in conditions.items()
    }


def count_troubles(db: Database, limit: int) -> list[dict[str, Any]]:
    """Count the pages that could not be read by source, outcome and reason, the latest first."""
    sql = (
        "SELECT source, name, outcome, reason, count(*) AS count, max(settled_at) AS last"
        f" FROM pages JOIN sources ON slug = source WHERE outcome IN {TROUBLE}"
        " GROUP BY source, outcome, reason ORDER BY last DESC LIMIT ?"
    )
    return list(db.query(sql, [limit]))


def list_troubles(db: Database, source: str, limit: int) -> list[dict[str, Any]]:
    """Return the pages of a source that could not be read, the latest first."""
    sql = (
        "SELECT url, outcome, reason, http_status, settled_at FROM pages"
        f" WHERE source = ? AND outcome IN {TROUBLE} ORDER BY settled_at DESC LIMIT ?"
    )
    return list(db.query(sql, [source, limit]))


def count_pages_by(db: Database, source: str, column: Literal["kind", "outcome"]) -> dict[str, int]:
    """Count the pages of a source by what a column says; pages without a value are left out.

    So are guessed addresses that the site does not have.
    """
    rows = db.execute(
        f"SELECT {column}, count(*) FROM pages WHERE source = ? AND {column} NOTNULL"
        " AND reason IS NOT 'guessed' GROUP BY 1",
        [source],
    )
    return dict(rows.fetchall())


def read_lists(db: Database, source: str, kind: str) -> list[str]:
    """Return the URLs of a source's lists of a kind (listing, feed, sitemap) that were read."""
    rows = db.execute(
        "SELECT url FROM pages WHERE source = ? AND kind = ? AND outcome = 'listing' ORDER BY url",
        [source, kind],
    )
    return [row[0] for row in rows.fetchall()]


def _of_source(source: str | None) -> tuple[str, dict[str, str]]:
    """Return the condition that articles are of a source (None: of any), and its values."""
    return ("source = :source", {"source": source}) if source else ("1", {})
