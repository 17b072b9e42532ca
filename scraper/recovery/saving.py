"""Stores a capture: its body in the archive first, then everything else in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from sqlite_utils import Database

from pipelines.extraction import ExtractionResult
from pipelines.imported_pages import UNSTORABLE, held_capture, imported_item
from pipelines.page_item import PageItem
from pipelines.save_article import save_imported
from scraper.archive.writer import ArchiveWriter
from scraper.base.clock import now
from scraper.base.source import Source
from scraper.recovery.archived_pages import kept_head
from scraper.recovery.delivery import Delivery
from scraper.recovery.reading import ReadCapture
from scraper.recovery.web_archive import Match
from scraper.store.absences import set_gone
from scraper.store.articles import stored_by_page
from scraper.store.capture_origins import add_origin
from scraper.store.captures import Capture, add_capture, capture_at, is_kept
from scraper.store.database import write_transaction
from scraper.store.declared_url import DeclaredAddress
from scraper.store.identity import is_still
from scraper.store.pages import page_record
from scraper.store.recovery import (
    CaptureOutcome,
    CaptureResult,
    WaitingCapture,
    set_outcome,
)
from scraper.store.recovery_links import is_planned, postpone_page, redirect_target
from scraper.store.recovery_queries import QueryKey, add_query
from spiders.source_urls import SourceUrls

MAX_REDIRECTS = 5
"""Redirects from one address to the next that are followed to the last one."""


class CaptureSaver:
    """Stores the captures of one source. The caller holds the lock of a run.

    Addresses that lists name become queries to all ``services``, for the times ``asked``.
    """

    def __init__(
        self,
        db: Database,
        archive: Path,
        source: Source,
        urls: SourceUrls,
        services: Sequence[str],
        asked: tuple[str, str],
    ) -> None:
        self.db = db
        self.writer = ArchiveWriter(archive)
        self.source = source
        self.urls = urls
        self.services = services
        self.asked = asked

    def close(self) -> None:
        """End the file of the archive. Raises OSError."""
        self.writer.close()

    def save(self, waiting: WaitingCapture, delivery: Delivery, read: ReadCapture) -> CaptureResult:
        """Store what a capture shows, and how it ended; returns that."""
        try:
            return self._save(waiting, delivery, read)
        except UNSTORABLE as error:
            reason = f"cannot be stored ({type(error).__name__})"
            return self.record_outcome(waiting, CaptureResult(CaptureOutcome.BROKEN, reason))

    def record_outcome(
        self, waiting: WaitingCapture, result: CaptureResult, named: Iterable[str] = ()
    ) -> CaptureResult:
        """Store how a capture ended of which nothing is kept; returns that."""
        with write_transaction(self.db):
            self._record_outcome(waiting, result, waiting.url_key, named)
        return result

    def _save(
        self, waiting: WaitingCapture, delivery: Delivery, read: ReadCapture
    ) -> CaptureResult:
        result = replace(read.result, digest_matches=_digest_matches(delivery))
        if read.extraction is None:
            return self.record_outcome(waiting, result)
        item = self._item(delivery, read)
        known, page = item.known, item.page
        if known is not None and known.source != item.source:
            return self.record_outcome(
                waiting, replace(result, outcome=LEFT_OUT, reason="other_source")
            )
        if is_kept(self.db, item.url_key, item.body_hash, page.fetched_at):
            return self._save_kept(waiting, delivery, item, result, read)
        item.capture = held_capture(self.db, self.writer.folder, item)
        is_copy = delivery.known is not None
        if is_copy and item.capture is None and result.outcome is not CaptureOutcome.ARTICLE:
            return self.record_outcome(waiting, _same_body(result, delivery), read.named)
        item.capture = item.capture or self._archive(delivery, item)
        with write_transaction(self.db):
            reason = self._store(item, read.extraction, result.reason)
            found = replace(
                result, reason=reason, capture=self._note_origin(waiting, delivery, item)
            )
            found = _same_body(found, delivery) if is_copy else found
            self._record_outcome(waiting, found, item.url_key, read.named)
        return found

    def _save_kept(
        self,
        waiting: WaitingCapture,
        delivery: Delivery,
        item: PageItem,
        result: CaptureResult,
        read: ReadCapture,
    ) -> CaptureResult:
        """Settle a capture that the archive holds: an import, or another service, had it."""
        item.capture = held_capture(self.db, self.writer.folder, item)
        is_gone = result.outcome is CaptureOutcome.GONE
        with write_transaction(self.db):
            capture = self._note_origin(waiting, delivery, item) if item.capture else None
            kept = replace(result, capture=capture)
            if not is_gone:
                kept = replace(kept, outcome=CaptureOutcome.SAME_BODY, reason="same_moment")
            self._record_outcome(waiting, kept, item.url_key, read.named)
        return kept

    def _item(self, delivery: Delivery, read: ReadCapture) -> PageItem:
        """Return the item of a page. If its address redirects, it is the page of its target.

        This is so only if the article that is stored there has nearly the same text.
        """
        item = imported_item(delivery.page, self.source, self.urls.rules)
        item.extraction, item.kind = read.extraction, read.kind
        if read.kind in ("listing", "feed", "sitemap"):
            item.url_key = item.canonical_key = self.urls.key(str(delivery.page.url), read.kind)
        article = read.extraction.article if read.extraction else None
        target = self._target_of(item.url_key)
        if target is not None and article is not None and article.verdict.is_article:
            stored = stored_by_page(self.db, target.url_key)
            item.declared = target
            if stored is not None and is_still(self.db, stored, article):
                item.url_key = item.canonical_key = target.url_key
                item.canonical_url = target.url
        item.known = page_record(self.db, item.url_key)
        return item

    def _target_of(self, url_key: str) -> DeclaredAddress | None:
        """Return the address to which captures of an address redirect, or None."""
        seen, key, url = {url_key}, url_key, None
        for _ in range(MAX_REDIRECTS):
            target = redirect_target(self.db, self.source.slug, key)
            if target is None:
                break
            next_key = self.urls.key(target, "article")
            if next_key in seen:
                break
            seen.add(next_key)
            key, url = next_key, self.urls.canonical(target)
        return DeclaredAddress(url, key) if url else None

    def _archive(self, delivery: Delivery, item: PageItem) -> Capture:
        """Write a body to the archive, and sync it. Raises OSError."""
        page, response, url = delivery.page, delivery.response, str(delivery.page.url)
        if response is not None:
            place = self.writer.write_copied(
                url, kept_head(response), response.body, page.fetched_at, delivery.address
            )
        else:
            media_type = page.headers.get("content-type", "text/html")
            place = self.writer.write_resource(url, media_type, page.body, page.fetched_at)
        self.writer.sync()
        return Capture(
            place.warc_file, place.warc_offset, item.body_hash, page.status, page.fetched_at
        )

    def _store(
        self, item: PageItem, extraction: ExtractionResult, reason: str | None
    ) -> str | None:
        """Store the article, or the page without one; returns the reason of the capture.

        What a crawl knows of a page is left alone if the capture shows no article: the crawl
        decides when it is fetched again.
        """
        is_article = extraction.article.verdict.is_article
        if not is_article and item.known is not None and item.known.run is not None:
            assert item.capture is not None
            add_capture(self.db, item.url_key, item.capture)
            return reason
        outcome = save_imported(self.db, item, now())
        if not is_article:
            return reason
        return str(outcome) if outcome is not None else EARLIER

    def _note_origin(
        self, waiting: WaitingCapture, delivery: Delivery, item: PageItem
    ) -> int | None:
        """Store where the answer of this moment came from; returns the id of its capture."""
        assert item.capture is not None
        row = capture_at(self.db, item.capture.warc_file, item.capture.warc_offset)
        if row is not None:
            add_origin(self.db, row, waiting.moment, waiting.service, delivery.address)
        return row

    def _record_outcome(
        self, waiting: WaitingCapture, result: CaptureResult, url_key: str, named: Iterable[str]
    ) -> None:
        set_outcome(self.db, waiting.id, result, now())
        if result.outcome is CaptureOutcome.REDIRECT and result.reason is None:
            self._note_redirect(waiting, str(result.redirects_to))
        for key in {waiting.url_key, url_key}:
            set_gone(self.db, key)
        for url in named:
            self._ask_for(url, waiting.url_key)

    def _note_redirect(self, waiting: WaitingCapture, target: str) -> None:
        if self.urls.key(target, "article") != waiting.url_key:
            postpone_page(self.db, self.source.slug, waiting.url_key)

    def _ask_for(self, url: str, named_by: str) -> None:
        """Add queries for an address to the plan, unless the plan has captures of it."""
        if is_planned(self.db, self.source.slug, self.urls.key(url, "article")):
            return
        address = url.partition("#")[0]
        for service in self.services:
            key = QueryKey(self.source.slug, service, address, Match.EXACT, "", *self.asked)
            add_query(self.db, key, named_by)


LEFT_OUT = CaptureOutcome.LEFT_OUT

EARLIER = "earlier"
"""The reason of a capture that shows a state of an article before one that is stored."""


def _digest_matches(delivery: Delivery) -> bool | None:
    return delivery.response.digest_matches if delivery.response is not None else None


def _same_body(result: CaptureResult, delivery: Delivery) -> CaptureResult:
    """Return the result of a capture that was not fetched; an absent page stays one."""
    assert delivery.known is not None
    is_gone = result.outcome is CaptureOutcome.GONE
    outcome = result.outcome if is_gone else CaptureOutcome.SAME_BODY
    return replace(result, outcome=outcome, same_as=delivery.known.row)
