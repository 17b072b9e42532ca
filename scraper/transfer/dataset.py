"""The dataset of articles for reading at scale: Parquet files by source and month.

``articles/source=SLUG/month=YYYY-MM/PART.parquet`` has the columns of ``export --format parquet``.
The month is that of publication in Vietnam, or, if that is unknown, of the first sight.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from tempfile import TemporaryFile
from typing import Any

from sqlite_utils import Database

from scraper.archive.storage import Storage, open_storage
from scraper.base.clock import VIETNAM
from scraper.store.article_rows import Selection, read_selection
from scraper.store.exported_files import add_file_facts
from scraper.store.sources import names_with_pages
from scraper.transfer.export_columns import ARTICLES, TABLES
from scraper.transfer.export_report import ExportReport
from scraper.transfer.parquet_files import write_parquet
from scraper.transfer.site_times import read_our_time, read_site_time

FOLDER = "articles"
EXPORTED = "export"
"""The part that `export_dataset` writes: a dataset has one, and may have others."""

MAX_BUFFERED_CHARS = 16_000_000
MAX_BUFFERED_ROWS = 20_000
"""Rows, and characters of their texts, that are held until their files are written."""

Row = dict[str, Any]


def month_of(row: Row) -> str:
    """Return the month of an article, ``2026-11``: of its publication, else of the first sight.

    A time of publication that is no ISO 8601 counts as unknown.
    """
    try:
        _, day = read_site_time(row["published_at"])
    except ValueError:
        day = None
    if day is not None:
        return f"{day:%Y-%m}"
    seen = read_our_time(row["first_seen_at"])
    assert seen is not None
    return f"{seen.astimezone(VIETNAM):%Y-%m}"


def folder_of(row: Row) -> str:
    """Return the folder of the dataset to which an article belongs."""
    return f"{FOLDER}/source={row['source']}/month={month_of(row)}"


def export_dataset(db: Database, selection: Selection, place: str) -> tuple[ExportReport, int]:
    """Write the selected articles as the dataset in a folder or in object storage.

    Files of an earlier export of the dataset are replaced or, at the end, removed. Returns what was
    written and in how many files. Raises what `write_dataset` does.
    """
    storage, report = open_storage(place), ExportReport()
    names = write_dataset(_by_source(db, selection), storage, EXPORTED, report)
    remove_others(storage, EXPORTED, names)
    return report, len(names)


def _by_source(db: Database, selection: Selection) -> Iterator[Row]:
    """Return the selected articles, those of a source together unless words are searched."""
    is_whole = selection.source is not None or selection.words is not None
    for source in [selection.source] if is_whole else names_with_pages(db):
        for row in read_selection(db, replace(selection, source=source)):
            yield add_file_facts(db, row, with_text=False)


def write_dataset(
    rows: Iterable[Row], storage: Storage, part: str, report: ExportReport | None = None
) -> set[str]:
    """Write articles, as ``export`` has them, into the dataset; returns the names of the files.

    ``part`` begins the names of the files. Writing the same rows again replaces their files. Rows
    that are sorted by source give few files. Raises ArchiveError if the storage cannot be written,
    UsageError if pyarrow is not installed.
    """
    writer = _DatasetWriter(storage, part, report or ExportReport())
    for row in rows:
        writer.add(row)
    writer.flush()
    return writer.names


def remove_others(storage: Storage, part: str, names: set[str]) -> int:
    """Remove the files of a part that an earlier writing left; returns how many they were.

    ``names`` are the present files of the part.
    """
    found = storage.names(FOLDER)
    old = [name for name in found if _part_of(name) == part and name not in names]
    for name in old:
        storage.remove(name)
    return len(old)


def _part_of(name: str) -> str:
    """Return the part of which a file is."""
    return name.rpartition("/")[2].rpartition("-")[0]


class _DatasetWriter:
    """Holds rows by folder until there are many, then writes all of them."""

    def __init__(self, storage: Storage, part: str, report: ExportReport) -> None:
        self.storage = storage
        self.part = part
        self.report = report
        self.names: set[str] = set()
        self.held: dict[str, list[Row]] = defaultdict(list)
        self.rows = self.chars = 0
        self.written: dict[str, int] = defaultdict(int)

    def add(self, row: Row) -> None:
        """Take in an article."""
        self.held[folder_of(row)].append(row)
        self.rows += 1
        self.chars += sum(len(value) for value in row.values() if isinstance(value, str))
        if self.rows >= MAX_BUFFERED_ROWS or self.chars >= MAX_BUFFERED_CHARS:
            self.flush()

    def flush(self) -> None:
        """Write what is held, a file for each folder."""
        for folder, rows in self.held.items():
            name = f"{folder}/{self.part}-{self.written[folder]:05d}.parquet"
            with TemporaryFile() as draft:
                write_parquet(iter(rows), TABLES[ARTICLES], draft, self.report)
                draft.seek(0)
                self.storage.write_from(name, draft)
            self.written[folder] += 1
            self.names.add(name)
        self.held.clear()
        self.rows = self.chars = 0
