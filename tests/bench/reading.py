"""Measures how long reading a page of the archive takes, against warcio and FastWARC.

``python -m tests.bench.reading --pages 500`` writes ``bench-results/reading.json``: processor time
in milliseconds a page, the best of several rounds. ``warcio`` is our reader without its short way
for plain records. Every reader checks the digests.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import process_time
from unittest.mock import patch

from fastwarc import ArchiveIterator, WarcRecordType

from scraper.archive.reader import iter_records, read_page
from tests.bench.reprocess import store_pages
from tests.bench.results import measure_pages
from tests.bench.texts import Writer
from tests.scraper.stores import Portal

ROUNDS = 5
PARSER = "scraper.archive.reader.parse_plain"


def measure(count: int, folder: Path) -> dict[str, float]:
    """Store so many pages, then read each at its place, and the file from its beginning."""
    portal = Portal(folder)
    store_pages(count, portal, Writer())
    portal.archive.close()
    [path] = portal.archive.folder.iterdir()
    places = [record.offset for record in iter_records(path) if record.page]

    def by_place() -> None:
        for offset in places:
            read_page(path.parent, path.name, offset)

    def by_warcio() -> None:
        with patch(PARSER, return_value=None):
            by_place()

    readers = {
        "by place": by_place,
        "by place, warcio": by_warcio,
        "in order": lambda: sum(1 for _ in iter_records(path)),
        "in order, FastWARC": lambda: _read_by_fastwarc(path),
    }
    return {name: round(1000 * _best(read) / count, 3) for name, read in readers.items()}


def _read_by_fastwarc(path: Path) -> None:
    for record in ArchiveIterator(str(path), WarcRecordType.response, verify_digests=True):
        record.reader.read()


def _best(read: Callable[[], object]) -> float:
    seconds = []
    for _ in range(ROUNDS):
        began = process_time()
        read()
        seconds.append(process_time() - began)
    return min(seconds)


if __name__ == "__main__":
    measure_pages("reading", __doc__, measure, pages=500)
