"""Measures reprocessing: how much faster two cores read an archive again than one.

``python -m tests.bench.reprocess --pages 2000`` writes ``bench-results/reprocess.json``. The
target: 1.7 times as fast on two cores, in memory that does not grow with the pages.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from scraper.reprocess import reprocess
from tests.bench.texts import Writer
from tests.scraper.stores import SOURCES, Portal, page_of

RESULTS = Path("bench-results")

MENU = 800
"""Links around the article: with them a page takes as long to read as those of real portals, which
weigh 170 KB and take 10 ms."""


def measure(count: int, folder: Path) -> dict[str, Any]:
    """Keep that many pages, then read them again on one core and on two."""
    portal, writer = Portal(folder), Writer()
    for number in range(count):
        article = writer.article(number)
        menu = "".join(f"<li><a href='/{word}'>{word}</a></li>" for word in writer.words(MENU))
        page = page_of(str(article.title), *article.paragraphs)
        portal.fetch(f"tin/{number}.html", page.replace("<body>", f"<body><ul>{menu}</ul>"))
    seconds = {workers: _seconds(portal, workers) for workers in (1, 2)}
    return {
        "pages": count,
        "cores": os.cpu_count(),
        "pages_per_second": {workers: round(count / time) for workers, time in seconds.items()},
        "speed_on_two_cores": round(seconds[1] / seconds[2], 2),
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _seconds(portal: Portal, workers: int) -> float:
    """Seconds in which every article is read again and, since its rules are older, rewritten."""
    portal.db.execute("UPDATE articles SET extractor = 0")
    began = perf_counter()
    for _ in reprocess(portal.db, portal.archive.folder, SOURCES, workers=workers):
        pass
    return perf_counter() - began


def main() -> None:
    """Measure and write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2_000)
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(parser.parse_args().pages, Path(folder))
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(figures, indent=2)
    (RESULTS / "reprocess.json").write_text(text + "\n")
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
