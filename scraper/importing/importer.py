"""Importing: what was found in files goes the way of a crawl, into the archive and the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from hashlib import sha256
from pathlib import Path

from sqlite_utils import Database

import settings
from pipelines.article import Article
from pipelines.item import PageItem
from pipelines.page import Outcome, Page
from pipelines.workers import Workers
from scraper.addresses import belongs, canonical_url, url_key
from scraper.archive.writer import ArchiveWriter
from scraper.clock import now, stamp
from scraper.declared_address import declared_address
from scraper.importing.files import Candidate, read_paths
from scraper.reprocessing.knowledge import knowledge_of, learned_of
from scraper.reprocessing.learning import learn_boilerplate
from scraper.sources import Source
from scraper.store.articles import add_revision, insert_article, stored_by_url, stored_duplicate
from scraper.store.database import writing
from scraper.store.identity import is_still
from scraper.store.keeping import keep
from scraper.store.pages import Capture, Discovery, add_capture, discover, is_kept, known_page
from scraper.store.registry import mirror_sources
from scraper.store.similarity import find_twin

SHOWN = 50
"""Origins named for each reason of what was not taken."""


@dataclass(slots=True)
class ImportReport:
    """What was taken, by outcome, and what was not, by reason.

    ``kept_already`` counts what an earlier import or crawl had brought; ``earlier`` states of an
    article that are older than the one that is kept: they have become revisions. ``left`` names
    the origins of what was not taken, as many as fit.
    """

    taken: Counter[Outcome] = field(default_factory=Counter)
    kept_already: int = 0
    earlier: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    left: dict[str, list[str]] = field(default_factory=dict)

    def leave(self, origin: str, reason: str) -> None:
        """Note that something was not taken."""
        self.reasons[reason] += 1
        origins = self.left.setdefault(reason, [])
        if len(origins) < SHOWN:
            origins.append(origin)


def import_paths(
    db: Database,
    archive: Path,
    paths: Iterable[Path],
    sources: Sequence[Source],
    source: Source | None = None,
) -> Iterator[ImportReport]:
    """Take in what the files and folders hold; gives the report after each piece, and at the end.

    A piece belongs to ``source``, where that is given, else to the one of ``sources`` that its
    address is in. Pages are kept in the archive and read as a crawl's are; an import is no run.
    The caller holds the lock of the database (``scraper.lock.hold``).
    """
    workers = Workers(1, settings.EXTRACTION_SECONDS, settings.EXTRACTION_MEMORY_MB)
    importer = _Importer(db, ArchiveWriter(archive), workers)
    try:
        for candidate in read_paths(paths):
            site = source or _home_of(candidate.url, sources)
            if candidate.problem:
                importer.report.leave(candidate.origin, candidate.problem)
            elif site is None:
                importer.report.leave(candidate.origin, _homeless(candidate))
            else:
                importer.take(candidate, site)
            yield importer.report
    finally:
        importer.close()
    for taken in importer.mirrored.values():
        learn_boilerplate(db, archive, taken)
    yield importer.report


class _Importer:
    """Takes pieces in, one after the other, and counts them."""

    def __init__(self, db: Database, writer: ArchiveWriter, workers: Workers) -> None:
        self.db = db
        self.writer = writer
        self.workers = workers
        self.report = ImportReport()
        self.mirrored: dict[str, Source] = {}
        self.knowledge = cache(partial(knowledge_of, db))
        self.learned = cache(partial(learned_of, db))

    def take(self, candidate: Candidate, source: Source) -> None:
        """Take in one piece of a source."""
        if source.slug not in self.mirrored:
            mirror_sources(self.db, [source])
            self.mirrored[source.slug] = source
        if candidate.page is not None and candidate.page.url is not None:
            self._take_page(replace(candidate.page, source=source.slug), source)
        elif candidate.page is not None:
            reading = self.workers.read(candidate.page, self.knowledge(source))
            self._take_text(reading.article, source)
        elif candidate.article is not None:
            self._take_text(candidate.article, source)

    def close(self) -> None:
        """End the archive's file and the workers."""
        self.writer.close()
        self.workers.close()

    def _take_page(self, page: Page, source: Source) -> None:
        assert page.url is not None
        canonical = canonical_url(page.url, source, self.learned(source))
        key = url_key(canonical, self.learned(source))
        body_hash = sha256(page.body).hexdigest()
        if is_kept(self.db, key, body_hash):
            self.report.kept_already += 1
            return
        place = self.writer.write_resource(
            page.url, page.headers.get("content-type", "text/html"), page.body, page.fetched_at
        )
        capture = Capture(place.warc_file, place.warc_offset, body_hash, 200, page.fetched_at)
        item = PageItem(page, None, source.slug, key, canonical, "article", body_hash)
        item.canonical_key = key
        item.declared = declared_address(page, page.url, source, self.learned(source))
        item.capture, item.known = capture, known_page(self.db, key)
        item.reading = self.workers.read(page, self.knowledge(source))
        self.writer.sync()
        self._keep(item)

    def _keep(self, item: PageItem) -> None:
        known = item.known
        if known and known.article and (known.fetched_at or "") > stamp(item.page.fetched_at):
            self._keep_earlier(item, known.article)
            return
        with writing(self.db):
            page = Discovery(item.url_key, item.source, str(item.canonical_url), item.kind)
            discover(self.db, None, [page], now())
        item.known = known_page(self.db, item.url_key)
        with writing(self.db):
            outcome = keep(self.db, item, now())
        self.report.taken[outcome] += 1

    def _keep_earlier(self, item: PageItem, row: int) -> None:
        """A state that is older than the one that is kept: a revision, where it reads otherwise."""
        assert item.reading is not None
        assert item.capture is not None
        with writing(self.db):
            capture = add_capture(self.db, item.url_key, item.capture)
            if item.reading.article.verdict.is_article:
                seen_at = item.page.fetched_at
                add_revision(self.db, row, item.reading.article, seen_at, capture)
        self.report.earlier += 1

    def _take_text(self, article: Article, source: Source) -> None:
        """Keep what has no page of its own; its identity is its address, else its content."""
        if not article.verdict.is_article:
            self.report.taken[article.verdict.outcome or Outcome.NOT_ARTICLE] += 1
            return
        if article.url:
            article.url = canonical_url(article.url, source, self.learned(source))
        with writing(self.db):
            stored = stored_by_url(self.db, article.url) if article.url else None
            if stored is not None and not is_still(self.db, stored, article):
                stored, article.url = None, None  # another article has this address
            if stored or stored_duplicate(self.db, source.slug, article):
                self.report.kept_already += 1
                return
            twin = find_twin(self.db, article, source.slug)
            insert_article(self.db, source.slug, article, now(), same_as=twin)
        self.report.taken[Outcome.NEW] += 1


def _home_of(url: str | None, sources: Sequence[Source]) -> Source | None:
    return next((source for source in sources if url and belongs(url, source)), None)


def _homeless(candidate: Candidate) -> str:
    if candidate.url is None:
        return "no address: name its source with --source"
    return "an address of no source: name one with --source, or add it with `tinhuyen sources add`"
