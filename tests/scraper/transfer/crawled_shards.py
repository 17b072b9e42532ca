"""Crawls of several sources into databases of their own, and what these hold, for comparison."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from pipelines.extraction import extract_page
from pipelines.items import Outcome, Page
from pipelines.page_item import PageItem
from pipelines.save_article import save_article
from scraper.archive.writer import head
from scraper.base.source import Source
from scraper.store.articles import mark_gone
from scraper.store.captures import Capture, capture_of_body
from scraper.store.database import open_database, open_for_reading, write_transaction
from scraper.store.file_outcomes import FileBody, FileDescription, FileResult, record_file
from scraper.store.file_texts import FileText, save_text
from scraper.store.files import COLUMNS, FileRecord, file_key
from scraper.store.outcomes import FetchResult, record_outcome
from scraper.store.pages import Discovery, discover, page_record
from scraper.store.runs import finish_run, start_run
from scraper.store.search import search
from scraper.store.sources import note_success, sync_sources
from tests.scraper.file_archives import Writer

PROVINCES = {"huyen": "Tuyên Quang", "tinh": "Tuyên Quang", "bao": "Hà Nội", "xa": "Hà Giang"}

SOURCES = {
    slug: Source(slug=slug, name=slug.title(), home_url=f"http://{slug}.vn/", province=province)
    for slug, province in PROVINCES.items()
}


class ShardCrawl:
    """A crawl of some sources into a data folder: as the program stores it, without a network."""

    def __init__(self, folder: Path, slugs: Sequence[str], series: str = "crawl") -> None:
        self.folder = folder
        self.slugs = slugs
        self.db = open_database(folder / "tinhuyen.db")
        self.archive = Writer(folder / "archive", f"{series}-20261123020000")
        sync_sources(self.db, [SOURCES[slug] for slug in slugs])
        self.run = 0

    def begin(self, moment: datetime) -> None:
        """Begin a night."""
        self.run = start_run(self.db, "schedule", self.slugs, moment)

    def end(self, moment: datetime) -> None:
        """End a night."""
        with write_transaction(self.db):
            for slug in self.slugs:
                note_success(self.db, slug, moment)
        finish_run(self.db, self.run, "done", moment)

    def close(self) -> None:
        """End the crawl for good."""
        self.archive.close()
        self.db.close()

    def fetch(self, url: str, html: str, moment: datetime) -> Outcome:
        """Fetch an article's page, archive it, and store what it shows."""
        source, key, body = self._source(url), url.removeprefix("http://"), html.encode()
        with write_transaction(self.db):
            discover(self.db, self.run, [Discovery(key, source, url, "article")], moment)
        page = Page(url, body, fetched_at=moment, source=source)
        item = PageItem(page, self.run, source, key, url, "article", sha256(body).hexdigest())
        item.canonical_key = key
        item.known = page_record(self.db, key)
        item.capture = self._archive(key, url, body, moment)
        item.extraction = extract_page(page)
        with write_transaction(self.db):
            return save_article(self.db, item, moment)

    def miss(self, url: str, moment: datetime) -> None:
        """Find that an article's page is gone."""
        source, key = self._source(url), url.removeprefix("http://")
        page = Page(url, b"", status=410, fetched_at=moment, source=source)
        known = page_record(self.db, key)
        assert known is not None
        assert known.article is not None
        end = FetchResult.of_page(
            page, self.run, source, key, Outcome.GONE, "410", article=known.article
        )
        with write_transaction(self.db):
            mark_gone(self.db, known.article, moment)
            record_outcome(self.db, end, moment)

    def fetch_file(self, url: str, body: bytes, moment: datetime, text: str = "") -> None:
        """Fetch a file that an article names."""
        key, digest = file_key(url), sha256(body).hexdigest()
        row = self.db.execute(f"SELECT {COLUMNS} FROM files WHERE url_key = ?", [key]).fetchone()
        known = FileRecord(*row)
        capture = self._archive(key, url, body, moment)
        kept = FileBody(digest, len(body), FileDescription("application/pdf"), capture)
        end = FileResult(
            self.run, known, Outcome.NEW, received=len(body), fetched_at=moment, body=kept
        )
        with write_transaction(self.db):
            record_file(self.db, end)
            if text:
                save_text(self.db, digest, FileText("application/pdf", 1, text, None, 1))

    def _source(self, url: str) -> str:
        return url.removeprefix("http://").partition(".")[0]

    def _archive(self, key: str, url: str, body: bytes, moment: datetime) -> Capture:
        digest = sha256(body).hexdigest()
        earlier = capture_of_body(self.db, key, digest)
        if earlier is not None:
            return Capture(earlier.warc_file, earlier.warc_offset, digest, 200, moment)
        answer = head("HTTP/1.1 200 OK", [(b"Content-Type", b"text/html; charset=utf-8")])
        place = self.archive.write(url, head("GET / HTTP/1.1", []), answer, body, moment)
        self.archive.sync()
        return Capture(place.warc_file, place.warc_offset, digest, 200, moment)


