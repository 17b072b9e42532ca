"""What an import and a recovery from web archives both do with a page before it is stored."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from sqlite_utils import Database

from pipelines.items import Page
from pipelines.page_item import PageItem
from scraper.archive.opening import is_held
from scraper.base.source import Source
from scraper.base.urls import UrlRules, canonical_url, url_key
from scraper.store.captures import Capture, capture_of_body
from scraper.store.declared_url import declared_address

UNSTORABLE = (
    sqlite3.DataError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    OverflowError,
    RecursionError,
    ValueError,
)
"""Errors of one candidate only; a full disk or a locked database is not among them."""


def imported_item(page: Page, source: Source, url_rules: UrlRules) -> PageItem:
    """Return the item of a page whose URL is known. Its extraction is to be set."""
    assert page.url is not None
    canonical = canonical_url(page.url, source, url_rules)
    key = url_key(canonical, url_rules)
    body_hash = sha256(page.body).hexdigest()
    item = PageItem(page, None, source.slug, key, canonical, "article", body_hash)
    item.canonical_key = key
    item.declared = declared_address(page, page.url, source, url_rules)
    return item


def held_capture(db: Database, archive: Path, item: PageItem) -> Capture | None:
    """Return where the archive holds the body of a page, as a capture of its moment, or None."""
    capture = capture_of_body(db, item.url_key, item.body_hash)
    if capture is None or not is_held(archive, capture.warc_file):
        return None
    return replace(capture, fetched_at=item.page.fetched_at)
