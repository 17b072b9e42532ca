"""A service or a pool of workers that fails each time ends a recovery, and settles nothing."""

from __future__ import annotations

import errno
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import count
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from threading import Event

import pytest

from pipelines.workers import WorkersFailedError
from scraper.base.clock import now
from scraper.base.messages import VIETNAMESE, translate
from scraper.commands.recover import StoppedError, wait_or_stop
from scraper.recovery.pace import SystemClock
from scraper.recovery.recover import MAX_STOPS
from scraper.recovery.web_archive import IndexBatch, IndexQuery, ServiceError
from tests.scraper.recovery.memory_archive import MemoryArchive
from tests.scraper.recovery.places import Place, assert_sums
from tests.scraper.recovery.test_interruptions import SITE


def test_a_service_that_stops_each_time_is_left_alone(tmp_path: Path) -> None:
    place, asked = Place(tmp_path), Counter[str]()

    def stop(what: str) -> None:
        asked[what] += 1
        assert asked.total() < 100, "it is asked for ever"
        raise ServiceError("out of reach", now())

    report = place.recover(MemoryArchive(SITE, fault=stop))
    assert asked.total() == MAX_STOPS
    assert report.services["memory"].stopped == "out of reach"
    assert not report.is_finished
    assert place.recover(MemoryArchive(SITE)).is_finished
    assert_sums(place)


def test_stops_with_captures_in_between_are_waited_for(tmp_path: Path) -> None:
    place, stops, requests = Place(tmp_path), [0], count(1)

    def stop_often(what: str) -> None:
        if next(requests) % 3 == 0:
            stops[0] += 1
            raise ServiceError("asked to stop", now())

    report = place.recover(MemoryArchive(SITE, fault=stop_often))
    assert stops[0] > MAX_STOPS
    assert report.is_finished
    assert_sums(place)


class _NoProcess(ForkServerProcess):
    """A process that the system does not start."""

    def start(self) -> None:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")


def test_a_pool_that_fails_ends_the_recovery_and_settles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(ForkServerContext, "Process", _NoProcess)
        with pytest.raises(WorkersFailedError):
            place.recover(MemoryArchive(SITE))
    assert place.rows("SELECT count(*) FROM archived_captures WHERE outcome = 'broken'") == [(0,)]
    assert place.rows("SELECT count(*) > 0 FROM archived_captures WHERE outcome IS NULL") == [(1,)]
    assert place.recover(MemoryArchive(SITE)).is_finished
    assert_sums(place)


def test_a_capture_that_stops_its_service_each_time_keeps_no_other_back(tmp_path: Path) -> None:
    place, first = Place(tmp_path), SITE[0].url
    left = [1]

    def stop(what: str) -> None:
        if what == first and left[0]:
            left[0] -= 1
            raise ServiceError("asked to stop", None)

    for _ in range(2):
        left[0] = 1
        report = place.recover(MemoryArchive(SITE[:1] + SITE[12:], fault=stop))
    assert not report.is_finished
    assert place.rows("SELECT count(*) FROM archived_captures WHERE outcome IS NULL") == [(1,)]
    left[0] = 0
    assert place.recover(MemoryArchive(SITE)).is_finished
    assert_sums(place)


@pytest.mark.parametrize(
    "problem",
    [
        "https://a.vn/cdx?url=b: the service answered 502",
        "https://a.vn/cdx?url=b: no answer in time",
        "https://a.vn/cdx?url=b: the answer was cut: peer closed",
        "https://a.vn/cdx?url=b: the answer took longer than 600.0 s",
        "the answer of the index ends inside a line",
        "the index answered 500",
    ],
)
@pytest.mark.parametrize("service", ["internet-archive", "http://127.0.0.1:9/kept"])
def test_what_is_out_of_reach_is_said_in_vietnamese(service: str, problem: str) -> None:
    said = translate(f"{service} is out of reach, and is asked later: {problem}", VIETNAMESE)
    assert said.startswith(f"không liên lạc được với {service}, sẽ hỏi lại sau: ")
    assert not re.search(r"\b(the|answer|index|longer)\b", said)


class _HalfArchive(MemoryArchive):
    """One of its two indexes is never answered."""

    def captures(self, query: IndexQuery, resume_at: str | None) -> Iterator[IndexBatch]:
        if query.collection == "first":
            raise ServiceError("the index answered 504", now())
        yield from super().captures(replace(query, collection=""), resume_at)


def test_an_index_that_fails_each_time_keeps_no_capture_back(tmp_path: Path) -> None:
    place = Place(tmp_path)
    half = _HalfArchive(SITE, collections=("first", "second"))
    for _ in range(2):
        report = place.recover(half)
        assert not report.is_finished
        assert report.services["memory"].stopped == "the index answered 504"
        waiting = "SELECT count(*) FROM archived_captures WHERE outcome IS NULL"
        assert place.rows(waiting) == [(0,)]
    assert place.rows("SELECT count(*) > 10 FROM archived_captures") == [(1,)]


def test_a_wait_ends_when_the_user_asks_to_stop(tmp_path: Path) -> None:
    stop = Event()
    clock = SystemClock(partial(wait_or_stop, stop))
    clock.sleep(0.001)
    stop.set()
    with pytest.raises(StoppedError):
        clock.sleep(3600)
