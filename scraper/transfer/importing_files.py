"""Takes the photos and attachments of stored articles from WARC files, after their pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlite_utils import Database

from pipelines.items import Page
from scraper.base.clock import now
from scraper.store.archived_files import has_files, known_file
from scraper.store.database import write_transaction
from scraper.transfer.candidate import shown
from scraper.transfer.file_records import file_records, read_file_record
from scraper.transfer.file_storing import BodyFate, FileStorer
from scraper.transfer.files import CLOCK_ERROR, NOT_HTML, no_answer, no_page, warc_files
from scraper.transfer.import_report import ImportReport

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
    importer = _FileImporter(FileStorer(db, archive), report)
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
    """Imports files one after the other, and counts them."""

    def __init__(self, storer: FileStorer, report: ImportReport) -> None:
        self.storer = storer
        self.report = report

    def take(self, page: Page) -> bool:
        """Store the body of a file that an article names; returns whether it is there now."""
        known = known_file(self.storer.db, page.url) if page.url and _is_storable(page) else None
        if known is None:
            return False
        fate = self.storer.fate_of(page, known)
        if fate is BodyFate.KEPT:
            self.report.kept_already += 1
        if fate is not BodyFate.NEW:
            return fate is BodyFate.KEPT
        reading = self.storer.read(page, known.kind)
        media_type = page.headers.get("content-type", "application/octet-stream")
        writer = self.storer.writers[known.kind]
        place = writer.write_resource(str(page.url), media_type, page.body, page.fetched_at)
        preview = self.storer.write_preview(page, reading)
        with write_transaction(self.storer.db):
            self.storer.store(page, place, reading, preview)
        self.report.files[known.kind] += 1
        return True

    def close(self) -> None:
        """End the files of the archive, and the worker."""
        self.storer.close()


def _is_storable(page: Page) -> bool:
    """Whether a record holds the whole body of a file, fetched in the past."""
    is_past = page.fetched_at <= now() + CLOCK_ERROR
    return bool(page.body) and is_past and no_answer(page) is None
