"""The frontier in the database: what is pending, in which order, and when a list was read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from pipelines.items import Outcome
from scraper.base.clock import to_utc_iso
from scraper.base.source import Source
from scraper.store.database import open_database, write_transaction
from scraper.store.frontier import (
    close_list_if_read,
    defer_source,
    first_of_turns,
    retry_after_until,
)
from scraper.store.outcomes import FetchResult, record_outcome
from scraper.store.pages import Discovery, discover, page_record
from scraper.store.runs import start_run
from scraper.store.sources import sync_sources

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
STALE = NOW - timedelta(days=30)
HOMES = {"huyen": "https://huyen.example/", "xa": "https://xa.example/"}


@pytest.fixture
def db(tmp_path: Path) -> Database:
    db = open_database(tmp_path / "tinhuyen.db")
    sources = [Source(slug=slug, name=slug, home_url=home) for slug, home in HOMES.items()]
    sync_sources(db, sources)
    return db


@pytest.fixture
def run(db: Database) -> int:
    return start_run(db, "manual", HOMES, NOW)


def page(key: str, source: str = "xa", kind: str = "article", **more: object) -> Discovery:
    return Discovery(key, source, f"https://{key}", kind, **more)  # type: ignore[arg-type]


def take_up(db: Database, run: int, *pages: Discovery) -> None:
    with write_transaction(db):
        discover(db, run, pages, NOW)


def end(db: Database, run: int, key: str, outcome: Outcome, due_at: datetime | None = None) -> None:
    with write_transaction(db):
        record_outcome(db, FetchResult(run, "xa", key, outcome, due_at=due_at), NOW)


def counted(db: Database, source: str = "xa") -> int:
    return int(
        db.execute("SELECT discovered FROM run_sources WHERE source = ?", [source]).fetchone()[0]
    )


def test_a_page_is_taken_up_once_a_run(db: Database, run: int) -> None:
    take_up(db, run, page("a"), page("a"))
    end(db, run, "a", Outcome.NEW)
    take_up(db, run, page("a"))
    assert counted(db) == 1
    assert first_of_turns(db, run, "xa", ()) == {}


def test_a_page_of_one_source_is_never_taken_up_for_another(db: Database, run: int) -> None:
    take_up(db, run, page("a", "xa"))
    take_up(db, run + 1, page("a", "huyen"))
    assert counted(db, "huyen") == 0
    known = page_record(db, "a")
    assert known is not None
    assert (known.source, known.run) == ("xa", run)


def test_pages_come_by_rank_and_place_and_what_is_out_is_passed_over(
    db: Database, run: int
) -> None:
    take_up(db, run, page("c", rank=3, place=1), page("b", rank=3), page("a", rank=9))
    taken: set[str] = set()
    for expected in ("b", "c", "a"):
        [found] = first_of_turns(db, run, "xa", taken).values()
        assert found.url_key == expected
        taken.add(expected)
    assert first_of_turns(db, run, "xa", taken) == {}


def test_what_is_left_of_a_source_is_deferred_and_counted(db: Database, run: int) -> None:
    take_up(db, run, page("a"), page("b"), page("c", "huyen"))
    later = NOW + timedelta(days=2)
    with write_transaction(db):
        defer_source(db, run, "xa", "retry_after", later, NOW)
    assert db.execute("SELECT deferred FROM run_sources WHERE source = 'xa'").fetchone() == (2,)
    assert first_of_turns(db, run, "huyen", ())
    assert retry_after_until(db, "xa", NOW) == later
    assert retry_after_until(db, "xa", later) is None


@pytest.mark.parametrize(
    ("outcome", "due_at", "is_read"),
    [
        (None, None, False),
        (Outcome.LISTING, None, True),
        (Outcome.SOFT_404, None, True),
        (Outcome.DEFERRED, NOW, False),
        (Outcome.FAILED, NOW, False),
        (Outcome.FAILED, None, True),
    ],
)
def test_a_list_is_read_when_no_page_of_it_is_left(
    outcome: Outcome | None, due_at: datetime | None, is_read: bool, db: Database, run: int
) -> None:
    first = page("list", kind="listing", list="list")
    take_up(db, run, first, page("list?page=2", kind="listing", list="list"))
    end(db, run, "list", Outcome.LISTING, NOW)
    if outcome is not None:
        end(db, run, "list?page=2", outcome, due_at)
    with write_transaction(db):
        close_list_if_read(db, "list", NOW, STALE)
    known = page_record(db, "list")
    assert known is not None
    assert (known.swept_at is not None) == is_read


def test_a_list_keeps_the_time_of_its_last_full_reading_until_that_is_stale(
    db: Database, run: int
) -> None:
    take_up(db, run, page("list", kind="listing", list="list"))
    end(db, run, "list", Outcome.LISTING)
    for moment in (NOW, NOW + timedelta(days=1), NOW + timedelta(days=40)):
        with write_transaction(db):
            close_list_if_read(db, "list", moment, moment - timedelta(days=30))
    rows = db.execute("SELECT swept_at FROM pages").fetchall()
    assert rows == [(to_utc_iso(NOW + timedelta(days=40)),)]


def test_a_deferred_page_keeps_what_a_later_request_needs(db: Database, run: int) -> None:
    take_up(db, run, page("a", kind="listing", form='{"__VIEWSTATE": "x"}'))
    end(db, run, "a", Outcome.DEFERRED, NOW)
    known = page_record(db, "a")
    assert known is not None
    assert known.form == '{"__VIEWSTATE": "x"}'
    end(db, run, "a", Outcome.LISTING)
    assert page_record(db, "a").form is None  # type: ignore[union-attr]
