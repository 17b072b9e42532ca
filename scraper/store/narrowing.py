"""The articles that meet the filters of a search, looked up once for all its queries.

How a query is narrowed depends on how many articles meet the filters: few are carried along, some
are read from their index into a set, and of a large part of all articles each match is looked up.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from scraper.store.file_search import EVERY_ARTICLE, TEXTS_OF_ARTICLES, Condition
from scraper.store.search_filters import Filters

FEW = 4_000
"""Articles up to which their ids are carried from query to query."""

BROAD = 100_000
"""Articles beyond which their set takes longer than the looks at all matches that are needed."""

READ = 200
"""Matches that are read from the index in the time in which it is asked about one article."""

FEW_MATCHES = 3_000
"""Matches that are looked up in the time in which the set of some articles is made."""

IN_LIST = "SELECT value FROM json_each(?)"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A condition on rows of ``articles``, and what is known of the articles that meet it.

    ``few`` are their ids, a list in JSON, if they are few, and ``count`` is how many these are.
    ``latest`` is the greatest id of all articles, ``highest`` that of those that meet a broad one.
    """

    condition: str
    values: list[str]
    latest: int
    few: str | None = None
    count: int = 0
    is_broad: bool = False
    highest: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether every article meets the condition."""
        return self.condition == EVERY_ARTICLE[0]

    def rows(self) -> Condition:
        """The condition on rows of ``articles``."""
        if self.few is not None:
            return f"articles.id IN ({IN_LIST})", [self.few]
        return self.condition, self.values

    def files(self) -> Condition:
        """The condition on rows of the files that match (`file_search`)."""
        if self.is_open:
            return EVERY_ARTICLE
        if self.few is not None:
            texts = f"{TEXTS_OF_ARTICLES} WHERE article_files.article IN ({IN_LIST})"
            own = f"+article_files.article IN ({IN_LIST})"
            return f"+file_texts_fts.rowid IN ({texts}) AND {own}", [self.few, self.few]
        met = f"SELECT 1 FROM articles WHERE id = article_files.article AND {self.condition}"
        return f"EXISTS ({met})", self.values

    def matches(self, db: Database, match: str) -> Condition:
        """The condition on rows of ``articles_fts``, for a query that needs no ranks."""
        if self.few is None or self.count * READ > self.latest:
            return self.ranked(db, match)
        return f"articles_fts MATCH ? AND rowid IN ({IN_LIST})", [match, self.few]

    def ranked(self, db: Database, match: str) -> Condition:
        """The condition on rows of ``articles_fts``, which are read in one pass for their ranks."""
        if self.is_open:
            return "articles_fts MATCH ?", [match]
        if self.few is not None:
            return f"articles_fts MATCH ? AND +rowid IN ({IN_LIST})", [match, self.few]
        if self.is_broad or (self.latest > BROAD and not has_more_matches(db, match, FEW_MATCHES)):
            met = f"SELECT 1 FROM articles WHERE id = articles_fts.rowid AND {self.condition}"
            below = "" if self.highest is None else f" AND rowid <= {self.highest}"
            return f"articles_fts MATCH ?{below} AND EXISTS ({met})", [match, *self.values]
        ids = f"SELECT id FROM articles WHERE {self.condition}"
        return f"articles_fts MATCH ? AND +rowid IN ({ids})", [match, *self.values]


def narrow(db: Database, filters: Filters) -> Narrowing:
    """Look up which articles meet filters, as far as that is worth it."""
    condition, values = filters.condition()
    latest = db.execute("SELECT max(id) FROM articles").fetchone()[0] or 0
    if condition == EVERY_ARTICLE[0]:
        return Narrowing(condition, values, latest)
    met = f"SELECT id FROM articles WHERE {condition} LIMIT ?"
    ids, count = db.execute(
        f"SELECT json_group_array(id), count(*) FROM ({met})", [*values, FEW + 1]
    ).fetchone()
    if count <= FEW:
        return Narrowing(condition, values, latest, ids, count)
    is_broad = latest > BROAD and _is_more(db, f"({met})", [*values, BROAD + 1], BROAD)
    highest = _highest(db, condition, values) if is_broad and filters.until else None
    return Narrowing(condition, values, latest, is_broad=is_broad, highest=highest)


def _highest(db: Database, condition: str, values: list[str]) -> int:
    """Return the greatest id, above which no match is looked up: the latest may all be too new."""
    found = db.execute(f"SELECT max(+id) FROM articles WHERE {condition}", values)
    return int(found.fetchone()[0] or 0)


def has_more_matches(db: Database, match: str, limit: int) -> bool:
    """Whether more articles than a limit match."""
    found = "(SELECT rowid FROM articles_fts WHERE articles_fts MATCH ? LIMIT ?)"
    return _is_more(db, found, [match, limit + 1], limit)


def _is_more(db: Database, rows: str, values: list[str | int], limit: int) -> bool:
    return bool(db.execute(f"SELECT count(*) FROM {rows}", values).fetchone()[0] > limit)
