"""A cluster of processes that lose workers, and their scheduler."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest

from scraper.base.errors import ClusterError
from scraper.cluster import reading
from scraper.cluster.engine import Engine, Patience, TaskGivenUp, open_engine
from scraper.cluster.reading import read_on
from scraper.reprocessing.reprocess import reprocess
from tests.scraper.cluster.portals import apply, copied, many_pages, rows
from tests.scraper.cluster.processes import Process, ended, start_scheduler, start_worker
from tests.scraper.nights import free_port
from tests.scraper.stores import SOURCES
from tests.soak.counts import CLUSTER_PAGES


@dataclass(frozen=True)
class Failing:
    """A task that no worker can do."""

    name: str = "failing"


def fail(task: Failing) -> float:
    return 1 / len(task.name[:0])


def test_a_killed_worker_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PAGES_PER_TASK", 12)
    portal, root = many_pages(tmp_path / "a", 36), str(tmp_path / "root")
    alone = copied(portal.db, tmp_path / "b")
    list(reprocess(alone, portal.archive.folder, SOURCES, workers=1))
    with open_engine(None, 2) as engine:
        archive = str(portal.archive.folder)
        work = read_on(engine, portal.db, archive, SOURCES, root)
        next(work)
        killed = next(iter(engine.client.run(os.getpid).values()))
        os.kill(killed, signal.SIGKILL)
        *_, report = work
        [(_, given_up)] = engine.run(fail, [Failing()])
        assert given_up == TaskGivenUp(Failing(), "ZeroDivisionError: division by zero")
    assert (report.pages, report.failed, report.lost) == (36, 0, [])
    assert report.done == report.tasks == 10
    apply(portal.db, root)
    assert rows(portal.db) == rows(alone)


@pytest.mark.slow
def test_a_killed_worker_and_a_new_scheduler_cost_nothing(tmp_path: Path) -> None:
    """Dask's own programs: one worker is killed in the middle, then the scheduler."""
    portal, root = many_pages(tmp_path / "a", CLUSTER_PAGES), str(tmp_path / "root")
    alone = copied(portal.db, tmp_path / "b")
    list(reprocess(alone, portal.archive.folder, SOURCES))
    port = free_port()
    address, archive = f"tcp://127.0.0.1:{port}", str(portal.archive.folder)
    processes: list[Process] = []
    with ended(processes):
        scheduler, *workers = start_scheduler(port), start_worker(address), start_worker(address)
        processes += [scheduler, *workers]
        with open_engine(address) as engine:
            work = read_on(engine, portal.db, archive, SOURCES, root)
            for report in work:
                if report.done == report.tasks // 3:
                    workers[0].kill()
                if report.done == report.tasks // 2 and scheduler.poll() is None:
                    scheduler.kill()
                    scheduler.wait()
                    processes.append(start_scheduler(port))
                    processes += [start_worker(address), start_worker(address)]
    assert (report.pages, report.failed, report.lost) == (CLUSTER_PAGES, 0, [])
    assert report.done == report.tasks
    assert scheduler.poll() == -signal.SIGKILL
    applied = apply(portal.db, root)
    assert not applied.not_applied
    assert rows(portal.db) == rows(alone)


@pytest.mark.slow
def test_a_scheduler_without_workers_is_named() -> None:
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    with (
        ended([start_scheduler(port)]),
        Engine(address, Patience(start=20)) as engine,
        pytest.raises(ClusterError, match=f"no worker at {address}: start `dask worker"),
    ):
        list(engine.run(fail, [Failing()]))
