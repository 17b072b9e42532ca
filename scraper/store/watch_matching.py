"""Matches watches against articles that changed: one query of each index for a watch.

A word with accents is matched as it is spelled, since there is no rank that would put other
spellings last; a word without accents matches every spelling.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from pipelines.text import fold
from scraper.base.watch import Watch
from scraper.store.fulltext import tone_style
from scraper.store.search_terms import EXACT, FILE_EXACT, FILE_FOLDED, FOLDED, read_terms

UNITS = ("thanh pho", "thi xa", "thi tran", "phuong", "huyen", "quan", "tinh", "xa")
"""Words for units that may come before the name of a place, folded; the longer ones first."""

ROWS_PER_LOOKUP = 1_000
"""Looking one row up in the index costs as much as reading a span of so many. Measured: 0.17 ms."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Articles that may match: their ids, sources and latest changes, and the texts of files.

    ``texts`` has the articles of each text (an id of ``file_texts``).
    """

    sources: dict[int, str]
    changed_at: dict[int, str]
    texts: dict[int, set[int]]


def read_changed(db: Database, articles: Iterable[int]) -> Changed:
    """Return what watches need to know of articles. A file that came later is a later change."""
    ids = json.dumps(sorted(articles))
    sources: dict[int, str] = {}
    changed: dict[int, str] = {}
    texts: defaultdict[int, set[int]] = defaultdict(set)
    for article, source, changed_at in db.execute(
        "SELECT id, source, changed_at FROM articles WHERE id IN (SELECT value FROM json_each(?))",
        [ids],
    ).fetchall():
        sources[article], changed[article] = source, changed_at
    for text, article, fetched_at in db.execute(
        "SELECT file_texts.id, article_files.article, files.fetched_at FROM article_files"
        " CROSS JOIN files ON files.url_key = 'file:' || article_files.url"
        " CROSS JOIN file_texts ON file_texts.digest = files.digest"
        " WHERE article_files.article IN (SELECT value FROM json_each(?))",
        [ids],
    ).fetchall():
        texts[text].add(article)
        changed[article] = max(changed[article], fetched_at or "")
    return Changed(sources, changed, dict(texts))


class Matcher:
    """Finds the articles of a watch among those that changed."""

    def __init__(self, db: Database, changed: Changed) -> None:
        self.db = db
        self.changed = changed
        self._articles = sorted(changed.sources)
        self._texts = sorted(changed.texts)
        self._places: dict[tuple[str, ...], set[int]] = {}
        self._sources = db.execute("SELECT slug, name, province, district FROM sources").fetchall()

    def find(self, watch: Watch, begins_at: str = "") -> list[int]:
        """Return the articles that a watch matches and that changed since a time, by id."""
        found = {
            article
            for article, source in self.changed.sources.items()
            if self.changed.changed_at[article] >= begins_at
            and (not watch.sources or source in watch.sources)
        }
        if watch.places and found:
            found &= self._in_places(watch.places)
        terms = read_terms(watch.words)
        if terms and found:
            found &= self._with(terms, " AND ")
        return sorted(found)

    def _in_places(self, places: tuple[str, ...]) -> set[int]:
        """Return the articles whose source is of one of the places, or that name one."""
        if places not in self._places:
            slugs = {slug for slug, *names in self._sources if _is_of(names, places)}
            here = {article for article, slug in self.changed.sources.items() if slug in slugs}
            self._places[places] = here | self._with(places, " OR ")
        return self._places[places]

    def _with(self, terms: Sequence[str], operator: str) -> set[int]:
        """Return the articles that have the terms in their text, or in that of one file."""
        articles = expression(terms, EXACT, FOLDED, operator)
        found = set(_lookup(self.db, "articles_fts", articles, self._articles))
        if self._texts:
            files = expression(terms, FILE_EXACT, FILE_FOLDED, operator)
            for text in _lookup(self.db, "file_texts_fts", files, self._texts):
                found |= self.changed.texts[text]
        return found


def expression(terms: Sequence[str], exact: str, folded: str, operator: str) -> str:
    """Return the FTS5 expression for terms: those with accents in the columns as spelled."""
    parts = []
    for term in terms:
        spelled, plain = tone_style(term), fold(term)
        columns, form = (folded, plain) if spelled == plain else (exact, spelled)
        quoted = form.replace('"', '""')
        parts.append(f'{columns} : "{quoted}"')
    return operator.join(parts)


def _lookup(db: Database, index: str, match: str, ids: Sequence[int]) -> list[int]:
    """Return which of the rows of an index match, without reading the whole index.

    Most changed articles are new ones at the end of the index: that span is read. Those before it
    are looked up one by one if that costs less than a longer span.
    """
    start = max(len(ids) - 1, 0)
    while start and ids[start] - ids[start - 1] < ROWS_PER_LOOKUP:
        start -= 1
    if start * ROWS_PER_LOOKUP > ids[start] - ids[0]:
        start = 0
    span, single = ids[start:], ids[:start]
    rows = db.execute(
        f"SELECT rowid FROM {index} WHERE {index} MATCH :match"
        " AND rowid BETWEEN :first AND :last AND +rowid IN (SELECT value FROM json_each(:span))"
        f" UNION ALL SELECT {index}.rowid FROM json_each(:single) AS one"
        f" CROSS JOIN {index} WHERE {index} MATCH :match AND {index}.rowid = one.value",
        {
            "match": match,
            "first": span[0] if span else 0,
            "last": span[-1] if span else -1,
            "span": json.dumps(span),
            "single": json.dumps(single),
        },
    )
    return [row[0] for row in rows.fetchall()]


def _is_of(names: Sequence[str | None], places: Iterable[str]) -> bool:
    """Whether the name, province or district of a source is that of one of the places."""
    title, *areas = (" ".join(fold(name or "").split()) for name in names)
    for place in map(_bare, places):
        if place in map(_bare, filter(None, areas)) or f" {place} " in f" {title} ":
            return True
    return False


def _bare(place: str) -> str:
    """Return the name of a place, folded, without the word for its unit."""
    name = " ".join(fold(place).split())
    for unit in UNITS:
        if name.startswith(f"{unit} ") and not name.removeprefix(f"{unit} ").isdecimal():
            return name.removeprefix(f"{unit} ")
    return name
