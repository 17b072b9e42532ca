"""Where the archive holds a body: found by its hash, however many captures there are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from scraper.store.captures import Capture, add_capture
from scraper.store.database import write_transaction
from scraper.store.file_rows import other_places
from tests.scraper.stores import new_database

MOMENT = datetime(2026, 11, 1, tzinfo=UTC)


def test_records_of_a_body_are_found_without_looking_at_all_captures(tmp_path: Path) -> None:
    db = new_database(tmp_path)
    digests = [sha256(b"%d" % number).hexdigest() for number in range(2000)]
    alike = digests[7][:8] + "0" * 56
    with write_transaction(db):
        for number, digest in enumerate([*digests, digests[7], alike]):
            place = Capture("a.warc.gz", number, digest, 200, MOMENT + timedelta(seconds=number))
            add_capture(db, f"huyen.localhost/{number}", place)
    steps = 0

    def count_step() -> int:
        nonlocal steps
        steps += 1
        return 0

    db.conn.set_progress_handler(count_step, 10)
    found = other_places(db, digests[7])
    db.conn.set_progress_handler(None, 10)
    assert found == [("a.warc.gz", 7), ("a.warc.gz", 2000)]
    assert steps < 50
