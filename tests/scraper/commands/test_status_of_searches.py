"""`status` says that a search for portals holds the database, and how the last one ended."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from scraper.store.database import open_database
from scraper.store.discoveries import finish_discovery, start_discovery
from tests.scraper.nights import House

MOMENT = datetime(2026, 11, 1, 19, tzinfo=UTC)


def test_a_search_is_in_the_status(tmp_path: Path) -> None:
    house = House(tmp_path, "http://127.0.0.1:9/")
    with closing(open_database(house.database)) as db:
        run = start_discovery(db, ["08"], MOMENT)
        running = house.tinhuyen("status").stdout
        finish_discovery(db, run, "interrupted", MOMENT)
    assert "last search for portals: running, began 2026-11-02 02:00 +07:00" in running
    _, status = house.status()
    assert (status["last_search"]["id"], status["last_search"]["state"]) == (1, "interrupted")
