"""Reads archived photos and attachments: those that were never read, or by older rules."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlite_utils import Database

from pipelines.documents import READER_VERSION, read_photo
from pipelines.workers import Workers, reason_of
from scraper.archive.reader import read_page
from scraper.archive.writer import ArchiveWriter
from scraper.base.clock import now
from scraper.base.errors import ArchiveError
from scraper.store.archived_files import (
    UnreadFile,
    describe_photo,
    replace_text,
    unread_files,
)
from scraper.store.database import write_transaction
from scraper.store.files import FileKind
from spiders.file_reading import (
    SERIES,
    FileReading,
    archive_preview,
    read_within_memory,
    reading_of,
)

MAX_SAMPLES = 3


@dataclass(slots=True)
class FilesReport:
    """How many files were read again, or with a dry run would be.

    ``changed`` counts the attachments whose text is another now; ``failed`` those that the archive
    or the rules broke on: they keep what they had, and are read again the next time.
    """

    files: int = 0
    changed: int = 0
    failed: int = 0
    samples: list[tuple[str, str]] = field(default_factory=list)

    def fail(self, url: str, problem: str) -> None:
        """Count a file that could not be read."""
        self.failed += 1
        if len(self.samples) < MAX_SAMPLES:
            self.samples.append((url, problem))


def read_files_again(
    db: Database,
    archive: Path,
    sources: Sequence[str],
    *,
    dry_run: bool = False,
    workers: int | None = None,
) -> Iterator[FilesReport]:
    """Read the archived files of the sources that need it; yields the report after each.

    Each file is stored at once: after an interruption, only the others are left. A dry run only
    counts them.
    """
    report = FilesReport()
    files = unread_files(db, sources, READER_VERSION)
    if dry_run:
        report.files = sum(1 for _ in files)
        yield report
        return
    writer = ArchiveWriter(archive, series=SERIES[FileKind.PHOTO])
    calls = ((file, (archive, file)) for file in files)
    try:
        with Workers(workers or os.cpu_count() or 1, preload=["pipelines.documents"]) as pool:
            for file, future in pool.map(_read_file, calls):
                report.files += 1
                try:
                    read = future.result()
                except ArchiveError as error:
                    report.fail(file.url, str(error))
                except Exception as error:  # any bug of ours on one file is that file's only
                    report.fail(file.url, reason_of(error, "reading"))
                else:
                    _save(db, writer, file, read, report)
                yield report
    finally:
        writer.close()
    yield report


def _save(
    db: Database, writer: ArchiveWriter, file: UnreadFile, read: FileReading, report: FilesReport
) -> None:
    """Store what was read of a file. A photo without a preview gets one."""
    preview = archive_preview(writer, file.digest, read.preview, now())
    writer.sync()
    with write_transaction(db):
        if read.text is not None:
            report.changed += replace_text(db, file.digest, read.text)
        else:
            describe_photo(db, file.digest, read.description, read.reason, preview)


def _read_file(archive: Path, file: UnreadFile) -> FileReading:
    """Read a file of the archive. Raises ArchiveError if it is not there."""
    page = read_page(archive, file.warc_file, file.warc_offset)
    if file.kind is FileKind.PHOTO:
        return reading_of(read_photo(page.body))
    claimed = page.headers.get("content-type", "").partition(";")[0].strip() or None
    return reading_of(read_within_memory(page.body, claimed, file.url.rpartition("/")[2]))
