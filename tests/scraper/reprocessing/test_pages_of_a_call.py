"""Pages that a worker reads in one call: each is read within its own limits, and in order."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipelines.extraction import SourceProfile
from scraper.reprocessing.page_reading import PageReading, read_archived_pages
from scraper.store.archived_pages import ArchivedPage
from tests.scraper.stores import SOURCES, Portal, page_of

TEXT = "Sáng nay, Huyện đoàn Hàm Yên tổ chức ra quân dọn vệ sinh các tuyến đường liên xã. "


class FatalPlace:
    """The name of a WARC file on which the process that reads it dies."""

    def __rtruediv__(self, folder: Path) -> Path:
        os.kill(os.getpid(), signal.SIGKILL)
        return folder


class FaultyPlace:
    """The name of a WARC file on which the code that reads it has an error."""

    def __rtruediv__(self, folder: Path) -> Path:
        raise ZeroDivisionError(folder)


def test_a_page_that_kills_its_worker_costs_only_itself(tmp_path: Path) -> None:
    portal = Portal(tmp_path)
    for number in range(23):
        portal.fetch(f"tin/{number}.html", page_of(f"Tin số {number} của huyện", TEXT * 3))
    portal.archive.close()
    listed = list(pages(portal))
    profiles = {source.slug: (source, SourceProfile()) for source in SOURCES}
    found = list(read_archived_pages(iter(listed), portal.archive.folder, profiles, workers=2))
    assert [page for page, _ in found] == listed
    assert {number: reading.problem for number, (_, reading) in enumerate(found)} == {
        **dict.fromkeys(range(23)),
        3: "extraction_died",
        14: "extraction_error: ZeroDivisionError",
    }
    titles = [title_of(reading) for _, reading in found if reading.problem is None]
    assert titles == [f"Tin số {number} của huyện" for number in range(23) if number not in (3, 14)]


def title_of(reading: PageReading) -> str | None:
    assert reading.article is not None
    return reading.article.title


def pages(portal: Portal) -> Iterator[ArchivedPage]:
    """The pages of a portal; our code has an error on one of them, and dies on another."""
    rows = portal.db.execute("SELECT url_key, warc_file, warc_offset FROM captures ORDER BY id")
    for number, (key, name, offset) in enumerate(rows.fetchall()):
        place: Any = {3: FatalPlace(), 14: FaultyPlace()}.get(number, name)
        yield ArchivedPage(key, "huyen", f"http://{key}", None, ((place, offset),))
