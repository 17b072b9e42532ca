"""Import: what is found in files is archived, extracted and stored like the pages of a crawl."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from sqlite_utils import Database

from pipelines.article import Article
from pipelines.extraction.similarity import buckets_of
from pipelines.imported_pages import UNSTORABLE, held_capture, imported_item
from pipelines.items import Outcome, Page
from pipelines.page_item import PageItem
from pipelines.save_article import save_imported
from pipelines.workers import Workers
from scraper.archive.writer import ArchiveWriter
from scraper.base.clock import now
from scraper.base.source import Source
from scraper.base.urls import canonical_url, site_address, site_addresses, url_key
from scraper.reprocessing.profiles import profile_of, url_rules_of
from scraper.reprocessing.reprocess import learn_boilerplate
from scraper.store.articles import (
    ArticleRow,
    insert_article,
    stored_by_id,
    stored_by_url,
    stored_duplicate,
    touch_article,
)
from scraper.store.capture_origins import IMPORT, add_origin
from scraper.store.captures import Capture, capture_at, is_kept
from scraper.store.database import write_transaction
from scraper.store.declared_url import DeclaredAddress
from scraper.store.identity import PageAddresses, identify, is_still
from scraper.store.pages import page_record
from scraper.store.signatures import find_twin
from scraper.store.sources import sync_sources
from scraper.store.states import place_state
from scraper.transfer.candidate import Candidate
from scraper.transfer.files import CLOCK_ERROR, read_paths
from scraper.transfer.import_report import ImportReport
from scraper.transfer.importing_files import import_files


def import_paths(
    db: Database,
    archive: Path,
    paths: Sequence[Path],
    sources: Sequence[Source],
    source: Source | None = None,
    elsewhere: Mapping[str, str] | None = None,
) -> Iterator[ImportReport]:
    """Import what the files and folders hold; yields the report after each piece, and at the end.

    A piece belongs to ``source`` if that is given, else to the one of ``sources`` that its URL
    belongs to. Pieces of the sources in ``elsewhere`` are left to their shard, unless ``source`` is
    given. Pages are archived and extracted like those of a crawl; an import is no run. After
    them, the WARC files are read again for the photos and attachments of stored articles.
    The caller holds the lock of the database (``scraper.base.lock.lock``).
    """
    importer = _Importer(db, ArchiveWriter(archive), Workers(1))
    owners = _owners(sources)
    try:
        for candidate in read_paths(paths):
            site = source or _source_of(candidate.url, owners)
            if candidate.problem:
                importer.report.leave(candidate.origin, candidate.problem, candidate.is_failure)
            elif site is None:
                importer.report.leave(candidate.origin, _no_source(candidate))
            elif source is None and elsewhere and site.slug in elsewhere:
                reason = f"their source is one of shard {elsewhere[site.slug]}"
                importer.report.leave(candidate.origin, reason)
            else:
                importer.import_candidate(candidate, site)
            yield importer.report
    finally:
        importer.close()
    for known in importer.synced.values():
        learn_boilerplate(db, archive, known)
    for _ in import_files(db, archive, paths, importer.report):
        yield importer.report
    yield importer.report


class _Importer:
    """Imports candidates, one after the other, and counts them."""

    def __init__(self, db: Database, writer: ArchiveWriter, workers: Workers) -> None:
        self.db = db
        self.writer = writer
        self.workers = workers
        self.report = ImportReport()
        self.synced: dict[str, Source] = {}
        self.profile = cache(partial(profile_of, db))
        self.url_rules = cache(partial(url_rules_of, db))

    def import_candidate(self, candidate: Candidate, source: Source) -> None:
        """Import a candidate of a source, or count why it cannot be stored."""
        if source.slug not in self.synced:
            sync_sources(self.db, [source])
            self.synced[source.slug] = source
        try:
            self._import(candidate, source)
        except UNSTORABLE as error:
            reason = f"cannot be stored ({type(error).__name__})"
            self.report.leave(candidate.origin, reason, is_failure=True)

    def close(self) -> None:
        """End the archive's file and the workers."""
        self.writer.close()
        self.workers.close()

    def _import(self, candidate: Candidate, source: Source) -> None:
        page = replace(candidate.page, source=source.slug) if candidate.page else None
        if page is not None and page.fetched_at > now() + CLOCK_ERROR:
            self.report.leave(candidate.origin, "its date is in the future", is_failure=True)
        elif page is not None and page.url is not None:
            self._import_page(candidate.origin, page, source)
        elif page is not None and candidate.claimed is not None:
            self._import_claiming(candidate.origin, page, candidate.claimed, source)
        elif page is not None:
            reading = self.workers.read(page, self.profile(source))
            self._import_text(candidate, reading.article, source)
        elif candidate.article is not None:
            self._import_text(candidate, candidate.article, source)

    def _import_page(self, origin: str, page: Page, source: Source) -> None:
        """Import a page whose URL is known."""
        assert page.url is not None
        item = imported_item(page, source, self.url_rules(source))
        if is_kept(self.db, item.url_key, item.body_hash, page.fetched_at):
            self.report.kept_already += 1
            return
        item.extraction = self.workers.read(page, self.profile(source))
        self._save(origin, item, page.url)

    def _import_claiming(self, origin: str, page: Page, claimed: str, source: Source) -> None:
        """Import a page whose URL only the page itself declares: this claim does not identify it.

        It is identified by its content, or by that of an earlier version of it.
        """
        canonical = canonical_url(claimed, source, self.url_rules(source))
        declared = DeclaredAddress(canonical, url_key(canonical, self.url_rules(source)))
        body_hash = sha256(page.body).hexdigest()
        page = replace(page, url=claimed)
        reading = self.workers.read(page, self.profile(source))
        key = f"{declared.url_key}#{body_hash[:32]}"
        if reading.article.verdict.is_article:
            unread = PageAddresses(source.slug, key, None, None, declared)
            stored = identify(self.db, unread, reading.article).stored
            known = stored.page if stored else None
            key = known if known and "#" in known else key
        if is_kept(self.db, key, body_hash, page.fetched_at):
            self.report.kept_already += 1
            return
        item = PageItem(page, None, source.slug, key, None, "article", body_hash)
        item.declared, item.extraction = declared, reading
        self._save(origin, item, claimed)

    def _save(self, origin: str, item: PageItem, url: str) -> None:
        """Archive a page that was read, unless its bytes are there, and store its article."""
        page = item.page
        item.known = page_record(self.db, item.url_key)
        if item.known is not None and item.known.source != item.source:
            self.report.leave(origin, f"its address is of the source {item.known.source}")
            return
        item.capture = held_capture(self.db, self.writer.folder, item)
        if item.capture is None:
            media_type = page.headers.get("content-type", "text/html")
            place = self.writer.write_resource(url, media_type, page.body, page.fetched_at)
            item.capture = Capture(
                place.warc_file, place.warc_offset, item.body_hash, page.status, page.fetched_at
            )
            self.writer.sync()
        with write_transaction(self.db):
            outcome = save_imported(self.db, item, now())
            self._note_origin(item.capture)
        if outcome is None:
            self.report.earlier += 1
        else:
            self.report.taken[outcome] += 1
        self.report.failed += outcome is Outcome.BROKEN

    def _note_origin(self, kept: Capture) -> None:
        """Store that an answer was imported. The caller holds the transaction."""
        capture = capture_at(self.db, kept.warc_file, kept.warc_offset)
        if capture is not None:
            add_origin(self.db, capture, kept.fetched_at, IMPORT, None)

    def _import_text(self, candidate: Candidate, article: Article, source: Source) -> None:
        """Store an article without a page; it is identified by its URL, else by its content."""
        if not article.verdict.is_article:
            outcome = article.verdict.outcome or Outcome.NOT_ARTICLE
            self.report.taken[outcome] += 1
            self.report.failed += outcome is Outcome.BROKEN
            return
        if article.url:
            article.url = canonical_url(article.url, source, self.url_rules(source))
        with write_transaction(self.db):
            self._save_text(candidate, article, source)

    def _save_text(self, candidate: Candidate, article: Article, source: Source) -> None:
        stored = stored_by_url(self.db, article.url) if article.url else None
        if stored is not None and stored.source != source.slug:
            self.report.leave(candidate.origin, f"its address is of the source {stored.source}")
            return
        if stored is not None and not is_still(self.db, stored, article):
            stored, article.url = None, None  # another article has this address
        stored = stored or stored_duplicate(self.db, source.slug, article)
        first, last = candidate.seen or (now(), now())
        if stored is None:
            buckets = buckets_of(article.body)
            twin = find_twin(self.db, article, source.slug, buckets=buckets)
            row = insert_article(
                self.db, source.slug, article, first, same_as=twin, buckets=buckets
            )
            touch_article(self.db, row, last)
            self.report.taken[Outcome.NEW] += 1
        elif not candidate.is_dated and stored.content_hash != article.content_hash:
            self.report.leave(candidate.origin, UNDATED)
        elif candidate.is_dated:
            self._place(stored, article, first, last)
        else:
            self.report.kept_already += 1

    def _place(self, stored: ArticleRow, article: Article, first: datetime, last: datetime) -> None:
        """Store that a known article had this content from ``first`` to ``last``."""
        is_same = stored.content_hash == article.content_hash
        is_new = place_state(self.db, stored, article, last, stored.page, None)
        changed = stored_by_id(self.db, stored.id) or stored
        place_state(self.db, changed, article, first, stored.page, None)
        if is_new:
            self.report.taken[Outcome.UPDATED] += 1
        else:
            self.report.kept_already += is_same
            self.report.earlier += not is_same


UNDATED = "its article is here, reads otherwise, and this one does not say when it was read"

Address = tuple[str, int | None]
"""A host and its port, None for the usual one."""


def _owners(sources: Sequence[Source]) -> dict[Address, Source]:
    """Return the source to which each host and port belongs: the first one that has it."""
    owners: dict[Address, Source] = {}
    for source in sources:
        for address in site_addresses(source):
            owners.setdefault(address, source)
    return owners


def _source_of(url: str | None, owners: Mapping[Address, Source]) -> Source | None:
    try:
        return owners.get(site_address(urlsplit(url))) if url else None
    except ValueError:
        return None


def _no_source(candidate: Candidate) -> str:
    if candidate.url is None:
        return "no address: name its source with --source"
    return "an address of no source: name one with --source, or add it with `tinhuyen sources add`"
