"""The newest articles that match themselves or in a file, without reading all that match."""

from __future__ import annotations

from sqlite_utils import Database

from scraper.store import file_search
from scraper.store.narrowing import Narrowing, has_more_matches

Own = str | list[int]
"""The articles that match themselves: their ids, or the expression if they are many."""

WALKED = 500
"""How many of the newest articles are tried first if many match."""

DENSE = 20
"""Many match if they are one in so many."""


def newest_matches(
    db: Database, match: str, in_files: str, narrowing: Narrowing, count: int, most: int
) -> list[int]:
    """Return the newest articles that meet a condition and match, themselves or in a file.

    ``in_files`` is the expression for the texts of files. Of frequent words, the newest articles
    are tried first; else, and if too few of them match, the articles that match, and those of the
    latest ``most`` texts, are put in order: if they match themselves and are more than ``most``,
    by trying articles from the newest on.
    """
    is_some = narrowing.few is None and not narrowing.is_open
    if is_some and has_more_matches(db, match, narrowing.latest // DENSE):
        found = _walk(db, match, in_files, narrowing, count, WALKED)
        if len(found) == count:
            return found
    matching, values = narrowing.matches(db, match)
    few = db.execute(
        f"SELECT rowid FROM articles_fts WHERE {matching} LIMIT ?", [*values, most]
    ).fetchall()
    own = match if len(few) == most else [row[0] for row in few]
    if narrowing.few is None and file_search.is_frequent(db, in_files):
        found = _walk(db, own, in_files, narrowing, count, file_search.WALKED)
        if len(found) == count:
            return found
    with_files = file_search.articles_with(db, in_files, narrowing.files(), most)
    return _first_by_time(db, own, with_files, narrowing, count)


def _walk(
    db: Database, own: Own, in_files: str, narrowing: Narrowing, count: int, walked: int
) -> list[int]:
    """The matches among so many of the newest articles."""
    meets, values = narrowing.rows()
    matches, matched = _matches_itself(own)
    oldest = db.execute(
        f"SELECT published_at FROM articles WHERE {meets} ORDER BY published_at DESC"
        " LIMIT 1 OFFSET ?",
        [*values, walked - 1],
    ).fetchone()
    since = oldest[0] if oldest and oldest[0] else ""
    rows = db.execute(
        f"SELECT id FROM articles WHERE {meets} AND published_at >= ?"
        f" AND ({matches} OR {file_search.HAS_TEXT}) ORDER BY published_at DESC LIMIT ?",
        [*values, since, matched, in_files, count],
    )
    return [row[0] for row in rows.fetchall()]


def _first_by_time(
    db: Database, own: Own, with_files: list[int], narrowing: Narrowing, count: int
) -> list[int]:
    """The newest of the articles that match themselves, or are among ``with_files``."""
    meets, values = narrowing.rows()
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
