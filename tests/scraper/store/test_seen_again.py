"""What came again is counted by indexes, and up to a bound of pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from scraper.store import seen_again
from scraper.store.seen_again import SeenAgain, seen_again_at, seen_again_between
from tests.scraper.stores import Portal, page_of

TEXT = "Bà con xã Nam Điền gieo cấy vụ mùa. " * 20


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    """A portal of which three pages came again on the first two days of December."""
    portal = Portal(tmp_path)
    for number in range(4):
        portal.fetch(f"tin-{number}.html", page_of(f"Tin {number}", f"{number} {TEXT}"))
    for capture in (1, 2, 3):
        portal.db.execute("INSERT INTO revisits VALUES (?, ?)", [capture, f"2026-12-0{capture}T02"])
    return portal


def test_bodies_are_counted_within_a_span(portal: Portal) -> None:
    assert seen_again_between(portal.db, "2026-12-01", "2026-12-03") == SeenAgain(2, 0)
    assert seen_again_between(portal.db, "2026-12-02", None) == SeenAgain(2, 0)


def test_a_span_is_read_from_indexes(portal: Portal) -> None:
    statements: list[str] = []
    portal.db.conn.set_trace_callback(statements.append)
    seen_again_between(portal.db, "2026-12-01", None)
    portal.db.conn.set_trace_callback(None)
    [statement] = statements
    steps = [row[3] for row in portal.db.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()]
    assert any("revisits_fetched (fetched_at>? AND fetched_at<?)" in step for step in steps)
    assert any("returns_seen (seen_at>? AND seen_at<?)" in step for step in steps)


def test_of_many_pages_only_some_are_looked_at(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert seen_again_at(portal.db, "huyen") == SeenAgain(3, 0)
    assert seen_again_at(portal.db, "tinh") == SeenAgain(0, 0)
    monkeypatch.setattr(seen_again, "PAGES_LOOKED_AT", 1)
    found = seen_again_at(portal.db, "huyen")
    assert found.has_more
    assert found.bodies <= 2
