"""Finds the records of photos and attachments in WARC files: all bodies, in order of time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pipelines.items import Page
from scraper.archive.reader import iter_records, read_record
from scraper.base.errors import ArchiveError
from scraper.transfer.files import no_answer

Place = tuple[Path, int]


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A record of a file: when it came, its URL, and where its own body or the same one is."""

    fetched_at: datetime
    url: str
    place: Place
    body: Place | str
    """The place of the body; of a ``revisit`` record, its digest."""


def file_records(paths: Iterable[Path], is_file: Callable[[str], bool]) -> list[FileRecord]:
    """Return the records of files in WARC files by their time; ``is_file`` tells their URLs.

    A ``revisit`` record has the place of the response with the same body, wherever that is; it is
    left out if there is none.
    """
    found: list[FileRecord] = []
    bodies: dict[str, Place] = {}
    for path in paths:
        for record in iter_records(path):
            place = path, record.offset
            page, revisit = record.page, record.revisit
            if page is not None and page.url and no_answer(page) is None and page.body:
                if record.payload_digest and not _is_html(page):
                    bodies.setdefault(record.payload_digest, place)
                if is_file(page.url):
                    found.append(FileRecord(page.fetched_at, page.url, place, place))
            elif revisit is not None and is_file(revisit.url):
                body = revisit.payload_digest
                found.append(FileRecord(revisit.fetched_at, revisit.url, place, body))
    return sorted(_with_bodies(found, bodies), key=lambda record: record.fetched_at)


def read_file_record(record: FileRecord) -> Page | None:
    """Return the page of a file with its body, None if it cannot be read any more."""
    if isinstance(record.body, str):
        return None
    try:
        page = read_record(*record.body).page
    except ArchiveError:
        return None
    if page is None:
        return None
    return replace(page, url=record.url, final_url=record.url, fetched_at=record.fetched_at)


def _with_bodies(found: Iterable[FileRecord], bodies: dict[str, Place]) -> Iterator[FileRecord]:
    for record in found:
        if not isinstance(record.body, str):
            yield record
        elif record.body in bodies:
            yield replace(record, body=bodies[record.body])


def _is_html(page: Page) -> bool:
    return page.headers.get("content-type", "").lower().startswith("text/html")
