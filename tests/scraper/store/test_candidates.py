"""Candidates: one row a host, with what is known best, and when it is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from scraper.base.clock import to_utc_iso
from scraper.store.candidates import (
    add_candidates,
    attempts_with,
    count_guesses,
    due_candidates,
    found_units,
    known_hosts,
    live_units,
    lost_units,
    record_look,
    shown_candidates,
)
from scraper.store.database import open_database, write_transaction
from scraper.store.discoveries import (
    finish_discovery,
    link_lists,
    record_link_list,
    start_discovery,
)

NIGHT = datetime(2026, 11, 27, 19, tzinfo=UTC)
HOST = "hongdan.camau.gov.vn"


@pytest.fixture
def db(tmp_path: Path) -> Database:
    db = open_database(tmp_path / "tinhuyen.db")
    start_discovery(db, ["96"], NIGHT)
    return db


def add(db: Database, found_by: str, unit: str = "31843", host: str = HOST) -> None:
    row: dict[str, Any] = {"host": host, "url": f"https://{host}/", "unit_code": unit}
    row |= {"name": found_by, "level": "commune", "province_code": "96", "found_by": found_by}
    with write_transaction(db):
        add_candidates(db, [{**row, "found_on": None}], NIGHT)


def look(db: Database, verdict: str, days: int = 30, moment: datetime = NIGHT) -> None:
    values: dict[str, Any] = dict.fromkeys(("platform", "newest_article", "landed_url"))
    values |= {"host": HOST, "verdict": verdict, "reason": "x", "fingerprint": None, "requests": 2}
    values |= {"looked_at": to_utc_iso(moment), "due_at": to_utc_iso(moment + timedelta(days))}
    with write_transaction(db):
        record_look(db, {**values, "run": 1})


def due(db: Database, moment: datetime = NIGHT, run: int = 2) -> list[str]:
    return [row["host"] for row in due_candidates(db, ["96"], run, moment)]


def test_a_host_is_due_once_in_a_run_and_again_when_its_time_comes(db: Database) -> None:
    add(db, "link")
    assert due(db, run=1) == due(db) == [HOST]
    assert due_candidates(db, ["01"], 2, NIGHT) == []
    look(db, "down", days=0)
    assert due(db, run=1) == []
    assert due(db) == [HOST]
    look(db, "down", days=14)
    assert due(db) == []
    assert due(db, NIGHT + timedelta(15)) == [HOST]
    assert attempts_with(db, HOST, "down") == 2
    look(db, "portal")
    assert attempts_with(db, HOST, "down") == 0


def test_a_link_that_names_another_unit_makes_a_guess_due_again(db: Database) -> None:
    add(db, "pattern")
    look(db, "other_body", days=90)
    add(db, "link")
    assert due(db) == []
    add(db, "pattern", unit="31849")
    assert (found := shown_candidates(db, ["96"], 1)[0])["found_by"] == "link"
    assert found["unit_code"] == "31843"
    db.execute("UPDATE candidates SET found_by = 'pattern'")
    add(db, "link", unit="31849")
    assert due(db, run=2) == [HOST]


@pytest.mark.parametrize("verdict", ["portal", "no_name"])
def test_a_link_does_not_make_a_portal_or_an_absent_name_due(db: Database, verdict: str) -> None:
    add(db, "pattern")
    look(db, verdict)
    add(db, "link", unit="31849")
    assert due(db) == []
    assert found_units(db) == ({"31843"} if verdict == "portal" else set())


def test_an_absent_name_is_guessed_again_when_it_is_due_and_not_looked_at(db: Database) -> None:
    add(db, "pattern")
    look(db, "no_name")
    later = NIGHT + timedelta(31)
    assert known_hosts(db, NIGHT) == {HOST}
    assert known_hosts(db, later) == set()
    assert due(db, later) == []
    assert count_guesses(db, NIGHT - timedelta(hours=1)) == 1
    assert count_guesses(db, NIGHT) == 0


def test_a_unit_is_lost_if_none_of_its_sources_is_left(db: Database) -> None:
    sources = [("a", "1", "dead"), ("b", "1", "moved"), ("c", "2", "dead"), ("d", "2", "unknown")]
    for slug, unit, state in sources:
        db.table("sources").insert(
            {"slug": slug, "name": slug, "home_url": f"https://{slug}.vn/", "level": "commune",
             "unit_code": unit, "state": state, "enabled": 0}
        )  # fmt: skip
    assert lost_units(db) == {"1"}
    assert live_units(db) == set()
    db.execute("UPDATE sources SET state = 'live' WHERE slug = 'd'")
    assert live_units(db) == {"2"}


def test_a_list_that_fails_keeps_its_number_of_links(db: Database) -> None:
    row = {"url": "https://camau.gov.vn/", "province_code": "96", "links": 7, "reason": None}
    row |= {"fingerprint": "f", "read_at": to_utc_iso(NIGHT), "due_at": to_utc_iso(NIGHT), "run": 1}
    failed = row | {"links": 0, "reason": "http_500", "fingerprint": None}
    with write_transaction(db):
        for each in (row, failed, failed):
            record_link_list(db, each)
    kept = link_lists(db, {"https://camau.gov.vn/"})["https://camau.gov.vn/"]
    assert (kept["links"], kept["reason"], kept["fingerprint"]) == (7, "http_500", "f")
    assert kept["attempts"] == 2


def test_a_search_that_was_killed_is_closed_by_the_next(db: Database) -> None:
    second = start_discovery(db, ["96", "01"], NIGHT)
    finish_discovery(db, second, "done", NIGHT)
    rows = db.execute("SELECT state, scope, error FROM discoveries ORDER BY id").fetchall()
    assert rows == [("interrupted", "96", "the process was killed"), ("done", "96 01", None)]
