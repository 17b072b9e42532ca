"""Full-text search: with or without accents, phrases in quotes, best first."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass

from sqlite_utils import Database

from pipelines.text import fold
from scraper.store.fulltext import tone_style

EXACT = "{title lede body}"
FOLDED = "{title_folded lede_folded body_folded}"

WEIGHTS = "8, 4, 1, 8, 4, 1"
"""A word in the title tells more of an article than one in the lede, and that more than one in
the body."""

POOL = 50_000
"""How many of the latest matches are ranked. Ranking costs about 1 µs a match, so a word that is
in a million articles would take a second."""

SPARE = 200
"""How many of the best are put in order of time, where their ranks are alike."""

MAX_TERMS = 32
SNIPPET_WORDS = 24
QUOTES = str.maketrans("“”„«»", '"""""')

TERM = re.compile(r'"([^"]*)"|([^\s"]+)')


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found; ``snippet`` is its text around the words, on one line."""

    id: int
    url: str | None
    title: str | None
    source: str
    published_at: str | None
    snippet: str


@dataclass(frozen=True, slots=True)
class Found:
    """The hits, best first. ``bounded``: there were so many that only the latest were ranked."""

    hits: list[Hit]
    bounded: bool = False


def search(
    db: Database,
    words: str,
    *,
    source: str | None = None,
    since: str | None = None,
    limit: int = 20,
) -> Found:
    """The articles that hold all words, and all phrases in quotes, in any text or spelling.

    Articles with the words as they are spelled come before those where accents or ``đ`` differ;
    within each, those that rank alike come newest first. ``since`` is an ISO 8601 day or time.
    """
    matches: dict[int, str] = {}
    bounded = False
    for columns in (EXACT, FOLDED):
        match = match_expression(words, columns)
        if match and len(matches) < limit:
            ranked, cut = _rank(db, match, source, since, limit + len(matches))
            for article in ranked:
                matches.setdefault(article, match)
            bounded |= cut
    best = list(matches.items())[:limit]
    return Found([_hit(db, article, match) for article, match in best], bounded)


def match_expression(words: str, columns: str) -> str:
    """The FTS5 expression for all words in some of EXACT or FOLDED; '' where there is no word."""
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


def _rank(
    db: Database, match: str, source: str | None, since: str | None, count: int
) -> tuple[list[int], bool]:
    """The best matches in their order, and whether there were more than were ranked."""
    condition, values = _narrowing(source, since)
    rows = db.execute(
        "SELECT best.*, (SELECT published_at FROM articles WHERE id = article)"
        " FROM (SELECT article, score, count(*) OVER () AS pooled"
        f" FROM (SELECT rowid AS article, bm25(articles_fts, {WEIGHTS}) AS score"
        f" FROM articles_fts WHERE articles_fts MATCH ? {condition}"
        " ORDER BY rowid DESC LIMIT ?)"
        " ORDER BY score LIMIT ?) AS best",
        [match, *values, POOL, max(count, SPARE)],
    ).fetchall()
    newest_first = sorted(rows, key=lambda row: row[3] or "", reverse=True)
    best_first = sorted(newest_first, key=lambda row: _step(row[1]))
    return [article for article, *_ in best_first], any(row[2] == POOL for row in rows)


def _step(score: float) -> int:
    """The rank that a BM25 score (the lower the better) stands for; 10 % apart are alike."""
    return -round(10 * math.log(max(-score, 1e-12)))


def _narrowing(source: str | None, since: str | None) -> tuple[str, list[str]]:
    """The condition of a search in one source or from a time on, and its values."""
    conditions = {"source = ?": source, "published_at >= ?": since}
    asked = {condition: value for condition, value in conditions.items() if value is not None}
    if not asked:
        return "", []
    ids = f"SELECT id FROM articles WHERE {' AND '.join(asked)}"
    return f"AND rowid IN ({ids})", list(asked.values())


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'


def _hit(db: Database, article: int, match: str) -> Hit:
    row = db.execute(
        "SELECT url, articles.title, source, published_at,"
        f" snippet(articles_fts, -1, '', '', '…', {SNIPPET_WORDS})"
        " FROM articles_fts JOIN articles ON id = articles_fts.rowid"
        " WHERE articles_fts MATCH ? AND articles_fts.rowid = ?",
        [match, article],
    ).fetchone()
    url, title, source, published_at, snippet = row
    return Hit(article, url, title, source, published_at, " ".join(snippet.split()))
