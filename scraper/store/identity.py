"""Which stored article a page shows: decided by its URL and its text, never by a claim alone."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from pipelines.article import Article
from pipelines.extraction.similarity import are_alike, are_unrelated
from pipelines.text import fold
from scraper.store.article_files import file_urls
from scraper.store.articles import (
    ArticleRow,
    detach_page,
    published_at,
    stored_by_id,
    stored_by_page,
    stored_by_url,
    stored_duplicate,
)
from scraper.store.declared_url import DeclaredAddress

logger = logging.getLogger(__name__)

MAX_CLAIMANTS = 20
"""Articles compared at most that share a claim: a faulty template repeats one on every page."""

DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class PageAddresses:
    """The addresses of a page: the key it is known by, where it was read, what it declares.

    ``read_key`` is the key of ``read_at``: another than ``url_key`` after a redirect. Both are
    None if nobody knows where the page was read.
    """

    source: str
    url_key: str
    read_at: str | None
    read_key: str | None
    declared: DeclaredAddress | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """What a page was found to show.

    ``stored`` is the article, None for a new one, to be stored under ``url``. ``is_own`` is True
    if the page is at the article's address: what it says is the article as it is now. A
    page elsewhere never changes the article. ``left`` is the article that the page showed before;
    ``displaced`` are those stored under an address that is not theirs.
    """

    stored: ArticleRow | None
    url: str | None
    is_own: bool = False
    left: ArticleRow | None = None
    displaced: tuple[ArticleRow, ...] = ()


def identify(db: Database, page: PageAddresses, article: Article) -> Match:
    """Find the article that a page shows, by its own address, then by its text."""
    own = stored_by_page(db, page.url_key)
    there = stored_by_url(db, page.read_at) if page.read_at else None
    there = None if there == own else there
    if own is not None and _is_same_address(own, page):
        return Match(own, own.url, is_own=True)
    if there is not None and (
        _stands_at(db, there, page) or _is_version(db, there, article, is_read=True)
    ):
        return Match(there, page.read_at, is_own=True, left=own)
    if own is not None and is_still(db, own, article):
        return Match(own, own.url, is_own=True)
    return _match_elsewhere(db, page, article, own, (there,) if there else ())


def release_addresses(db: Database, match: Match, moment: datetime) -> None:
    """Detach pages and URLs from articles that no longer have, or never had, them.

    The caller holds the transaction.
    """
    if match.left is not None:
        logger.warning("address reused url=%s article=%d", match.url, match.left.id)
        detach_page(db, match.left.id, moment)
        if match.stored is None and match.left.url == match.url:
            db.execute("UPDATE articles SET url = NULL WHERE id = ?", [match.left.id])
    for article in match.displaced:
        logger.warning("address claimed wrongly url=%s article=%d", article.url, article.id)
        db.execute(
            "UPDATE articles SET url = (SELECT pages.url FROM pages WHERE url_key = articles.page"
            " AND instr(url_key, '#') = 0 AND NOT EXISTS (SELECT 1 FROM articles AS others"
            " WHERE others.url = pages.url)) WHERE id = ?",
            [article.id],
        )


def is_still(db: Database, stored: ArticleRow, article: Article) -> bool:
    """Whether a text can be an edited version of an article, not the text of another one.

    If one of them has no body, title and files are compared instead.
    """
    if stored.content_hash == article.content_hash:
        return True
    has_title = fold(stored.title or "") == fold(article.title or "")
    if stored.body and article.body:
        if has_title:
            return not are_unrelated(stored.body, article.body)
        return are_alike(stored.body, article.body)
    return has_title or bool(file_urls(db, stored.id) & article.file_urls)


def _match_elsewhere(
    db: Database,
    page: PageAddresses,
    article: Article,
    left: ArticleRow | None,
    displaced: tuple[ArticleRow, ...],
) -> Match:
    """The article of another address with the same text, else a new one."""
    claimants = _claimants(db, page)
    declared = page.declared
    pages = {page.read_key, declared.url_key if declared else None} - {None}
    is_named = declared is None or declared.url_key == page.read_key
    same = [
        one
        for one in claimants
        if one != left and _is_version(db, one, article, is_read=is_named or one.page in pages)
    ]
    if same:
        return Match(same[0], page.read_at, left=left, displaced=displaced)
    twin = stored_duplicate(db, page.source, article)
    if twin is not None and twin != left:
        return Match(twin, page.read_at, left=left, displaced=displaced)
    if declared is None or claimants or left or not _may_hold_article(db, declared):
        claimed = declared.url if declared else None
        wrong = [one for one in claimants if one.url == claimed and not _is_there(db, one)]
        found = {one.id: one for one in (*displaced, *wrong)}
        return Match(None, page.read_at, left=left, displaced=tuple(found.values()))
    return Match(None, declared.url, displaced=displaced)


def _stands_at(db: Database, stored: ArticleRow, page: PageAddresses) -> bool:
    """Whether an article was read where the page was, and not only claimed that address."""
    return stored.page in (None, page.url_key, page.read_key) or _is_there(db, stored)


def _is_there(db: Database, stored: ArticleRow) -> bool:
    """Whether the address of an article is the one that its page was asked for at."""
    row = db.execute("SELECT url FROM pages WHERE url_key = ?", [stored.page]).fetchone()
    return row is not None and row[0] == stored.url and "#" not in str(stored.page)


def _is_same_address(own: ArticleRow, page: PageAddresses) -> bool:
    """Whether a page was read where it was before: a key may stand for several addresses."""
    declared = page.declared.url if page.declared else None
    if own.url is None or own.url in (page.read_at, declared):
        return page.read_key in (None, page.url_key)
    return page.read_key == page.url_key and "/*/" not in page.url_key


def _claimants(db: Database, page: PageAddresses) -> list[ArticleRow]:
    """The articles that a claim of the page, or of others to its address, would make its own."""
    declared = page.declared
    if declared is None and page.read_key is None:
        return []
    key = declared.url_key if declared else None
    rows = db.execute(
        "SELECT id FROM articles WHERE url = :url AND source = :source"
        " UNION SELECT id FROM articles WHERE page = :key AND source = :source"
        " UNION SELECT article FROM pages WHERE declared_key IN (:key, :read) AND url_key <> :own"
        " AND article IS NOT NULL AND source = :source ORDER BY 1 DESC LIMIT :most",
        {
            "url": declared.url if declared else None,
            "source": page.source,
            "key": key,
            "read": page.read_key,
            "own": page.url_key,
            "most": MAX_CLAIMANTS,
        },
    ).fetchall()
    return [stored for (row,) in rows if (stored := stored_by_id(db, row)) is not None]


def _is_version(db: Database, stored: ArticleRow, article: Article, *, is_read: bool) -> bool:
    """Whether a page shows the article that a claim names, as print and mobile versions do.

    Title and text must be the same but for an edit. If the claimed page itself was never read
    (``is_read``), the figures must be the same too: a bulletin has the same words every day.
    """
    if stored.content_hash == article.content_hash:
        return True
    has_title = fold(stored.title or "") == fold(article.title or "")
    if not has_title or not are_alike(stored.body, article.body):
        return False
    times = published_at(db, stored.id), article.published_at
    if all(times):
        return times[0] == times[1]
    return is_read or DIGITS.findall(stored.body) == DIGITS.findall(article.body)


def _may_hold_article(db: Database, declared: DeclaredAddress) -> bool:
    """Whether an address can be an article's: it is free, and no list as far as is known."""
    taken = db.execute(
        "SELECT EXISTS (SELECT 1 FROM articles WHERE url = ?) OR EXISTS (SELECT 1 FROM pages"
        " WHERE url_key = ? AND kind IN ('listing', 'feed', 'sitemap'))",
        [declared.url, declared.url_key],
    ).fetchone()
    return not taken[0]
