"""Measures how much faster two workers of a cluster read an archive than one, and what it costs.

``python -m tests.bench.cluster --pages 2000`` writes ``bench-results/cluster.json``. The target:
1.9 times as fast on two workers. Runs on one and two workers alternate, and the best of each
counts, because other processes may use the cores too. ``same_work`` is the speed that the processor
time alone would allow: twice the processor time of one worker, divided by that of two.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import psutil  # type: ignore[import-untyped]

from pipelines.workers import Workers
from scraper.cluster import reading
from scraper.cluster.applying import apply_readings
from scraper.cluster.engine import open_engine
from scraper.cluster.reading import read_on
from scraper.store.database import open_database
from tests.bench.reprocess import store_pages
from tests.bench.results import measure_pages
from tests.bench.texts import Writer
from tests.scraper.stores import SOURCES, Portal

ROUNDS = 2
PAGES_PER_TASK = 250
"""Small, so that both workers are busy to the end."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one run took: seconds, and processor seconds of the workers and of this process."""

    seconds: float
    work: float
    driver: float
    started: float
    megabytes: float


def measure(count: int, folder: Path) -> dict[str, Any]:
    """Store so many pages, then read them on one worker and on two."""
    portal = Portal(folder)
    store_pages(count, portal, Writer())
    portal.archive.close()
    reading.PAGES_PER_TASK = PAGES_PER_TASK
    turns = [_read(portal, folder / f"root{turn}", 1 + turn % 2) for turn in range(2 * ROUNDS)]
    one, two = turns[::2], turns[1::2]
    fastest = [min(each.seconds for each in group) for group in (one, two)]
    work = [min(each.work for each in group) for group in (one, two)]
    return {
        "pages": count,
        "pages_per_second": {"1": round(count / fastest[0]), "2": round(count / fastest[1])},
        "speed_on_two_workers": round(fastest[0] / fastest[1], 2),
        "same_work": round(2 * work[0] / work[1], 2),
        "worker_ms_per_page": {str(n + 1): round(1000 * work[n] / count, 2) for n in range(2)},
        "driver_ms_per_page": round(1000 * min(each.driver for each in turns) / count, 2),
        "start_seconds_per_worker": round(min(each.started for each in one), 1),
        "megabytes_per_worker": round(max(each.megabytes for each in one)),
        "writer_ms_per_page": round(1000 * _store(folder, folder / "root0") / count, 2),
        "archive_bytes_per_page": _size(folder / "archive", "*.warc.gz") // count,
        "readings_bytes_per_page": _size(folder / "root0", "*.parquet") // count,
    }


def _read(portal: Portal, root: Path, workers: int) -> Turn:
    with open_engine(None, workers) as engine:
        engine.client.run(warm)
        started, began, used = _work(), perf_counter(), process_time()
        for _ in read_on(engine, portal.db, str(portal.archive.folder), SOURCES, str(root)):
            pass
        took, driver = perf_counter() - began, process_time() - used
        memory = sum(each.memory_info().rss for each in _descendants()) / workers / 1e6
        return Turn(took, _work() - started, driver, started / workers, memory)


def warm() -> None:
    """Start the server in a worker from which the processes that read pages are forked."""
    with Workers(1, preload=["scraper.reprocessing.page_reading"]) as pool:
        pool.submit(len, "").result()


def _work() -> float:
    """The processor seconds of all processes below this one, and of those that they ended."""
    return sum(sum(each.cpu_times()[:4]) for each in _descendants())


def _descendants() -> Iterator[psutil.Process]:
    for each in psutil.Process().children(recursive=True):
        if each.is_running() and each.status() != psutil.STATUS_ZOMBIE:
            yield each


def _store(folder: Path, root: Path) -> float:
    """The processor seconds of the writer that stores the readings in the database."""
    with closing(open_database(folder / "tinhuyen.db")) as db:
        db.execute("UPDATE articles SET section = 'Sai', extractor = 0")
        used = process_time()
        for _ in apply_readings(db, str(root), SOURCES):
            pass
        return process_time() - used


def _size(folder: Path, pattern: str) -> int:
    return sum(path.stat().st_size for path in folder.rglob(pattern))


if __name__ == "__main__":
    measure_pages("cluster", __doc__, measure, pages=2_000)
