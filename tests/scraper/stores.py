"""Databases for tests: two sources, and articles put in as a crawl puts them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from sqlite_utils import Database

from pipelines.article import Article
from pipelines.extraction import extract_page
from pipelines.items import Outcome, Page
from pipelines.page_item import PageItem
from pipelines.save_article import save_article
from scraper.archive.writer import ArchiveWriter, head
from scraper.base.source import Source
from scraper.store.articles import insert_article
from scraper.store.captures import Capture
from scraper.store.database import open_database, write_transaction
from scraper.store.pages import Discovery, discover, page_record
from scraper.store.runs import start_run
from scraper.store.sources import sync_sources

MOMENT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

SOURCES = tuple(
    Source(slug=slug, name=slug.title(), home_url=f"http://{slug}.localhost/")
    for slug in ("huyen", "tinh")
)


def new_database(folder: Path) -> Database:
    """A database with the two sources."""
    db = open_database(folder / "tinhuyen.db")
    sync_sources(db, SOURCES)
    return db


def make_schema_older(path: Path) -> None:
    """Make a database one of an older schema, with all that it holds."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DROP INDEX pages_reasons")
        db.execute("DELETE FROM _sqlite_migrations WHERE name = 'm012_index_reasons_of_runs'")


def keep_article(db: Database, article: Article, source: str = "huyen") -> int:
    """Store an article in a transaction of its own."""
    with write_transaction(db):
        return insert_article(db, source, article, MOMENT)


class Portal:
    """Pages that a crawl fetched: each is archived, read and kept as the crawl does it."""

    def __init__(self, folder: Path) -> None:
        self.db = new_database(folder)
        self.archive = ArchiveWriter(folder / "archive")
        self.moment = MOMENT
        self.run = start_run(self.db, "manual", [source.slug for source in SOURCES], MOMENT)

    def fetch(self, path: str, html: str, key: str | None = None) -> Outcome:
        """Take a page of the first source up, and settle it an hour after the one before.

        ``key`` is what the page is known by, where that is less than its address.
        """
        item = self.item(path, html, key)
        with write_transaction(self.db):
            return save_article(self.db, item, self.moment)

    def item(self, path: str, html: str, key: str | None = None) -> PageItem:
        """A page as ``fetch`` takes it, fetched, archived and read, but not settled."""
        self.moment += timedelta(hours=1)
        url, body = f"http://huyen.localhost/{path}", html.encode()
        key = key or url.removeprefix("http://")
        with write_transaction(self.db):
            discover(self.db, self.run, [Discovery(key, "huyen", url, "article")], self.moment)
        page = Page(url, body, fetched_at=self.moment, source="huyen")
        answer = head("HTTP/1.1 200 OK", [(b"Content-Type", b"text/html; charset=utf-8")])
        request = head(f"GET /{path} HTTP/1.1", [(b"Host", b"huyen.localhost")])
        place = self.archive.write(url, request, answer, body, self.moment)
        body_hash = sha256(body).hexdigest()
        capture = Capture(place.warc_file, place.warc_offset, body_hash, 200, self.moment)
        item = PageItem(page, self.run, "huyen", key, url, "article", body_hash)
        item.known, item.capture, item.extraction = (
            page_record(self.db, key),
            capture,
            extract_page(page),
        )
        return item


def page_of(title: str, *paragraphs: str) -> str:
    """An article's page as a plain portal serves it."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<html lang='vi'><head><title>{title}</title><meta property='og:type' content='article'>"
        f"</head><body><div class='content'><h1>{title}</h1><div class='detail'>{body}</div></div>"
        "</body></html>"
    )