def article_page(title: str, text: str, day: str = "2026-11-20", files: str = "") -> str:
    """An article's page with a photo, a date and links to files."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n"))
    return (
        f"<html lang='vi'><head><title>{title}</title><meta property='og:type' content='article'>"
        f"<meta property='article:published_time' content='{day}T08:00:00+07:00'></head><body>"
        f"<div class='content'><h1>{title}</h1><div class='detail'>{body}"
        f"<figure><img src='/anh/{len(text)}.jpg' width=600 height=400>"
        f"<figcaption>Ảnh của bài {title}</figcaption></figure>{files}</div></div></body></html>"
    )


URL = "(SELECT url FROM articles AS named WHERE named.id = {})"
ANSWER = (
    "(SELECT url_key || ' ' || fetched_at || ' ' || body_hash FROM captures AS named"
    " WHERE named.id = {})"
)
REPLACED = {
    "article": URL,
    "same_as": URL,
    "capture": ANSWER,
    "revision": "(SELECT article || seen_at FROM revisions AS named WHERE named.id = {})",
}
LEFT_OUT = {"id", "run", "warc_file", "warc_offset", "confirmed_at"}
"""Numbers and places of one database, and what a shard finds without knowing the others' texts."""

COMPARED = (
    *(
        "sources",
        "articles",
        "photos",
        "article_files",
        "revisions",
        "captures",
        "revisits",
        "capture_origins",
    ),
    *("pages", "files", "file_texts", "earlier_files", "previews", "blocks"),
)


def contents(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of a database, without numbers: what they refer to stands in their place."""
    with closing(open_for_reading(folder / "tinhuyen.db").conn) as connection:
        db = Database(connection)
        found = {table: sorted(_rows(db, table), key=repr) for table in COMPARED}
        found["returns"] = db.execute(
            f"SELECT {URL.format('revisions.article')}, returns.seen_at,"
            f" {ANSWER.format('returns.capture')}, content_hash FROM returns"
            " JOIN revisions ON revisions.id = revision ORDER BY 1, 2"
        ).fetchall()
        for words in ("nông thôn mới", "uy ban nhan dan", "hội nghị", "quyết định"):
            hits = search(db, words).hits
            shown = [(hit.url, hit.title, hit.snippet, hit.marks) for hit in hits]
            found[words] = sorted(shown, key=repr)
        return found


def _rows(db: Database, table: str) -> list[tuple[Any, ...]]:
    columns = [
        row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[1] not in LEFT_OUT
    ]
    chosen = [REPLACED.get(name, "{}").format(f'{table}."{name}"') for name in columns]
    return db.execute(f"SELECT {', '.join(chosen)} FROM {table}").fetchall()


def counts_of_runs(folder: Path) -> dict[str, int]:
    """What the runs took up, by source."""
    with closing(open_for_reading(folder / "tinhuyen.db").conn) as connection:
        rows = connection.execute(
            "SELECT source, sum(discovered) FROM run_sources GROUP BY source ORDER BY source"
        )
        return dict(rows.fetchall())
