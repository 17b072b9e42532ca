"""Where pages are kept, and where they are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from scraper.base.clock import now
from scraper.store.database import open_database, write_transaction
from scraper.store.pages import discover, page_record
from spiders.limits import CrawlPlan
from spiders.origin import to_fetch_url
from spiders.source_crawl import SourceCrawl
from tests.spiders.crawling import source_at

HOME = "http://xa.example/"


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://xa.example/tin/1.html", "https://www.xa.example/tin/1.html"),
        ("http://cu.example/tin/1.html", "http://cu.example/tin/1.html"),
    ],
)
def test_a_page_is_asked_for_where_its_home_page_answers(url: str, asked: str) -> None:
    source = source_at(HOME, aliases=("cu.example",))
    assert to_fetch_url(url, source, "https://www.xa.example/vi/") == asked


@pytest.mark.parametrize(
    ("url", "target", "origin"),
    [
        (HOME, "https://www.xa.example/", "https://www.xa.example/"),
        (HOME, "https://cu.example/", HOME),
        ("http://xa.example/tin/1.html", "https://xa.example/tin/1.html", HOME),
    ],
)
def test_only_the_home_page_tells_where_its_own_host_serves(
    tmp_path: Path, url: str, target: str, origin: str
) -> None:
    db = open_database(tmp_path / "tinhuyen.db")
    source_crawl = SourceCrawl(source_at(HOME, aliases=("cu.example",)), db, 1, CrawlPlan(), now())
    kind = "listing" if url == HOME else "article"
    with write_transaction(db):
        db.execute("INSERT INTO sources (slug, name, home_url) VALUES ('portal', '', '')")
        db.execute("INSERT INTO runs (id, started_at, trigger, state) VALUES (1, '', '', '')")
        db.execute("INSERT INTO run_sources (run, source) VALUES (1, 'portal')")
        discover(db, 1, [source_crawl.discovery(url, kind)], now())
    known = page_record(db, source_crawl.key(url, kind))
    assert known is not None
    source_crawl.note_origin(known, target)
    assert source_crawl.origin == origin
