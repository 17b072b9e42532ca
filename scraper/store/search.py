"""Full-text search: with or without accents, phrases in quotes, best or newest first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from sqlite_utils import Database

from scraper.store import file_search
from scraper.store.changes import MARKS, Change, named_marks
from scraper.store.search_by_time import newest_matches
from scraper.store.search_terms import (
    EXACT,
    FILE_EXACT,
    FILE_FOLDED,
    FOLDED,
    match_expression,
)

WEIGHTS = "8, 4, 1, 8, 4, 1"
"""Weights of title, lede and body, as spelled and folded."""

POOL = 20_000
POOL_SHARE = 0.05
"""How many of the latest matches are ranked: so many at least, and of large collections so great a
share. Ranking costs 1 µs a match, so a word that is in a million articles would take a second."""

SORTED = 10_000
"""How many matches are put in order of time by sorting: it looks each of them up."""

SPARE = 200
"""How many of the best matches are sorted by time, if their ranks are equal."""

SNIPPET_WORDS = 24


CONDITIONS = {
    "source": "source = ?",
    "province": "source IN (SELECT slug FROM sources WHERE province = ?)",
    "district": "source IN (SELECT slug FROM sources WHERE district = ?)",
    "section": "section = ?",
    "author": "author = ?",
    "kind": "kind = ?",
    "since": "published_at >= ?",
    "until": "published_at < date(?, '+1 day')",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What articles have to meet. ``since`` and ``until`` are ISO 8601 days, both included.

    ``change`` is a mark of an article: edited, removed, republished.
    """

    source: str | None = None
    province: str | None = None
    district: str | None = None
    section: str | None = None
    author: str | None = None
    kind: str | None = None
    since: str | None = None
    until: str | None = None
    change: str | None = None

    def condition(self) -> tuple[str, list[str]]:
        """The SQL condition on a row of ``articles``, and its values."""
        given = {name: value for name, value in asdict(self).items() if value is not None}
        change = given.pop("change", None)
        conditions = [CONDITIONS[name] for name in given]
        conditions += [Change(change).condition] if change else []
        return " AND ".join(conditions) or "1", list(given.values())


EVERYTHING = Filters()


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found; ``snippet`` is its text around the words, on one line.

    If only a file of the article has the words, the snippet is from the file: ``attachment`` is its
    name, ``digest`` that of its body, and ``page`` where the words are, from 1 on. ``marks`` say
    whether it was edited, removed or republished.
    """

    id: int
    url: str | None
    title: str | None
    source: str
    published_at: str | None
    snippet: str
    kind: str
    marks: tuple[str, ...] = ()
    attachment: str | None = None
    digest: str | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The hits, best first.

    ``bounded`` is how many of the latest matches were ranked if there were more, else 0.
    """

    hits: list[Hit]
    bounded: int = 0


def search(
    db: Database,
    words: str,
    filters: Filters = EVERYTHING,
    *,
    newest_first: bool = False,
    limit: int = 20,
    offset: int = 0,
    marks: tuple[str, str] = ("", ""),
) -> Found:
    """The articles that hold all words, and all phrases in quotes, in any text or spelling.

    Articles that hold them themselves come before those of which only a file does. Within each,
    words as they are spelled come before those with other accents or ``đ``, and articles of equal
    rank come newest first. ``newest_first``: by time alone. ``marks`` are set around the words in
    snippets.
    """
    end = offset + limit
    matches: dict[int, str] = {}
    bounded = 0
    for columns in (FOLDED,) if newest_first else (EXACT, FOLDED, FILE_EXACT, FILE_FOLDED):
        match = match_expression(words, columns)
        if match and len(matches) < end:
            count = end + len(matches)
            if newest_first:
                ordered, cut = _newest(db, match, words, filters, count), 0
            elif columns in (FILE_EXACT, FILE_FOLDED):
                ordered, cut = _rank_files(db, match, filters, count)
            else:
                ordered, cut = _rank(db, match, filters, count)
            for article in ordered:
                matches.setdefault(article, match)
            bounded = max(bounded, cut)
    shown = list(matches)[offset:end]
    return Found([_hit(db, article, matches[article], words, marks) for article in shown], bounded)


def newest(
    db: Database, filters: Filters = EVERYTHING, *, limit: int = 20, offset: int = 0
) -> list[Hit]:
    """The articles that meet the filters, newest first; each with its lede as the snippet."""
    condition, values = filters.condition()
    rows = db.execute(
        "SELECT id, url, title, source, published_at, coalesce(lede, substr(body, 1, 300)), kind,"
        f" {MARKS} FROM articles WHERE {condition} ORDER BY published_at DESC LIMIT ? OFFSET ?",
        [*values, limit, offset],
    )
    return [
        Hit(
            article,
            url,
            title,
            source,
            published_at,
            " ".join(start.split()),
            kind,
            named_marks(has),
        )
        for article, url, title, source, published_at, start, kind, *has in rows
    ]


