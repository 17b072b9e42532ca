"""A database with its archive into which a made-up portal is recovered, and what must hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scraper.base.source import Source
from scraper.recovery.options import RecoveryOptions
from scraper.recovery.recover import recover
from scraper.recovery.report import RecoveryReport
from scraper.store.database import open_database
from tests.scraper.recovery.memory_archive import HOST, MemoryArchive, all_of, moment
from tests.scraper.stores import page_of

SOURCE = Source(slug="hamyen", name="Huyện Hàm Yên", home_url=f"{HOST}/")
TEXT = "Sáng nay, Huyện đoàn Hàm Yên tổ chức lễ ra quân chiến dịch thanh niên tình nguyện. " * 4
END = "Buổi lễ kết thúc vào trưa cùng ngày tại trung tâm huyện."
WATER = "Công trình cấp nước sạch vừa được bàn giao cho bà con bản Yên Thuận sử dụng lâu dài. " * 4
PATH = "/tin/huyen-doan-ra-quan-chien-dich-tinh-nguyen-he-1234.html"


def body(words: str, title: str = "Huyện đoàn ra quân chiến dịch tình nguyện hè") -> bytes:
    """The page of an article in one of its versions."""
    return page_of(title, TEXT, f"{TEXT}{words}", END).encode()


def iso(day: int) -> str:
    """A moment as the database has it."""
    return moment(day).strftime("%Y-%m-%dT%H:%M:%SZ")


class Place:
    """A database with its archive, in a folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.path = folder / "tinhuyen.db"
        self.archive = folder / "archive"
        self.db = open_database(self.path)

    def recover(self, *services: MemoryArchive, **options: Any) -> RecoveryReport:
        """Recover from services to the end; returns the last report."""
        chosen = RecoveryOptions(**{"pause": lambda _: None, **options})
        reports = recover(self.db, self.path, self.archive, SOURCE, services, chosen)
        last = all_of(reports)
        assert isinstance(last, RecoveryReport)
        return last

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of a statement."""
        return self.db.execute(sql).fetchall()

    def history(self) -> dict[str, Any]:
        """What must not depend on the order in which captures come."""
        return {
            "articles": self.rows(
                "SELECT title, body, url, first_seen_at, changed_at, last_seen_at, gone_at"
                " FROM articles ORDER BY body"
            ),
            "states": self.rows(
                "SELECT revisions.seen_at, body FROM revisions UNION ALL SELECT returns.seen_at,"
                " body FROM returns JOIN revisions ON id = revision ORDER BY 1"
            ),
            "sightings": self.rows(
                "SELECT url_key, fetched_at, body_hash FROM captures UNION SELECT url_key,"
                " revisits.fetched_at, body_hash FROM revisits JOIN captures ON id = capture"
                " ORDER BY 1, 2"
            ),
            "origins": self.rows("SELECT DISTINCT fetched_at FROM capture_origins ORDER BY 1"),
        }


def assert_sums(place: Place) -> None:
    """Every line of an index has its place, and every capture its one outcome."""
    [(lines, known, rows)] = place.rows(
        "SELECT total(lines), total(repeated) + total(outside),"
        " (SELECT count(*) FROM archived_captures) FROM recovery_queries"
    )
    assert lines - known == rows
    assert place.rows("SELECT count(*) FROM archived_captures WHERE outcome IS NULL") == [(0,)]
    assert place.rows("PRAGMA foreign_key_check") == []
