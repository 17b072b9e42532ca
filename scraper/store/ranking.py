"""The articles that match best, themselves or in a file: by BM25, among the latest matches."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sqlite_utils import Database

from scraper.store import file_search
from scraper.store.narrowing import Narrowing
from scraper.store.search_terms import match_expression, match_terms

WEIGHTS = "8, 4, 1, 8, 4, 1"
"""Weights of title, lede and body, as spelled and folded."""

POOL = 20_000
"""How many of the latest matches are ranked. Ranking costs 2 µs a match."""

LARGE = 300_000
"""Articles beyond which a search is bounded more tightly."""

NARROWED_POOL = 4_000
"""How many are ranked in a large database if each match has to be compared with filters."""

SAMPLE = 10_000
"""Of how many of the latest articles is read whether a word tells articles apart."""

COMMON_WORDS, COMMON_PHRASES = SAMPLE // 2, SAMPLE // 50
"""Articles of a sample beyond which a word or a phrase does not tell large databases' articles
apart: BM25 gives a word in half of them no weight, but reads all its places first, which takes
100 ms in a million articles; for a phrase it joins the places of all its words."""

SPARE = 200
"""How many of the best matches are sorted by time, if their ranks are equal."""


def best_matches(
    db: Database, words: str, columns: str, narrowing: Narrowing, count: int
) -> tuple[list[int], int]:
    """Return the articles that match best themselves, and how many were ranked if others match.

    The latter is 0 if all were ranked. If no word tells articles apart, the latest are the best.
    """
    terms = match_terms(words, columns)
    telling = [term for term in terms if _is_telling(db, term, narrowing.latest)]
    match = match_expression(words, columns)
    if not telling:
        return _latest_matches(db, match, narrowing, max(count, SPARE))
    matching, values = narrowing.ranked(db, match)
    if len(telling) < len(terms):
        matching = (
            f"articles_fts MATCH ? AND +rowid IN (SELECT rowid FROM articles_fts WHERE {matching})"
        )
        values = [f"({') AND ('.join(telling)})", *values]
    is_compared = narrowing.few is None and not narrowing.is_open
    pool = NARROWED_POOL if is_compared and narrowing.latest > LARGE else POOL
    rows = db.execute(
        "WITH pool AS MATERIALIZED ("
        f"SELECT rowid AS article, bm25(articles_fts, {WEIGHTS}) AS score"
        f" FROM articles_fts WHERE {matching} ORDER BY rowid DESC LIMIT ?)"
        " SELECT best.*, (SELECT published_at FROM articles WHERE id = article),"
        " (SELECT count(*) FROM pool)"
        " FROM (SELECT * FROM pool ORDER BY score LIMIT ?) AS best",
        [*values, pool, max(count, SPARE)],
    ).fetchall()
    return _best_first(rows, pool)


def best_with_files(
    db: Database, match: str, narrowing: Narrowing, count: int
) -> tuple[list[int], int]:
    """Return the articles whose files match best, and how many were ranked if others match."""
    rows = file_search.rank_articles(db, match, narrowing.files(), max(count, SPARE))
    return _best_first(rows, file_search.POOL)


def _is_telling(db: Database, term: str, latest: int) -> bool:
    """Whether a term tells articles apart: always, if they are not many."""
    if latest <= LARGE:
        return True
    row = db.execute(
        "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH ? AND rowid > ?",
        [term, latest - SAMPLE],
    ).fetchone()
    return bool(row[0] <= (COMMON_PHRASES if " " in term.partition(" : ")[2] else COMMON_WORDS))


def _latest_matches(
    db: Database, match: str, narrowing: Narrowing, count: int
) -> tuple[list[int], int]:
    matching, values = narrowing.matches(db, match)
    rows = db.execute(
        "SELECT article, -1.0, (SELECT published_at FROM articles WHERE id = article),"
        " count(*) OVER () FROM (SELECT rowid AS article FROM articles_fts"
        f" WHERE {matching} ORDER BY rowid DESC LIMIT ?)",
        [*values, count],
    ).fetchall()
    return _best_first(rows, count)


def _best_first(
    rows: Sequence[tuple[int, float, str | None, int]], pool: int
) -> tuple[list[int], int]:
    """Return the articles, those of equal rank newest first, and the pool if it was full, else 0.

    A row has the article, its score, when it was published, and how many matches were ranked.
    """
    newest_first = sorted(rows, key=lambda row: row[2] or "", reverse=True)
    best_first = sorted(newest_first, key=lambda row: _step(row[1]))
    is_cut = any(row[3] == pool for row in rows)
    return [row[0] for row in best_first], pool if is_cut else 0


def _step(score: float) -> int:
    """The rank that a BM25 score (the lower the better) stands for; 10 % apart are equal."""
    return -round(10 * math.log(max(-score, 1e-12)))
