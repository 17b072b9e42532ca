"""Counting what a search finds, up to a bound."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from sqlite_utils import Database

from scraper.store import file_search
from scraper.store.narrowing import Narrowing, narrow
from scraper.store.search_filters import Filters
from scraper.store.search_terms import FILE_FOLDED, FOLDED, match_expression

STEPS_AT_ONCE = 10_000
MAX_STEPS = 750_000
"""Instructions of SQLite's machine that a count may take, about 75 ms: filters without an index of
their own look at each article."""

LOOKS = 5
"""By how much an instruction takes longer if each match is looked up."""

ENOUGH = 4_000
"""Articles that are known to match beyond which no more are counted if that compares each match."""


@dataclass(frozen=True, slots=True)
class MatchCount:
    """How many articles a search finds: so many, or more."""

    count: int
    has_more: bool


def count_matches(
    db: Database,
    words: str,
    filters: Filters,
    limit: int,
    *,
    narrowing: Narrowing | None = None,
    known: int = 0,
) -> MatchCount:
    """Count the articles that a search finds, up to a limit of articles and of work.

    ``narrowing`` is that of the filters, if the caller has it. ``known`` is how many are known to
    match and not to be all (`Found.bounded`), else 0.
    """
    if not words:
        condition, values = filters.condition()
        met = f"SELECT id FROM articles WHERE {condition}"
        return _bounded(*_read_ids(db, met, values, limit, MAX_STEPS), limit)
    narrowing = narrowing or narrow(db, filters)
    if known >= (limit if narrowing.is_open else min(limit, ENOUGH)):
        return MatchCount(min(known, limit), has_more=True)
    counted = _count(db, words, narrowing, limit)
    return MatchCount(max(counted.count, min(known, limit)), counted.has_more)


def _count(db: Database, words: str, narrowing: Narrowing, limit: int) -> MatchCount:
    match = match_expression(words, FOLDED)
    if not match:
        return MatchCount(0, has_more=False)
    matching, values = narrowing.matches(db, match)
    found = f"SELECT rowid FROM articles_fts WHERE {matching}"
    steps = MAX_STEPS
    if narrowing.is_broad:
        steps //= LOOKS
        found += " ORDER BY rowid DESC"
    ids, is_whole = _read_ids(db, found, values, limit, steps)
    if is_whole:
        in_files = match_expression(words, FILE_FOLDED)
        ids.update(file_search.articles_with(db, in_files, narrowing.files(), limit + 1))
    return _bounded(ids, is_whole, limit)


def _bounded(ids: set[int], is_whole: bool, limit: int) -> MatchCount:
    return MatchCount(min(len(ids), limit), has_more=not is_whole or len(ids) > limit)


def _read_ids(
    db: Database, found: str, values: Sequence[str], limit: int, steps: int
) -> tuple[set[int], bool]:
    """Return the ids that a query finds in so many steps, and whether these are all."""
    ids: set[int] = set()
    used = count(1)
    db.conn.set_progress_handler(
        lambda: next(used) * STEPS_AT_ONCE > steps,
        STEPS_AT_ONCE,
    )
    try:
        for (row_id,) in db.conn.cursor(sqlite3.Cursor).execute(found, values):
            if len(ids) > limit:
                return ids, False
            ids.add(row_id)
    except sqlite3.OperationalError as error:
        if str(error) != "interrupted":
            raise
        return ids, False
    finally:
        db.conn.set_progress_handler(None, 0)
    return ids, True
