"""The pauses between requests to a web archive, and after it asked for one."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from scraper.recovery.http_client import retry_after
from scraper.recovery.pace import Pace, RequestKind, end_of_night, night_of
from scraper.recovery.web_archive import ServiceError
from scraper.store.database import open_database
from tests.scraper.recovery.stepped_clock import EVENING, SteppedClock
from tests.scraper.stores import new_database

INDEX, CAPTURE = RequestKind.INDEX, RequestKind.CAPTURE
SERVICE = "internet-archive"


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return new_database(tmp_path)


@pytest.mark.parametrize("seed", range(5))
def test_no_two_requests_are_too_close(db: Database, seed: int) -> None:
    """Whatever the order, how long answers take, and which of two processes asks."""
    chance, clock = random.Random(seed), SteppedClock()
    paces = [Pace(db, SERVICE, clock), Pace(open_database(_path(db)), SERVICE, clock)]
    sent: list[tuple[RequestKind, datetime]] = []
    for _ in range(60):
        kind, pace = chance.choice([INDEX, CAPTURE]), chance.choice(paces)
        pace.wait(kind)
        sent.append((kind, clock.now()))
        clock.moment += timedelta(seconds=chance.choice([0, 0.001, 0.4, 3]))
        pace.note_answer(kind)
    for kinds, least in (((INDEX,), 2.5), ((INDEX, CAPTURE), 1.0)):
        times = [moment for kind, moment in sent if kind in kinds]
        assert all(b - a >= timedelta(seconds=least) for a, b in itertools.pairwise(times))


def _path(db: Database) -> Path:
    return Path(db.execute("PRAGMA database_list").fetchone()[2])


def test_the_pause_begins_with_the_answer(db: Database) -> None:
    clock = SteppedClock()
    pace = Pace(db, SERVICE, clock)
    pace.wait(CAPTURE)
    clock.moment += timedelta(seconds=20)
    pace.note_answer(CAPTURE)
    pace.wait(CAPTURE)
    assert clock.sleeps == [pytest.approx(1.01)]


def test_a_service_does_not_wait_for_another(db: Database) -> None:
    clock = SteppedClock()
    for service in (SERVICE, "common-crawl"):
        Pace(db, service, clock).wait(INDEX)
    assert clock.sleeps == []


def test_a_clock_that_was_set_back_does_not_wait_for_hours(db: Database) -> None:
    Pace(db, SERVICE, SteppedClock(EVENING + timedelta(hours=5))).wait(INDEX)
    clock = SteppedClock()
    Pace(db, SERVICE, clock).wait(INDEX)
    assert clock.sleeps == [pytest.approx(2.51)]


def test_stops_grow_and_the_third_lasts_for_the_night(db: Database) -> None:
    clock = SteppedClock()
    pace = Pace(db, SERVICE, clock)
    for least in (60, 120):
        pace.stop(timedelta(seconds=3))
        pace.wait(CAPTURE)
        assert clock.sleeps.pop() == least
    with pytest.raises(ServiceError) as raised:
        pace.stop(None)
    assert raised.value.until == end_of_night(EVENING)
    with pytest.raises(ServiceError):
        Pace(open_database(_path(db)), SERVICE, clock).wait(INDEX)
    clock.moment = end_of_night(EVENING)
    pace.wait(INDEX)
    pace.stop(None)
    pace.wait(INDEX)
    assert clock.sleeps.pop() == 60


def test_a_long_stop_is_left_to_another_run(db: Database) -> None:
    clock = SteppedClock()
    pace = Pace(db, SERVICE, clock)
    with pytest.raises(ServiceError) as raised:
        pace.stop(timedelta(hours=1))
    assert raised.value.until == EVENING + timedelta(hours=1)
    assert clock.sleeps == []
    with pytest.raises(ServiceError):
        pace.stop(timedelta(days=400))


def test_a_night_begins_and_ends_at_noon_of_vietnam() -> None:
    before, after = (datetime(2026, 11, 28, hour, 59, tzinfo=UTC) for hour in (4, 5))
    assert (night_of(before), night_of(after)) == ("2026-11-27", "2026-11-28")
    assert end_of_night(before) == datetime(2026, 11, 28, 5, tzinfo=UTC)
    assert end_of_night(after) == datetime(2026, 11, 29, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("Fri, 27 Nov 2026 19:02:00 GMT", 120),
        ("Fri, 27 Nov 2026 18:00:00 GMT", 0),
        ("", None),
        ("-5", None),
        ("mai", None),
        ("9" * 5000, 10**8),
        ("²", None),
    ],
)
def test_retry_after(value: str, seconds: int | None) -> None:
    pause = retry_after(value, EVENING)
    assert pause == (None if seconds is None else timedelta(seconds=seconds))
