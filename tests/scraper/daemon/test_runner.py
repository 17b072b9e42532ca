"""Runs as child processes: one at a time, each ended in time, and each on record."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Thread

import pytest

from scraper.base.clock import now
from scraper.base.lock import lock
from scraper.daemon.runner import Runner, RunnerConfig
from scraper.store.database import open_database
from scraper.store.runs import list_runs
from tests.scraper.nights import until

BEGIN = """
import signal, sys, time
from pathlib import Path
from scraper.base.clock import now
from scraper.store.database import open_database
from scraper.store.runs import finish_run, start_run
db = open_database(Path(sys.argv[1]))
run = start_run(db, "schedule", [], now())
def finish(code):
    finish_run(db, run, "interrupted", now())
    sys.exit(code)
"""
"""A crawl that opens its run and closes it not."""

HEED = "signal.signal(signal.SIGTERM, lambda *_: finish(130))"
"""What has it close its run when it is asked to end."""


class Stage:
    """A runner whose crawl and report are commands of the test."""

    def __init__(self, folder: Path, crawl: str, seconds: float = 60, patience: float = 60) -> None:
        self.database, self.told = folder / "tinhuyen.db", folder / "told"
        open_database(self.database).close()
        report = f"open({str(self.told)!r}, 'a').write('told ')"
        self.runner = Runner(
            RunnerConfig(
                self.database,
                [sys.executable, "-c", crawl, str(self.database)],
                [sys.executable, "-c", report],
                seconds,
                jitter=0,
                patience=patience,
            )
        )

    def run(self, slugs: Sequence[str] = ("portal",)) -> None:
        self.runner.run("schedule", lambda: slugs)

    @property
    def runs(self) -> list[tuple[str, str | None]]:
        rows = list_runs(open_database(self.database))
        return [(row["state"], row["error"]) for row in reversed(rows)]

    @property
    def reports(self) -> int:
        return self.told.read_text().count("told") if self.told.exists() else 0


def test_each_run_is_followed_by_a_report(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "raise SystemExit(3)")
    stage.run()
    stage.run()
    assert stage.reports == 2


def test_where_no_source_is_due_nothing_happens(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "raise SystemExit(1)")
    stage.run(slugs=())
    assert (stage.runs, stage.reports) == ([], 0)


def test_a_crawl_that_never_began_is_on_record(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "raise SystemExit(2)")
    stage.run()
    assert stage.runs == [("failed", "the crawl ended with code 2 before it began")]
    assert stage.reports == 1


@pytest.mark.fault(67)
def test_a_run_whose_process_was_killed_is_closed(tmp_path: Path) -> None:
    stage = Stage(tmp_path, f"{BEGIN}\nimport os; os.kill(os.getpid(), 9)")
    stage.run()
    assert stage.runs == [("interrupted", "the crawl ended with code -9")]


@pytest.mark.fault(70)
@pytest.mark.parametrize("end", ["", HEED], ids=["killed", "closes its run"])
def test_a_run_that_hangs_is_ended_by_its_time_limit(tmp_path: Path, end: str) -> None:
    stage = Stage(tmp_path, f"{BEGIN}\n{end}\ntime.sleep(3600)", seconds=18)
    stage.run()
    assert stage.runs == [("interrupted", "the crawl was ended by its time limit of 0.3 minutes")]


def test_a_run_that_closed_itself_early_says_what_it_ended_with(tmp_path: Path) -> None:
    stage = Stage(tmp_path, f"{BEGIN}\nfinish(1)")
    stage.run()
    assert stage.runs == [("interrupted", "the crawl ended with code 1")]


@pytest.mark.fault(66)
def test_a_run_waits_for_the_one_that_holds_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scraper.daemon.runner.LOOK_SECONDS", 0.05)
    stage = Stage(tmp_path, "raise SystemExit(0)")
    with lock(stage.database):
        waiting = Thread(target=stage.run)
        waiting.start()
        time.sleep(0.3)
        assert stage.reports == 0
    waiting.join(300)
    assert stage.reports == 1


def test_a_run_that_waited_in_vain_is_on_record(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "raise SystemExit(0)", patience=0)
    with lock(stage.database):
        stage.run()
    assert stage.runs == [("failed", "another run held the database")]
    assert stage.reports == 1


@pytest.mark.fault(70)
def test_what_must_be_killed_takes_its_own_children_along(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    stubborn = (
        "import os, signal, subprocess, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "child = subprocess.Popen(['sleep', '600']);"
        f"open({str(pid)!r}, 'w').write(str(child.pid));"
        "time.sleep(3600)"
    )
    stage = Stage(tmp_path, stubborn)
    running = Thread(target=stage.run)
    running.start()
    until(lambda: pid.exists() and bool(pid.read_text()))
    stage.runner.stop()
    stage.runner.stop()
    running.join(300)
    assert stage.reports == 0
    until(lambda: has_ended(int(pid.read_text())))


def has_ended(pid: int) -> bool:
    """Whether a process is gone, or only waits for whoever inherits it to take note."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (ProcessLookupError, FileNotFoundError):
        return True


def test_a_skip_tells_from_when_until_when_nothing_ran(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "")
    start = now().replace(year=2025)
    stage.runner.skip("schedule", "nothing ran", start)
    row = list_runs(open_database(stage.database))[0]
    assert row["started_at"] < row["finished_at"]