def every_match(
    db: Database, words: str, filters: Filters = EVERYTHING, *, newest_first: bool = False
) -> list[int]:
    """The ids of all articles that a search finds, in its order; without words newest first.

    Of more matches than are ranked, the others follow those that are, the latest stored first.
    """
    if not words:
        condition, values = filters.condition()
        return _ids(db, f"FROM articles WHERE {condition} ORDER BY published_at DESC", values)
    found: dict[int, None] = {}
    for columns in (FOLDED,) if newest_first else (EXACT, FOLDED):
        if match := match_expression(words, columns):
            found |= dict.fromkeys(_every(db, match, words, filters, newest_first))
    for columns in () if newest_first else (FILE_EXACT, FILE_FOLDED):
        if match := match_expression(words, columns):
            found |= dict.fromkeys(_every_with_files(db, match, filters))
    return list(found)


def _matching(match: str, filters: Filters) -> tuple[str, list[str]]:
    """The SQL condition on a row of the index, and its values."""
    if filters == EVERYTHING:
        return "articles_fts MATCH ?", [match]
    condition, values = filters.condition()
    ids = f"SELECT id FROM articles WHERE {condition}"
    return f"articles_fts MATCH ? AND +rowid IN ({ids})", [match, *values]


def _newest(db: Database, match: str, words: str, filters: Filters, count: int) -> list[int]:
    """The newest matches: few are sorted; among many, articles are tried from the newest on."""
    matching, matched = _matching(match, filters)
    few = db.execute(
        f"SELECT rowid FROM articles_fts WHERE {matching} LIMIT ?", [*matched, SORTED]
    ).fetchall()
    own = match if len(few) == SORTED else [row[0] for row in few]
    in_files = match_expression(words, FILE_FOLDED)
    return newest_matches(db, own, in_files, filters.condition(), count, SORTED)


def _every(db: Database, match: str, words: str, filters: Filters, newest_first: bool) -> list[int]:
    """All articles that match in their order; newest first, those of which a file does, too."""
    matching, values = _matching(match, filters)
    if newest_first:
        in_files = file_search.articles_with(
            db, match_expression(words, FILE_FOLDED), filters.condition()
        )
        found = f"SELECT rowid FROM articles_fts WHERE {matching}"
        found += " UNION SELECT value FROM json_each(?)"
        rows = f"FROM articles WHERE id IN ({found}) ORDER BY published_at DESC"
        return _ids(db, rows, [*values, str(in_files)])
    ranked, cut = _rank(db, match, filters, POOL + db["articles"].count)
    others = f"FROM articles_fts WHERE {matching} ORDER BY rowid DESC"
    return [*ranked, *(_ids(db, others, values, "rowid") if cut else ())]


def _every_with_files(db: Database, match: str, filters: Filters) -> list[int]:
    """All articles with a file that matches, in their order."""
    ranked, cut = _rank_files(db, match, filters, file_search.POOL)
    others = file_search.articles_with(db, match, filters.condition()) if cut else ()
    return [*ranked, *others]


def _ids(db: Database, rows: str, values: list[str], column: str = "id") -> list[int]:
    return [row[0] for row in db.execute(f"SELECT {column} {rows}", values).fetchall()]


def _rank(db: Database, match: str, filters: Filters, count: int) -> tuple[list[int], int]:
    latest = db.execute("SELECT max(id) FROM articles").fetchone()[0] or 0
    pool = max(POOL, int(POOL_SHARE * latest))
    matching, values = _matching(match, filters)
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


def _rank_files(db: Database, match: str, filters: Filters, count: int) -> tuple[list[int], int]:
    condition = filters.condition()
    rows = file_search.rank_articles(db, match, condition, max(count, SPARE))
    return _best_first(rows, file_search.POOL)


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


def _hit(db: Database, article: int, match: str, words: str, marks: tuple[str, str]) -> Hit:
    """Return an article that was found; ``match`` is the expression by which it was."""
    url, title, source, published_at, kind, *has = db.execute(
        f"SELECT url, title, source, published_at, kind, {MARKS} FROM articles WHERE id = ?",
        [article],
    ).fetchone()
    hit = Hit(article, url, title, source, published_at, "", kind, named_marks(has))
    if not match.startswith((FILE_EXACT, FILE_FOLDED)):
        row = db.execute(
            f"SELECT snippet(articles_fts, -1, ?, ?, '…', {SNIPPET_WORDS}) FROM articles_fts"
            " WHERE articles_fts MATCH ? AND rowid = ?",
            [*marks, match, article],
        ).fetchone()
        if row is not None:
            return replace(hit, snippet=" ".join(row[0].split()))
    place = file_search.find_place(db, words, article, marks)
    return replace(hit, **asdict(place)) if place else hit
