"""Stores the bodies of photos and attachments that did not come by a crawl."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from sqlite_utils import Database

from pipelines.items import Page
from pipelines.workers import Workers
from scraper.archive.writer import ArchiveWriter, RecordLocation
from scraper.store.archived_files import KnownFile, had_body, save_imported_file
from scraper.store.captures import Capture
from scraper.store.file_texts import save_text
from scraper.store.files import FileKind
from scraper.store.previews import Preview, add_preview
from spiders.file_reading import SERIES, FileReader, FileReading, archive_preview
from spiders.file_responses import is_web_page


class BodyFate(StrEnum):
    """What happens to the body of a file: it is stored, or the reason why it is not."""

    NEW = "new"
    KEPT = "kept"
    PRUNED = "pruned"
    WEB_PAGE = "html_instead"


class FileStorer:
    """Stores files one after the other: in the archive first, then in one transaction each."""

    def __init__(self, db: Database, archive: Path) -> None:
        self.db = db
        self.writers = {
            kind: ArchiveWriter(archive, series=series) for kind, series in SERIES.items()
        }

    @cached_property
    def workers(self) -> Workers:
        """The worker that reads the files, begun with the first one."""
        return Workers(1, preload=["pipelines.documents"])

    def fate_of(self, page: Page, known: KnownFile) -> BodyFate:
        """Decide whether the body of a file is stored."""
        digest = sha256(page.body).hexdigest()
        if digest == known.digest or had_body(self.db, str(page.url), digest):
            return BodyFate.KEPT
        if known.is_pruned:
            return BodyFate.PRUNED
        if known.digest is not None and is_web_page(page.body, known.kind):
            return BodyFate.WEB_PAGE  # the site said that the file is gone, or refused it
        return BodyFate.NEW

    def read(self, page: Page, kind: FileKind) -> FileReading:
        """Have a worker read what a file is; if it cannot, the reason says so.

        Raises WorkersFailedError if no worker can read files any more.
        """
        digest = sha256(page.body).hexdigest()
        reading = asyncio.run(FileReader(self.db, self.workers).read(kind, digest, page))
        self.workers.raise_if_failed()
        return reading

    def write_preview(self, page: Page, reading: FileReading) -> Preview | None:
        """Write the preview of a photo, and sync the archive. Raises OSError."""
        digest = sha256(page.body).hexdigest()
        photos = self.writers[FileKind.PHOTO]
        preview = archive_preview(photos, digest, reading.preview, page.fetched_at)
        for each in self.writers.values():
            each.sync()
        return preview

    def store(
        self, page: Page, place: RecordLocation, reading: FileReading, preview: Preview | None
    ) -> Capture:
        """Store a body that the archive holds. The caller holds the transaction."""
        digest = sha256(page.body).hexdigest()
        where = (place.warc_file, place.warc_offset)
        capture = Capture(*where, digest, page.status, page.fetched_at)
        save_imported_file(
            self.db, str(page.url), len(page.body), capture, reading.description, reading.reason
        )
        if reading.text is not None:
            save_text(self.db, digest, reading.text)
        if preview is not None:
            add_preview(self.db, digest, preview)
        return capture

    def close(self) -> None:
        """End the files of the archive, and the worker."""
        for writer in self.writers.values():
            writer.close()
        if "workers" in self.__dict__:
            self.workers.close()
