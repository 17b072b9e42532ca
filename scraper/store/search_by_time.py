"""The newest articles that match themselves or in a file, without reading all that match."""

from __future__ import annotations

from sqlite_utils import Database

from scraper.store import file_search
from scraper.store.file_search import Condition

Own = str | list[int]
"""The articles that match themselves: their ids, or the expression if they are many."""


def newest_matches(
    db: Database, own: Own, in_files: str, condition: Condition, count: int, most: int
) -> list[int]:
    """Return the newest articles that meet a condition and match, themselves or in a file.

    ``in_files`` is the expression for the texts of files. If it is frequent, the newest articles
    are tried first; else, and if too few of them match, the articles of the latest ``most`` texts
    are put in order.
    """
    if file_search.is_frequent(db, in_files):
        found = _walk(db, own, in_files, condition, count)
        if len(found) == count:
            return found
    with_files = file_search.articles_with(db, in_files, condition, most)
    return _first_by_time(db, own, with_files, condition, count)


def _walk(db: Database, own: Own, in_files: str, condition: Condition, count: int) -> list[int]:
    """The matches among the newest articles that are tried."""
    meets, values = condition
    matches, matched = _matches_itself(own)
    oldest = db.execute(
        f"SELECT published_at FROM articles WHERE {meets} ORDER BY published_at DESC"
        " LIMIT 1 OFFSET ?",
        [*values, file_search.WALKED - 1],
    ).fetchone()
    since = oldest[0] if oldest and oldest[0] else ""
    rows = db.execute(
        f"SELECT id FROM articles WHERE {meets} AND published_at >= ?"
        f" AND ({matches} OR {file_search.HAS_TEXT}) ORDER BY published_at DESC LIMIT ?",
        [*values, since, matched, in_files, count],
    )
    return [row[0] for row in rows.fetchall()]


def _first_by_time(
    db: Database, own: Own, with_files: list[int], condition: Condition, count: int
) -> list[int]:
    """The newest of the articles that match themselves, or are among ``with_files``."""
    meets, values = condition
    if isinstance(own, list):
        meets, matched = _matches_itself(own + with_files)
        values = [matched]
    else:
        matches, matched = _matches_itself(own)
        meets += f" AND ({matches} OR articles.id IN (SELECT value FROM json_each(?)))"
        values = [*values, matched, str(with_files)]
    rows = db.execute(
        f"SELECT id FROM articles WHERE {meets} ORDER BY published_at DESC LIMIT ?",
        [*values, count],
    )
    return [row[0] for row in rows]


def _matches_itself(own: Own) -> tuple[str, str]:
    """The condition on a row of ``articles`` that it matches itself, and its value."""
    if isinstance(own, list):
        return "articles.id IN (SELECT value FROM json_each(?))", str(own)
    return "(SELECT 1 FROM articles_fts WHERE articles_fts MATCH ? AND rowid = articles.id)", own
