"""Takes the photos and attachments of stored articles from WARC files, after their pages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from sqlite_utils import Database

from pipelines.items import Page
from pipelines.workers import Workers
from scraper.archive.writer import ArchiveWriter
from scraper.base.clock import now
from scraper.store.archived_files import had_body, has_files, known_file, save_imported_file
from scraper.store.captures import Capture
from scraper.store.database import write_transaction
from scraper.store.file_texts import save_text
from scraper.store.files import FileKind
from scraper.store.previews import add_preview
from scraper.transfer.candidate import shown
from scraper.transfer.file_records import file_records, read_file_record
from scraper.transfer.files import CLOCK_ERROR, NOT_HTML, no_answer, no_page, warc_files
from scraper.transfer.import_report import ImportReport
from spiders.file_reading import SERIES, FileReader, archive_preview
from spiders.file_responses import is_web_page

REVISIT = "a record of kind revisit"


def import_files(
    db: Database, archive: Path, paths: Iterable[Path], report: ImportReport
) -> Iterator[None]:
    """Take the bodies of files that articles name, of each file all that differ, in order of time.

    The WARC files among ``paths`` are read a second time, only if articles name any file. Counts
    into the report of the first reading, in which these records are not pages; yields after each.
    """
    if not has_files(db):
        return
    importer = _FileImporter(db, archive, report)
    try:
        for record in file_records(warc_files(paths), lambda url: known_file(db, url) is not None):
            page = read_file_record(record)
            if page is None or not importer.take(page):
                continue
            path, offset = record.place
            reason = no_page(page) if record.place == record.body else REVISIT
            if reason in (NOT_HTML, REVISIT):
                report.withdraw(f"{shown(path)}:{offset}", reason)
            yield
    finally:
        importer.close()


class _FileImporter:
    """Stores files one after the other: in the archive first, then in one transaction each."""

    def __init__(self, db: Database, archive: Path, report: ImportReport) -> None:
        self.db = db
        self.report = report
        self.writers = {
            kind: ArchiveWriter(archive, series=series) for kind, series in SERIES.items()
        }

    @cached_property
    def workers(self) -> Workers:
        """The worker that reads the files, begun with the first one."""
        return Workers(1, preload=["pipelines.documents"])

    def take(self, page: Page) -> bool:
        """Store the body of a file that an article names; returns whether it is there now."""
        url, digest = page.url, sha256(page.body).hexdigest()
        known = known_file(self.db, url) if url and _is_storable(page) else None
        if url is None or known is None:
            return False
        if digest == known.digest or had_body(self.db, url, digest):
            self.report.kept_already += 1
            return True
        if known.is_pruned:
            return False
        if known.digest is not None and is_web_page(page.body, known.kind):
            return False  # the site said that the file is gone, or refused it
        self._save(url, digest, page, known.kind)
        self.report.files[known.kind] += 1
        return True

    def close(self) -> None:
        """End the files of the archive, and the worker."""
        for writer in self.writers.values():
            writer.close()
        if "workers" in self.__dict__:
            self.workers.close()

    def _save(self, url: str, digest: str, page: Page, kind: FileKind) -> None:
        reading = asyncio.run(FileReader(self.db, self.workers).read(kind, digest, page))
        media_type = page.headers.get("content-type", "application/octet-stream")
        writer = self.writers[kind]
        place = writer.write_resource(url, media_type, page.body, page.fetched_at)
        photos = self.writers[FileKind.PHOTO]
        preview = archive_preview(photos, digest, reading.preview, page.fetched_at)
        for each in self.writers.values():
            each.sync()
        where = (place.warc_file, place.warc_offset)
        capture = Capture(*where, digest, page.status, page.fetched_at)
        with write_transaction(self.db):
            save_imported_file(
                self.db, url, len(page.body), capture, reading.description, reading.reason
            )
            if reading.text is not None:
                save_text(self.db, digest, reading.text)
            if preview is not None:
                add_preview(self.db, digest, preview)


def _is_storable(page: Page) -> bool:
    """Whether a record holds the whole body of a file, fetched in the past."""
    is_past = page.fetched_at <= now() + CLOCK_ERROR
    return bool(page.body) and is_past and no_answer(page) is None
