"""When articles were gone, by the captures of web archives that show that their pages were."""

from __future__ import annotations

from sqlite_utils import Database

ABSENT = (
    "SELECT min(moment) FROM (SELECT captured_at AS moment FROM archived_captures AS missed"
    " WHERE missed.url_key = articles.page AND missed.source = articles.source"
    " AND missed.outcome = 'gone' UNION ALL SELECT settled_at FROM pages"
    " WHERE url_key = articles.page AND outcome IN ('gone', 'soft_404') AND missing > 1)"
    " WHERE moment > articles.last_seen_at"
)
"""When the page of an article was first absent after it had been seen for the last time."""

SET_GONE = (
    f"UPDATE articles SET gone_at = min(coalesce(gone_at, ({ABSENT})), ({ABSENT}))"
    f" WHERE ({ABSENT}) IS NOT NULL"
)


def set_gone(db: Database, url_key: str) -> None:
    """Store since when an article is gone, if captures of its page show that it is.

    The result does not depend on the order in which captures are settled. The caller holds the
    transaction.
    """
    db.execute(f"{SET_GONE} AND page = ?", [url_key])


def set_gone_in(db: Database, source: str) -> None:
    """Store since when the articles of a source are gone. The caller holds the transaction."""
    db.execute(
        f"{SET_GONE} AND page IN (SELECT url_key FROM archived_captures WHERE source = :source"
        " AND outcome = 'gone')",
        {"source": source},
    )
