"""Which of several hosts that show the same is the portal of a unit."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from scraper.store.candidates import add_candidates, record_look
from scraper.store.database import open_database, write_transaction
from spiders.portal_search.mirrors import prefer_usual_hosts

MOMENT = datetime(2026, 11, 28, tzinfo=UTC)
UNIT, OTHER = "02374", "02377"
"""Xã Hàm Yên (``hamyen``), and another unit."""


def add(
    db: Database,
    host: str,
    verdict: str,
    due_at: str,
    unit: str = UNIT,
    shown: str = "tin",
    run: int = 1,
) -> None:
    row: dict[str, Any] = {"host": host, "url": f"https://{host}/", "unit_code": unit, "name": host}
    row |= {"level": "commune", "province_code": "08", "found_by": "link", "found_on": None}
    look: dict[str, Any] = dict.fromkeys(("platform", "newest_article", "landed_url", "looked_at"))
    look |= {"host": host, "verdict": verdict, "reason": f"why {verdict}", "due_at": due_at}
    with write_transaction(db):
        add_candidates(db, [row], MOMENT)
        record_look(db, {**look, "fingerprint": shown, "requests": 1, "run": run})


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return open_database(tmp_path / "tinhuyen.db")


def verdicts(db: Database) -> dict[str, tuple[str, str, str]]:
    rows = db.query("SELECT host, verdict, reason, due_at FROM candidates")
    return {row["host"]: (row["verdict"], row["reason"], row["due_at"]) for row in rows}


def test_the_host_with_the_name_of_the_unit_is_its_portal(db: Database) -> None:
    add(db, "cu.vidu.gov.vn", "portal", "2026-12-28")
    add(db, "xahamyen.vidu.gov.vn", "mirror", "2027-02-28")
    add(db, "hamyen.tuyenquang.gov.vn", "mirror", "2027-02-27")
    prefer_usual_hosts(db, 1)
    reason = "shows the articles of hamyen.tuyenquang.gov.vn"
    assert verdicts(db) == {
        "hamyen.tuyenquang.gov.vn": ("portal", "why portal", "2026-12-28"),
        "xahamyen.vidu.gov.vn": ("mirror", "why mirror", "2027-02-28"),
        "cu.vidu.gov.vn": ("mirror", reason, "2027-02-27"),
    }


def test_other_hosts_stay_as_they_were_judged(db: Database) -> None:
    add(db, "cu-hamyen.vidu.gov.vn", "portal", "2026-12-28")
    add(db, "a.vn", "mirror", "2027-02-28", unit=OTHER)
    add(db, "hamyen.a.vn", "mirror", "2027-02-28", shown="tin khác")
    add(db, "hamyen.b.vn", "mirror", "2027-02-28", run=2)
    add(db, "hamyen.c.vn", "parked", "2027-02-28")
    before = verdicts(db)
    prefer_usual_hosts(db, 1)
    assert verdicts(db) == before
