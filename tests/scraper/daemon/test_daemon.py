"""The daemon as a process: one run at a time, ended as asked, caught up after a kill."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from scraper.base.clock import VIETNAM
from settings import DOWNLOAD_TIMEOUT
from tests.portals.fickle import FicklePortal
from tests.portals.platforms import NukeVietPortal
from tests.scraper.moved_clock import Clock
from tests.scraper.nights import SECONDS, House, free_port, until


@pytest.fixture(scope="module")
def portal() -> Iterator[NukeVietPortal]:
    with NukeVietPortal(6) as portal:
        yield portal


def ends_with(house: House, state: str) -> bool:
    return bool(house.runs()) and house.runs()[-1][1] == state


@pytest.mark.fault(67)
def test_a_run_at_the_start_then_idle_then_ended_by_sigterm(
    tmp_path: Path, portal: NukeVietPortal
) -> None:
    house = House(tmp_path, portal.home_url)
    with house.daemon("--now") as daemon:
        until(lambda: ends_with(house, "done") and (tmp_path / "tinhuyen.heartbeat").exists())
        code, status = house.status()
        assert code == 0
        assert status["next_run_at"]
        assert status["last_good_run_at"]
        assert resident_megabytes(daemon.pid) < 60
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(300) == 0
    assert house.runs() == [("manual", "done")]
    assert house.status()[1]["next_run_at"] is None


def resident_megabytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) // 1024


@pytest.mark.fault(67)
def test_sigterm_closes_a_run_as_interrupted_and_the_next_start_completes_it(
    tmp_path: Path, portal: NukeVietPortal
) -> None:
    house = House(tmp_path, portal.home_url, delay=0.3)
    with house.daemon("--now") as daemon:
        until(lambda: bool(house.rows("SELECT 1 FROM pages WHERE outcome IS NOT NULL")))
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(300) == 0
    assert house.runs() == [("manual", "interrupted")]
    with house.daemon() as daemon:
        until(lambda: ends_with(house, "done"))
    assert house.runs() == [("manual", "interrupted"), ("catch-up", "done")]
    titles = sorted(title for (title,) in house.rows("SELECT title FROM articles"))
    assert titles == sorted(portal.titles)


@pytest.mark.fault(68)
def test_a_night_missed_while_the_machine_was_off_is_caught_up_once(
    tmp_path: Path, portal: NukeVietPortal
) -> None:
    house = House(tmp_path, portal.home_url)
    assert house.tinhuyen("crawl").returncode == 0
    long_ago = "'2026-01-01T19:00:00Z'"
    house.write(f"UPDATE runs SET started_at = {long_ago}, finished_at = {long_ago}")
    missed = ("schedule", "failed")
    for _ in range(2):
        with house.daemon():
            until(lambda: house.runs() == [("manual", "done"), missed, ("catch-up", "done")])
            time.sleep(1)
    outage = house.rows("SELECT started_at, error FROM runs WHERE state = 'failed'")
    assert outage == [("2026-01-02T19:00:00Z", "nothing ran at this time: caught up later")]


def test_a_source_that_never_ran_is_caught_up_when_its_first_night_was_missed(
    tmp_path: Path, portal: NukeVietPortal
) -> None:
    house = House(tmp_path, portal.home_url)
    with house.daemon():
        until(lambda: (tmp_path / "tinhuyen.daemon").exists())
        time.sleep(1)
    assert house.runs() == []
    plan = {"next_start_at": "2026-01-02T19:00:00Z"}
    (tmp_path / "tinhuyen.daemon").write_text(json.dumps(plan))
    with house.daemon():
        until(lambda: ends_with(house, "done"))
    assert house.runs() == [("schedule", "failed"), ("catch-up", "done")]


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    """It is ten seconds to two, in Vietnam, three days from today."""
    today = datetime.now(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    clock = Clock(tmp_path / "clock", today + timedelta(days=3))
    clock.move(0, 1, 59, 50)
    return clock


def test_the_night_comes_at_two_in_vietnam_wherever_the_machine_stands(
    tmp_path: Path, portal: NukeVietPortal, clock: Clock
) -> None:
    house = House(tmp_path, portal.home_url, settings=clock.environment)
    with house.daemon(TZ="America/New_York"):
        until(lambda: ends_with(house, "done"))
    [(trigger, started)] = house.rows("SELECT trigger, started_at FROM runs")
    assert trigger == "schedule"
    assert datetime.fromisoformat(started).astimezone(VIETNAM).strftime("%H:%M") == "02:00"


@pytest.mark.fault(67)
def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        mute.settimeout(300)
        house = House(tmp_path, f"http://127.0.0.1:{mute.getsockname()[1]}/")
        with house.daemon("--now") as daemon:
            asking, _ = mute.accept()
            daemon.send_signal(signal.SIGINT)
            until(lambda: house.log.count("daemon stopping") == 1)
            daemon.send_signal(signal.SIGINT)
            assert daemon.wait(DOWNLOAD_TIMEOUT - 5) == 0, "it waited for the answer"
            asking.close()
    assert house.runs() == [("manual", "interrupted")]


@pytest.mark.fault(66)
def test_a_second_daemon_is_refused_and_kill_9_leaves_no_lock(
    tmp_path: Path, portal: NukeVietPortal
) -> None:
    house = House(tmp_path, portal.home_url)
    with house.daemon() as first:
        until(lambda: (tmp_path / "tinhuyen.daemon").exists())
        second = house.tinhuyen("daemon")
        assert second.returncode == 4
        assert "another daemon holds" in second.stderr
        os.kill(first.pid, signal.SIGKILL)
        first.wait(SECONDS)
    with house.daemon("--now"):
        until(lambda: ends_with(house, "done"))


@pytest.mark.slow
def test_a_changed_timetable_is_taken_up(tmp_path: Path, portal: NukeVietPortal) -> None:
    house = House(tmp_path, portal.home_url)
    sources, plan = tmp_path / "config" / "tinhuyen" / "sources.toml", tmp_path / "tinhuyen.daemon"
    with house.daemon():
        until(lambda: "T19:00:00Z" in plan.read_text() if plan.exists() else False)
        good = sources.read_text()
        sources.write_text("what is this")
        until(lambda: "timetable unreadable" in house.log)
        sources.write_text(f'{good}at = "05:30"\n')
        until(lambda: "T22:30:00Z" in plan.read_text())


def test_a_database_of_no_use_ends_it(tmp_path: Path, portal: NukeVietPortal) -> None:
    house = House(tmp_path, portal.home_url)
    house.database.write_bytes(b"no database" * 1000)
    daemon = house.tinhuyen("daemon")
    assert daemon.returncode == 1
    assert "restore it from a backup" in daemon.stderr


def test_metrics_and_health_are_served(tmp_path: Path, portal: NukeVietPortal) -> None:
    house, port = House(tmp_path, portal.home_url), free_port()
    with house.daemon("--now", "--metrics-port", str(port)):
        until(lambda: (tmp_path / "tinhuyen.heartbeat").exists())
        metrics = get(port, "metrics")[1]
        assert 'tinhuyen_source_verdict{source="portal",verdict="fine"} 1.0' in metrics
        assert 'tinhuyen_last_run_pages{outcome="new",source="portal"} 6.0' in metrics
        assert get(port, "healthz")[0] == 200


def test_health_is_refused_where_the_last_run_failed(tmp_path: Path) -> None:
    with FicklePortal(3) as portal:
        portal.mood = "shut"
        house, port = House(tmp_path, portal.home_url), free_port()
        with house.daemon("--now", "--metrics-port", str(port)):
            until(lambda: ends_with(house, "failed"))
            assert get(port, "healthz")[0] == 503


def get(port: int, path: str) -> tuple[int, str]:
    try:
        with urlopen(f"http://127.0.0.1:{port}/{path}", timeout=300) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, ""
