"""Databases for tests: two sources, and articles put in as a crawl puts them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from pipelines.article import Article
from scraper.sources import Source
from scraper.store.articles import insert_article
from scraper.store.database import open_database, writing
from scraper.store.registry import mirror_sources

MOMENT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

SOURCES = tuple(
    Source(slug=slug, name=slug.title(), home_url=f"http://{slug}.localhost/")
    for slug in ("huyen", "tinh")
)


def new_database(folder: Path) -> Database:
    """A database with the two sources."""
    db = open_database(folder / "tinhuyen.db")
    mirror_sources(db, SOURCES)
    return db


def keep_article(db: Database, article: Article, source: str = "huyen") -> int:
    """Store an article in a transaction of its own."""
    with writing(db):
        return insert_article(db, source, article, MOMENT)
