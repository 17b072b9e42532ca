"""Measures how much faster two cores reprocess an archive than one.

``python -m tests.bench.reprocess --pages 2000`` writes ``bench-results/reprocess.json``. The
target: 1.7 times as fast on two cores, in memory that does not grow with the pages. Runs on one and
two cores alternate, and the best of each counts, because other processes may use the cores too.
"""

from __future__ import annotations

import os
import resource
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from scraper.reprocessing.reprocess import reprocess
from scraper.store.database import open_database
from tests.bench.results import measure_pages
from tests.bench.texts import Writer
from tests.scraper.stores import SOURCES, Portal, page_of

ROUNDS = 3

MENU = 800
"""Links around the article, so that a page takes as long as real ones (170 KB, 10 ms)."""


def measure(count: int, folder: Path) -> dict[str, Any]:
    """Store so many pages, then reprocess them on one core and on two."""
    store_pages(count, Portal(folder), Writer())
    spawn = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn, max_tasks_per_child=1) as pool:
        turns = [pool.submit(_reprocess, folder, cores) for cores in (1, 2) * ROUNDS]
        results = [turn.result() for turn in turns]
    one, two = (min(result[0] for result in results[start::2]) for start in (0, 1))
    return {
        "pages": count,
        "pages_per_second": {"1": round(count / one), "2": round(count / two)},
        "speed_on_two_cores": round(one / two, 2),
        "writer_ms_per_page": round(1000 * min(result[1] for result in results) / count, 2),
        "peak_megabytes": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }


def store_pages(count: int, portal: Portal, writer: Writer) -> None:
    """Store so many invented articles on pages as large as those of portals."""
    for number in range(count):
        article = writer.article(number)
        menu = "".join(f"<li><a href='/{word}'>{word}</a></li>" for word in writer.words(MENU))
        page = page_of(str(article.title), *article.paragraphs)
        portal.fetch(f"tin/{number}.html", page.replace("<body>", f"<body><ul>{menu}</ul>"))


def _reprocess(folder: Path, cores: int) -> tuple[float, float]:
    """Return the seconds to reprocess every article: wall time, and processor time of the writer.

    This process and its workers have exactly ``cores`` cores.
    """
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
    db = open_database(folder / "tinhuyen.db")
    db.execute("UPDATE articles SET section = 'Sai', extractor = 0")
    began, used = perf_counter(), process_time()
    for _ in reprocess(db, folder / "archive", SOURCES, workers=cores):
        pass
    return perf_counter() - began, process_time() - used


if __name__ == "__main__":
    measure_pages("reprocess", __doc__, measure, pages=2_000)
