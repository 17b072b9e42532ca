"""Full-text search: with or without accents, phrases in quotes, best or newest first."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import asdict, dataclass

from sqlite_utils import Database

from pipelines.text import fold
from scraper.store.fulltext import tone_style

EXACT = "{title lede body}"
FOLDED = "{title_folded lede_folded body_folded}"

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

MAX_TERMS = 32
SNIPPET_WORDS = 24
QUOTES = str.maketrans("“”„«»", '"""""')

TERM = re.compile(r'"([^"]*)"|([^\s"]+)')


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
    """What articles have to meet. ``since`` and ``until`` are ISO 8601 days, both included."""

    source: str | None = None
    province: str | None = None
    district: str | None = None
    section: str | None = None
    author: str | None = None
    kind: str | None = None
    since: str | None = None
    until: str | None = None

    def condition(self) -> tuple[str, list[str]]:
        """The SQL condition on a row of ``articles``, and its values."""
        given = {name: value for name, value in asdict(self).items() if value is not None}
        return " AND ".join(CONDITIONS[name] for name in given) or "1", list(given.values())


EVERYTHING = Filters()


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found; ``snippet`` is its text around the words, on one line."""

    id: int
    url: str | None
    title: str | None
    source: str
    published_at: str | None
    snippet: str
    kind: str


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

    Articles with the words as they are spelled come before those with other accents or ``đ``;
    within each, those of equal rank come newest first. ``newest_first``: by time alone.
    ``marks`` are set around the words in snippets.
    """
    end = offset + limit
    matches: dict[int, str] = {}
    bounded = 0
    for columns in (FOLDED,) if newest_first else (EXACT, FOLDED):
        match = match_expression(words, columns)
        if match and len(matches) < end:
            ordered, cut = _order(db, match, filters, newest_first, end + len(matches))
            for article in ordered:
                matches.setdefault(article, match)
            bounded = max(bounded, cut)
    shown = list(matches.items())[offset:end]
    return Found([_hit(db, article, match, marks) for article, match in shown], bounded)


def newest(
    db: Database, filters: Filters = EVERYTHING, *, limit: int = 20, offset: int = 0
) -> list[Hit]:
    """The articles that meet the filters, newest first; each with its lede as the snippet."""
    condition, values = filters.condition()
    rows = db.execute(
        "SELECT id, url, title, source, published_at, coalesce(lede, substr(body, 1, 300)), kind"
        f" FROM articles WHERE {condition} ORDER BY published_at DESC LIMIT ? OFFSET ?",
        [*values, limit, offset],
    )
    return [
        Hit(article, url, title, source, published_at, " ".join(start.split()), kind)
        for article, url, title, source, published_at, start, kind in rows
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
            found |= dict.fromkeys(_every(db, match, filters, newest_first))
    return list(found)


def note_matches(db: Database, words: str) -> str:
    """Put the ids of all matches into a temporary table: there may be more than memory holds.

    Returns the table's name; its column is ``id``.
    """
    db.execute("DROP TABLE IF EXISTS temp.found")
    db.execute("CREATE TEMP TABLE found (id INTEGER PRIMARY KEY)")
    if match := match_expression(words, FOLDED):
        db.execute(
            "INSERT INTO temp.found SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?",
            [match],
        )
    return "temp.found"


def match_expression(words: str, columns: str) -> str:
    """The FTS5 expression for all words in some of EXACT or FOLDED; '' if there is no word."""
    form = fold if columns == FOLDED else tone_style
    terms = " AND ".join(_quoted(form(term)) for term in read_terms(words))
    return f"{columns} : ({terms})" if terms else ""


def read_terms(words: str) -> list[str]:
    """The words and quoted phrases of a query, NFC; what has no letter or digit is left out.

    Whatever else the full-text engine would take for syntax is a word like any other.
    """
    text = unicodedata.normalize("NFC", words.encode(errors="ignore").decode())
    found = TERM.findall(text.translate(QUOTES).replace("\0", " "))
    terms = [phrase or word for phrase, word in found]
    return [term for term in terms if any(char.isalnum() for char in term)][:MAX_TERMS]


def _order(
    db: Database, match: str, filters: Filters, newest_first: bool, count: int
) -> tuple[list[int], int]:
    """Return the first matches in their order, and how many were ranked, 0 if all were."""
    if newest_first:
        return _newest(db, match, filters, count), 0
    return _rank(db, match, filters, count)


def _matching(match: str, filters: Filters) -> tuple[str, list[str]]:
    """The SQL condition on a row of the index, and its values."""
    if filters == EVERYTHING:
        return "articles_fts MATCH ?", [match]
    condition, values = filters.condition()
    ids = f"SELECT id FROM articles WHERE {condition}"
    return f"articles_fts MATCH ? AND +rowid IN ({ids})", [match, *values]


def _newest(db: Database, match: str, filters: Filters, count: int) -> list[int]:
    """The newest matches: few are sorted; among many, articles are tried from the newest on."""
    matching, matched = _matching(match, filters)
    few = db.execute(
        f"SELECT rowid FROM articles_fts WHERE {matching} LIMIT ?", [*matched, SORTED]
    ).fetchall()
    if len(few) < SORTED:
        condition, values = "id IN (SELECT value FROM json_each(?))", [str([row[0] for row in few])]
    else:
        condition, values = filters.condition()
        condition += " AND (SELECT 1 FROM articles_fts WHERE articles_fts MATCH ? AND rowid = id)"
        values = [*values, match]
    rows = db.execute(
        f"SELECT id FROM articles WHERE {condition} ORDER BY published_at DESC LIMIT ?",
        [*values, count],
    )
    return [row[0] for row in rows]


def _every(db: Database, match: str, filters: Filters, newest_first: bool) -> list[int]:
    """All matches in their order."""
    matching, values = _matching(match, filters)
    if newest_first:
        found = f"SELECT rowid FROM articles_fts WHERE {matching}"
        return _ids(db, f"FROM articles WHERE id IN ({found}) ORDER BY published_at DESC", values)
    ranked, cut = _rank(db, match, filters, POOL + db["articles"].count)
    others = f"FROM articles_fts WHERE {matching} ORDER BY rowid DESC"
    return [*ranked, *(_ids(db, others, values, "rowid") if cut else ())]


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
    newest_first = sorted(rows, key=lambda row: row[2] or "", reverse=True)
    best_first = sorted(newest_first, key=lambda row: _step(row[1]))
    is_cut = any(row[3] == pool for row in rows)
    return [row[0] for row in best_first], pool if is_cut else 0


def _step(score: float) -> int:
    """The rank that a BM25 score (the lower the better) stands for; 10 % apart are equal."""
    return -round(10 * math.log(max(-score, 1e-12)))


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'


def _hit(db: Database, article: int, match: str, marks: tuple[str, str]) -> Hit:
    row = db.execute(
        "SELECT url, articles.title, source, published_at,"
        f" snippet(articles_fts, -1, ?, ?, '…', {SNIPPET_WORDS}), kind"
        " FROM articles_fts JOIN articles ON id = articles_fts.rowid"
        " WHERE articles_fts MATCH ? AND articles_fts.rowid = ?",
        [*marks, match, article],
    ).fetchone()
    url, title, source, published_at, snippet, kind = row
    return Hit(article, url, title, source, published_at, " ".join(snippet.split()), kind)
