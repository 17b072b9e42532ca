"""Counting what a search finds, up to a bound."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from sqlite_utils import Database

from scraper.store import file_search
from scraper.store.search import EVERYTHING, Filters
from scraper.store.search_terms import FILE_FOLDED, FOLDED, match_expression

STEPS_AT_ONCE = 10_000
MAX_STEPS = 1_500_000
"""Instructions of SQLite's machine that a count may take, about 150 ms: filters without an index of
their own look at each article."""


@dataclass(frozen=True, slots=True)
class MatchCount:
    """How many articles a search finds: so many, or more."""

    count: int
    has_more: bool


def count_matches(db: Database, words: str, filters: Filters, limit: int) -> MatchCount:
    """Count the articles that a search finds, up to a limit of articles and of work."""
    condition, values = filters.condition()
    if not words:
        return _count(db, f"SELECT id FROM articles WHERE {condition}", values, limit)
    match = match_expression(words, FOLDED)
    if not match:
        return MatchCount(0, has_more=False)
    in_files = file_search.articles_with(
        db, match_expression(words, FILE_FOLDED), (condition, values), limit + 1
    )
    narrowed = f" AND +rowid IN (SELECT id FROM articles WHERE {condition})"
    found = (
        "SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?"
        f"{'' if filters == EVERYTHING else narrowed}"
    )
    return _count(db, found, [match, *values], limit, in_files)


def _count(
    db: Database, found: str, values: Sequence[str], limit: int, others: Sequence[int] = ()
) -> MatchCount:
    """Count the ids that a query finds, and others that it does not."""
    ids = set(others)
    used = count(1)
    db.conn.set_progress_handler(
        lambda: next(used) * STEPS_AT_ONCE > MAX_STEPS,
        STEPS_AT_ONCE,
    )
    try:
        for (row_id,) in db.execute(found, values):
            if len(ids) > limit:
                break
            ids.add(row_id)
    except sqlite3.OperationalError as error:
        if str(error) != "interrupted":
            raise
        return MatchCount(min(len(ids), limit), has_more=True)
    finally:
        db.conn.set_progress_handler(None, 0)
    return MatchCount(min(len(ids), limit), has_more=len(ids) > limit)
