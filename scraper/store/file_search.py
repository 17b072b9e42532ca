"""Full-text search in the files of articles. A file counts for each article that links to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from sqlite_utils import Database

from scraper.store.search_terms import FILE_EXACT, FILE_FOLDED, FOLDED, match_expression

POOL = 5_000
"""How many of the latest matches are ranked: for each, four tables are looked up."""

SNIPPET_WORDS = 24
START, END = "\x01", "\x02"
"""Around the words in a snippet: characters that no text of a file holds."""

PAGE_END = "\f"

FEW = 2_000
"""Matching texts up to which their articles are all put in order of time."""

WALKED = 5_000
"""How many of the newest articles are tried first if more texts match."""

ARTICLES_OF_TEXTS = (
    "file_texts_fts CROSS JOIN file_texts ON file_texts.id = file_texts_fts.rowid"
    " CROSS JOIN files ON files.digest = file_texts.digest"
    " CROSS JOIN article_files ON article_files.url = substr(files.url_key, 6)"
)
"""The URL of a file is its key without ``file:``, so that the index by digest has all of it."""

HAS_TEXT = (
    "EXISTS (SELECT 1 FROM article_files"
    " CROSS JOIN files ON files.url_key = 'file:' || article_files.url"
    " CROSS JOIN file_texts ON file_texts.digest = files.digest"
    " CROSS JOIN file_texts_fts ON file_texts_fts.rowid = file_texts.id"
    " WHERE article_files.article = articles.id AND file_texts_fts MATCH ?)"
)
"""The condition on a row of ``articles`` that one of its files matches."""

TEXTS_OF_ARTICLES = (
    "SELECT file_texts.id FROM article_files"
    " CROSS JOIN files ON files.url_key = 'file:' || article_files.url"
    " CROSS JOIN file_texts ON file_texts.digest = files.digest"
)

Condition = tuple[str, Sequence[str]]
"""An SQL condition and its values. Here it is one on the rows of ARTICLES_OF_TEXTS."""

EVERY_ARTICLE: Condition = ("1", ())

Ranked = tuple[int, float, str | None, int]
"""An article, its score (the lower the better), when it was published, and how many matches were
ranked."""


@dataclass(frozen=True, slots=True)
class FilePlace:
    """Where a file of an article has the words: its name, its digest, the page from 1 on."""

    attachment: str
    digest: str
    page: int
    snippet: str


def rank_articles(db: Database, match: str, condition: Condition, count: int) -> list[Ranked]:
    """Return the articles whose files match best, of the latest POOL matches."""
    matching, values = _matching(match, condition)
    return db.execute(
        "WITH pool AS MATERIALIZED ("
        " SELECT article_files.article, bm25(file_texts_fts) AS score"
        f" FROM {ARTICLES_OF_TEXTS} WHERE {matching} ORDER BY file_texts_fts.rowid DESC LIMIT ?)"
        " SELECT article, min(score), (SELECT published_at FROM articles WHERE id = article),"
        " (SELECT count(*) FROM pool)"
        " FROM pool GROUP BY article ORDER BY min(score) LIMIT ?",
        [*values, POOL, count],
    ).fetchall()


def articles_with(db: Database, match: str, condition: Condition, limit: int = -1) -> list[int]:
    """Return the articles whose files match, the latest stored first; -1 is no limit."""
    matching, values = _matching(match, condition)
    rows = db.execute(
        f"SELECT DISTINCT article_files.article FROM {ARTICLES_OF_TEXTS} WHERE {matching}"
        " ORDER BY file_texts_fts.rowid DESC LIMIT ?",
        [*values, limit],
    )
    return [row[0] for row in rows.fetchall()]


def is_frequent(db: Database, match: str) -> bool:
    """Whether more texts match than are put in order of time without need."""
    row = db.execute(
        "SELECT count(*) FROM"
        " (SELECT rowid FROM file_texts_fts WHERE file_texts_fts MATCH ? LIMIT ?)",
        [match, FEW + 1],
    ).fetchone()
    return bool(row[0] > FEW)


def find_place(
    db: Database, words: str, article: int, marks: tuple[str, str] = ("", "")
) -> FilePlace | None:
    """Return where the files of an article have all words, as spelled if one has them so."""
    for columns in (FILE_EXACT, FILE_FOLDED):
        match = match_expression(words, columns)
        if not match:
            return None
        found = _best_text(db, match, article)
        if found is not None:
            digest, snippet, text = db.execute(
                "SELECT digest,"
                f" snippet(file_texts_fts, -1, '{START}', '{END}', '…', {SNIPPET_WORDS}),"
                " file_texts.text FROM file_texts_fts JOIN file_texts"
                " ON file_texts.id = file_texts_fts.rowid"
                " WHERE file_texts_fts MATCH ? AND file_texts_fts.rowid = ?",
                [match, found],
            ).fetchone()
            shown = " ".join(snippet.split()).replace(START, marks[0]).replace(END, marks[1])
            return FilePlace(_name(db, article, digest), digest, page_of(text, snippet), shown)
    return None


def _best_text(db: Database, match: str, article: int) -> int | None:
    """Return the text of an article's files that matches best, or None.

    Ranks are computed only to choose among several: for each, all texts with the words are counted.
    """
    of_article = f"{TEXTS_OF_ARTICLES} WHERE article_files.article = ?"
    texts = [row[0] for row in db.execute(of_article, [article]).fetchall()]
    sql = "SELECT rowid FROM file_texts_fts WHERE file_texts_fts MATCH ? AND rowid = ?"
    found = [text for text in dict.fromkeys(texts) if db.execute(sql, [match, text]).fetchone()]
    if len(found) < 2:
        return next(iter(found), None)
    row = db.execute(
        "SELECT rowid FROM file_texts_fts WHERE file_texts_fts MATCH ?"
        " AND rowid IN (SELECT value FROM json_each(?)) ORDER BY rank LIMIT 1",
        [match, str(found)],
    ).fetchone()
    return int(row[0])


def places_outside_articles(
    db: Database, words: str, articles: Iterable[int]
) -> dict[int, FilePlace]:
    """Return where the words are for those articles that have them only in their files."""
    match = match_expression(words, FOLDED)
    return {
        article: place
        for article in articles
        if match
        and not db.execute(
            "SELECT 1 FROM articles_fts WHERE articles_fts MATCH ? AND rowid = ?",
            [match, article],
        ).fetchone()
        and (place := find_place(db, words, article))
    }


def page_of(text: str, snippet: str) -> int:
    """Return the page of the first marked word of a snippet of the text, 1 for the first page."""
    before, _, _ = snippet.partition(START)
    plain = snippet.replace(START, "").replace(END, "")
    lead = len(before) - before.startswith("…")
    start = text.find(plain.strip("…"))
    return text.count(PAGE_END, 0, max(start, 0) + max(lead, 0)) + 1


def file_name(url: str) -> str:
    """Return the name that a file has in its URL."""
    path = unquote(urlsplit(url).path, errors="replace")
    return path.rstrip("/").rpartition("/")[2] or url


def _name(db: Database, article: int, digest: str) -> str:
    """Return what an article calls the file with a digest."""
    name, url = db.execute(
        "SELECT name, article_files.url FROM article_files"
        " JOIN files ON files.url_key = 'file:' || article_files.url"
        " WHERE article_files.article = ? AND digest = ? ORDER BY position LIMIT 1",
        [article, digest],
    ).fetchone()
    return str(name or file_name(url))


def _matching(match: str, condition: Condition) -> Condition:
    """The SQL condition on the rows of ARTICLES_OF_TEXTS, and its values."""
    meets, values = condition
    if meets == EVERY_ARTICLE[0]:
        return "file_texts_fts MATCH ?", [match]
    return f"file_texts_fts MATCH ? AND {meets}", [match, *values]
