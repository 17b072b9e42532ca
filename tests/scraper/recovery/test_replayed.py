"""Recovery from the real pywb, by the client that users have."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import brotli

from scraper.recovery.options import RecoveryOptions
from scraper.recovery.recover import recover
from tests.scraper.recovery.archived import Archived
from tests.scraper.recovery.memory_archive import HOST, all_of
from tests.scraper.recovery.opened_archives import collection
from tests.scraper.recovery.places import PATH, SOURCE, Place, assert_sums, body
from tests.scraper.recovery.replay_server import needs_pywb, pywb

A, B, C = (body(f"Bản {word} của tin này.") for word in ("đầu tiên", "thứ hai", "cuối cùng"))
HTML = (b"Content-Type", b"text/html; charset=utf-8")
GZIP, BROTLI = (b"Content-Encoding", b"gzip"), (b"Content-Encoding", b"br")
OLD = "/Default.aspx?tabid=5&id=1234"


def at(year: int) -> datetime:
    return datetime(year, 3, 4, 5, 6, 7, tzinfo=UTC)


FIRST = Archived(HOST + PATH, at(2019), A)
CAPTURES = [
    FIRST,
    Archived(HOST + PATH, at(2020), A, revisit_of=FIRST),
    Archived(
        HOST + PATH, at(2021), gzip.compress(B), fields=(HTML, (b"Content-Encoding", b"gzip"))
    ),
    Archived(
        HOST + PATH, at(2022), brotli.compress(C), fields=(HTML, (b"Content-Encoding", b"br"))
    ),
    Archived(HOST + PATH, at(2024), b"", "404 Not Found"),
    Archived(HOST + OLD, at(2017), A),
    Archived(HOST + OLD, at(2018), b"", "301 Moved", (HTML, (b"Location", (HOST + PATH).encode()))),
]


@needs_pywb
def test_a_portal_is_recovered_from_pywb(tmp_path: Path) -> None:
    place = Place(tmp_path / "here")
    (tmp_path / "there").mkdir()
    with pywb(tmp_path / "there", CAPTURES) as service, collection(service, place.db) as archive:
        options = RecoveryOptions(pause=lambda _: None)
        steps = recover(place.db, place.path, place.archive, SOURCE, [archive], options)
        report = all_of(steps)
    assert_sums(place)
    [(text, first, last, gone)] = place.rows(
        "SELECT body, first_seen_at, last_seen_at, gone_at FROM articles"
    )
    assert ("cuối cùng" in text, first[:4], last[:4], gone[:4]) == (True, "2017", "2022", "2024")
    states = place.rows("SELECT seen_at, body FROM revisions ORDER BY 1")
    assert [(seen[:4], "đầu tiên" in text, "thứ hai" in text) for seen, text in states] == [
        ("2020", True, False), ("2021", False, True),
    ]  # fmt: skip
    assert len(place.rows("SELECT * FROM capture_origins")) == 5
    assert report is not None
