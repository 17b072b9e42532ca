"""Full-text search: with or without accents, phrases in quotes, best or newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from sqlite_utils import Database

from scraper.store import file_search
from scraper.store.changes import MARKS, named_marks
from scraper.store.narrowing import Narrowing, narrow
from scraper.store.ranking import POOL, best_matches, best_with_files
from scraper.store.search_by_time import newest_matches
from scraper.store.search_filters import EVERYTHING, Filters
from scraper.store.search_terms import (
    EXACT,
    FILE_EXACT,
    FILE_FOLDED,
    FOLDED,
    match_expression,
)

SORTED = 10_000
"""How many matches are put in order of time by sorting: it looks each of them up."""

SNIPPET_WORDS = 24


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
    narrowing: Narrowing | None = None,
) -> Found:
    """The articles that hold all words, and all phrases in quotes, in any text or spelling.

    Articles that hold them themselves come before those of which only a file does. Within each,
    words as they are spelled come before those with other accents or ``đ``, and articles of equal
    rank come newest first. ``newest_first``: by time alone. ``marks`` are set around the words in
    snippets. ``narrowing`` is that of the filters, if the caller has it.
    """
    narrowing = narrowing or narrow(db, filters)
    end = offset + limit
    matches: dict[int, str] = {}
    bounded = 0
    for columns in (FOLDED,) if newest_first else (EXACT, FOLDED, FILE_EXACT, FILE_FOLDED):
        match = match_expression(words, columns)
        if match and len(matches) < end:
            count = end + len(matches)
            if newest_first:
                ordered, cut = _newest(db, match, words, narrowing, count), 0
            elif columns in (FILE_EXACT, FILE_FOLDED):
                ordered, cut = best_with_files(db, match, narrowing, count)
            else:
                ordered, cut = best_matches(db, words, columns, narrowing, count)
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
    narrowing = narrow(db, filters)
    found: dict[int, None] = {}
    for columns in (FOLDED,) if newest_first else (EXACT, FOLDED):
        if match_expression(words, columns):
            found |= dict.fromkeys(_every(db, words, columns, narrowing, newest_first))
    for columns in () if newest_first else (FILE_EXACT, FILE_FOLDED):
        if match := match_expression(words, columns):
            found |= dict.fromkeys(_every_with_files(db, match, narrowing))
    return list(found)


def _newest(db: Database, match: str, words: str, narrowing: Narrowing, count: int) -> list[int]:
    """The newest articles that match themselves or in a file."""
    in_files = match_expression(words, FILE_FOLDED)
    return newest_matches(db, match, in_files, narrowing, count, SORTED)


def _every(
    db: Database, words: str, columns: str, narrowing: Narrowing, newest_first: bool
) -> list[int]:
    """All articles that match in their order; newest first, those of which a file does, too."""
    matching, values = narrowing.ranked(db, match_expression(words, columns))
    if newest_first:
        in_files = file_search.articles_with(
            db, match_expression(words, FILE_FOLDED), narrowing.files()
        )
        found = f"SELECT rowid FROM articles_fts WHERE {matching}"
        found += " UNION SELECT value FROM json_each(?)"
        rows = f"FROM articles WHERE id IN ({found}) ORDER BY published_at DESC"
        return _ids(db, rows, [*values, str(in_files)])
    best, cut = best_matches(db, words, columns, narrowing, POOL + db["articles"].count)
    others = f"FROM articles_fts WHERE {matching} ORDER BY rowid DESC"
    return [*best, *(_ids(db, others, values, "rowid") if cut else ())]


def _every_with_files(db: Database, match: str, narrowing: Narrowing) -> list[int]:
    """All articles with a file that matches, in their order."""
    ranked, cut = best_with_files(db, match, narrowing, file_search.POOL)
    others = file_search.articles_with(db, match, narrowing.files()) if cut else ()
    return [*ranked, *others]


def _ids(db: Database, rows: str, values: Sequence[str], column: str = "id") -> list[int]:
    return [row[0] for row in db.execute(f"SELECT {column} {rows}", values).fetchall()]


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
