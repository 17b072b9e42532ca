"""Pages to reprocess, and the rows that are left."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from scraper.base.source import Source
from scraper.cluster.applying import apply_readings
from scraper.cluster.reading import read_on
from scraper.cluster.report import ApplyReport, ClusterReport
from scraper.store.database import open_database
from tests.pipelines.extraction.test_repeated_blocks import SLOGAN, place
from tests.scraper.stores import SOURCES, Portal, page_of

WRONG = "UPDATE articles SET title = 'Sai', section = 'Sai', extractor = 0"
TABLES = (
    "articles", "photos", "article_files", "revisions", "pages", "blocks", "sightings",
    "signatures", "reprocessing",
)  # fmt: skip


def many_pages(folder: Path, count: int) -> Portal:
    """Articles that were read wrongly; most of them end with a slogan that recurs."""
    portal = Portal(folder)
    for number in range(count):
        prose = (
            f"Xã {place(number)} đã hoàn thành việc kiên cố hóa kênh mương cho vụ xuân {number}.",
            f"Bà con thôn {place(number)} góp hơn {number} ngày công, làm xong trước thời hạn.",
        )
        page = page_of(f"Kênh mương ở {place(number)}", *prose, *[SLOGAN] * bool(number % 9))
        portal.fetch(f"tin/{number}.html", page)
    portal.db.execute(WRONG)
    portal.db.conn.commit()
    return portal


def rows(db: Database) -> dict[str, list[dict[str, Any]]]:
    """Every row that a reprocess may write."""
    return {name: list(db.query(f"SELECT * FROM {name} ORDER BY 1, 2")) for name in TABLES}


def copied(db: Database, folder: Path) -> Database:
    """A copy of a database, to be reprocessed on one machine."""
    folder.mkdir()
    with closing(sqlite3.connect(folder / "tinhuyen.db")) as target:
        db.conn.backup(target)
    return open_database(folder / "tinhuyen.db")


def read(
    engine: Any, portal: Portal, root: Path | str, sources: Sequence[Source] = SOURCES
) -> ClusterReport:
    """Read all pages into a shared folder."""
    archive = str(portal.archive.folder)
    *_, report = read_on(engine, portal.db, archive, sources, str(root))
    return report


def apply(db: Database, root: Path | str, sources: Sequence[Source] = SOURCES) -> ApplyReport:
    """Store the readings of a shared folder."""
    *_, report = apply_readings(db, str(root), sources)
    return report
