"""A recovery goes on where it was killed or paused, leaves runs alone, and keeps memory flat."""

from __future__ import annotations

import errno
import os
import random
import resource
import signal
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from scraper.archive.reader import iter_records
from scraper.archive.writer import ArchiveWriter
from scraper.base.clock import now
from scraper.base.errors import LockedError
from scraper.base.lock import lock
from scraper.recovery.recover import recover
from scraper.recovery.web_archive import CaptureError, IndexBatch, IndexQuery, ServiceError
from scraper.store.recovery import MAX_ATTEMPTS
from tests.scraper.recovery.memory_archive import MemoryArchive, Recorded
from tests.scraper.recovery.places import PATH, SOURCE, WATER, Place, assert_sums, body
from tests.scraper.stores import page_of

VERSIONS = [body(f"Bản thứ {number} của tin này.") for number in range(6)]
SITE = [
    *(Recorded(PATH, day, VERSIONS[day // 2]) for day in range(12)),
    *(
        Recorded(
            f"/tin/nuoc-sach-ve-ban-vung-cao-yen-thuan-so-{number}.html", day,
            page_of(f"Nước sạch về bản số {number}", WATER, f"{number} hộ. {day % 2}").encode(),
        )
        for number in range(15) for day in range(20, 24)
    ),
    Recorded(PATH, 30, b"", 404),
]  # fmt: skip


RECOVER = """
import sys
from pathlib import Path
from scraper.recovery.recover import recover
from tests.scraper.recovery.memory_archive import MemoryArchive
from tests.scraper.recovery.places import SOURCE, Place
from tests.scraper.recovery.test_interruptions import SITE

if __name__ == "__main__":
    place = Place(Path(sys.argv[1]))
    services = [MemoryArchive(SITE, batch=5)]
    for _ in recover(place.db, place.path, place.archive, SOURCE, services):
        print(flush=True)
        sys.stdin.readline()
"""
"""Recovers, and waits after each step until it is told to go on."""


def _recover_until_killed(folder: Path, steps: int, seconds: float) -> None:
    """Recover in a session of its own, which is killed amid the step after so many steps."""
    command = [sys.executable, "-c", RECOVER, str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(steps):
            process.stdout.readline()
            process.stdin.write(b"\n")
            process.stdin.flush()
        time.sleep(seconds)
        os.killpg(process.pid, signal.SIGKILL)


def kill_often(folder: Path, times: int) -> None:
    chosen, settled = random.Random(times), set[int]()
    calm = Place(folder / "calm")
    calm.recover(MemoryArchive(SITE, batch=5))
    for _ in range(times):
        steps = chosen.randint(1, 40 // times)
        _recover_until_killed(folder / "killed", steps, chosen.random() / 20)
        with closing(Place(folder / "killed").db.conn) as db:
            [found] = db.execute("SELECT count(outcome) FROM archived_captures").fetchone()
        settled.add(found)
    assert len(settled) > times // 2, "the recovery was killed too early or too late"
    place = Place(folder / "killed")
    place.recover(MemoryArchive(SITE, batch=5))
    assert place.history() == calm.history()
    assert_sums(place)
    kept = {
        (path.name, record.offset)
        for path in place.archive.glob("*.warc.gz")
        for record in iter_records(path)
        if record.problem is None
    }
    assert set(place.rows("SELECT warc_file, warc_offset FROM captures")) <= kept


def test_nothing_is_lost_or_doubled_by_kill_9(tmp_path: Path) -> None:
    (tmp_path / "killed").mkdir()
    kill_often(tmp_path, 3)


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_by_twenty_times_kill_9(tmp_path: Path) -> None:
    (tmp_path / "killed").mkdir()
    kill_often(tmp_path, 20)


def test_the_caller_may_stop_after_any_step(tmp_path: Path) -> None:
    whole, stopped = Place(tmp_path / "whole"), Place(tmp_path / "stopped")
    whole.recover(MemoryArchive(SITE))
    archive = MemoryArchive(SITE)
    for _ in range(200):
        reports = recover(stopped.db, stopped.path, stopped.archive, SOURCE, [archive])
        for _, report in zip(range(4), reports, strict=False):
            last = report
        reports.close()
        last_is_finished = not stopped.rows(
            "SELECT 1 FROM archived_captures WHERE outcome IS NULL"
            " UNION ALL SELECT 1 FROM recovery_queries WHERE finished_at IS NULL"
        )
        if last_is_finished:
            break
    assert last.source == "hamyen"
    assert stopped.history() == whole.history()
    assert archive.asked["captures"] == len({one.line.digest for one in SITE if one.status == 200})


def test_a_run_goes_first(tmp_path: Path) -> None:
    place, archive = Place(tmp_path), MemoryArchive(SITE)
    pauses: list[float] = []
    with lock(place.path):
        reports = recover(place.db, place.path, place.archive, SOURCE, [archive])
        for _, report in zip(range(1), reports, strict=False):
            pauses.append(report.is_waiting)
    assert pauses == [True]
    assert not archive.asked
    reports.close()


def test_a_run_may_begin_while_captures_are_fetched(tmp_path: Path) -> None:
    place, archive = Place(tmp_path), MemoryArchive(SITE)
    for _ in recover(place.db, place.path, place.archive, SOURCE, [archive]):
        with lock(place.path, timeout=0):
            pass
    assert_sums(place)


def test_two_recoveries_exclude_each_other(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with lock(place.path, "recovery"), pytest.raises(LockedError):
        place.recover(MemoryArchive(SITE))


def test_a_service_that_stops_leaves_the_plan(tmp_path: Path) -> None:
    place, left = Place(tmp_path), [6]

    def stop(what: str) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise ServiceError("asked to stop", now() + timedelta(hours=9))

    report = place.recover(MemoryArchive(SITE, fault=stop))
    counts = report.services["memory"]
    assert counts.stopped == "asked to stop"
    assert counts.resumes_at is not None
    assert counts.waiting or counts.waiting_queries
    assert place.recover(MemoryArchive(SITE)).is_finished
    assert_sums(place)


def test_a_short_pause_of_a_service_is_waited_for(tmp_path: Path) -> None:
    place, left, pauses = Place(tmp_path), [6], list[float]()

    def stop(what: str) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise ServiceError("asked to stop", now())

    report = place.recover(MemoryArchive(SITE, fault=stop), pause=pauses.append)
    assert report.is_finished
    assert report.services["memory"].stopped is None
    assert pauses
    assert_sums(place)


def test_the_other_service_goes_on(tmp_path: Path) -> None:
    def stop(what: str) -> None:
        raise ServiceError("out of reach", None)

    place = Place(tmp_path)
    report = place.recover(MemoryArchive(SITE, "a", fault=stop), MemoryArchive(SITE, "b"))
    assert report.services["a"].waiting_queries == 1
    assert not report.services["b"].waiting
    assert report.services["b"].articles("new") == len({one.path for one in SITE})


@pytest.mark.parametrize("is_final", [True, False])
def test_a_capture_that_cannot_be_had_has_its_reason(tmp_path: Path, is_final: bool) -> None:
    def refuse(what: str) -> None:
        if what.endswith(PATH):
            raise CaptureError("rewritten" if is_final else "http_502", "no", is_final=is_final)

    place = Place(tmp_path)
    for _ in range(MAX_ATTEMPTS):
        place.recover(MemoryArchive(SITE, fault=refuse))
        place.db.execute("UPDATE archived_captures SET tried_at = '2020'")
        place.db.conn.commit()
    outcome = ("refused", "rewritten", 12) if is_final else ("failed", "http_502", 12)
    found = place.rows("SELECT outcome, reason, count(*) FROM archived_captures GROUP BY 1, 2")
    assert outcome in found
    assert_sums(place)


def test_a_full_disk_ends_the_recovery_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, whole = Place(tmp_path / "full"), Place(tmp_path / "whole")
    whole.recover(MemoryArchive(SITE))
    write, left = ArchiveWriter.write_copied, [5]

    def full(*values: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(*values)

    with monkeypatch.context() as patch:
        patch.setattr(ArchiveWriter, "write_copied", full)
        with pytest.raises(OSError, match="No space"):
            place.recover(MemoryArchive(SITE))
    place.recover(MemoryArchive(SITE))
    assert place.history() == whole.history()
    assert_sums(place)


class _HugeArchive(MemoryArchive):
    """An index of so many lines, none of which is fetched."""

    lines = 0

    def captures(self, query: IndexQuery, resume_at: str | None) -> Any:
        for at in range(0, self.lines, 1_000):
            lines = [
                Recorded(f"/tin/mot-tieu-de-du-dai-cho-bai-bao-{number}.html", number % 2_000).line
                for number in range(at, at + 1_000)
            ]
            yield IndexBatch(lines, 0, str(at) if at + 1_000 < self.lines else None)


def _peak_of(folder: str, lines: int, is_dry_run: bool) -> int:
    place, archive = Place(Path(folder)), _HugeArchive([])
    archive.lines = lines
    place.recover(archive, is_dry_run=is_dry_run)
    assert place.rows("SELECT count(*) FROM archived_captures") == [(lines,)]
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def test_memory_is_flat_for_a_huge_index(tmp_path: Path) -> None:
    peaks = []
    for lines in (10_000, 100_000):
        with get_context("spawn").Pool(1) as pool:
            peaks.append(pool.apply(_peak_of, (str(tmp_path / str(lines)), lines, True)))
    assert peaks[1] < peaks[0] * 1.25
