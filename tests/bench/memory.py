"""Measures whether the memory of extraction grows with the number of pages.

``python -m tests.bench.memory`` writes ``bench-results/memory.json``: the resident memory of one
process after every thousandth page. Each page is one of the project's with other invented title,
paragraphs and menu, so that everything kept of a page would add up.
"""

from __future__ import annotations

import argparse
import gc
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import cycle
from multiprocessing import get_context
from pathlib import Path

from pipelines.extraction import SourceProfile, extract_page
from pipelines.extraction.block_occurrences import block_occurrence
from pipelines.items import Page
from tests.bench.results import write_json
from tests.bench.texts import Writer

PAGES = Path(__file__).parents[1] / "pages"
STEP = 1_000
MENU = 200

KNOWN = SourceProfile(
    frozenset({block_occurrence("Mời bà con đón đọc số sau.", "tail").hash}), "Cổng Suối Thử"
)
"""A source with learned boilerplate, so that every page is compared with it."""


def measure(count: int) -> list[float]:
    """Return resident megabytes after each thousand of ``count`` pages, in a new process."""
    spawn = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn, max_tasks_per_child=1) as pool:
        return pool.submit(_read, count).result()


def _read(count: int) -> list[float]:
    levels = []
    for number, page in zip(range(1, count + 1), _pages(), strict=False):
        extract_page(page, KNOWN)
        if number % STEP == 0:
            gc.collect()
            levels.append(_resident_megabytes())
    return levels


def _pages() -> Iterator[Page]:
    """Yield the saved pages in turn, each time with other text."""
    writer = Writer()
    saved = [path.read_text(encoding="utf-8") for path in sorted(PAGES.glob("*.html"))]
    for number, html in enumerate(cycle(saved)):
        article = writer.article(number)
        menu = "".join(f"<li><a href='/{word}'>{word}</a></li>" for word in writer.words(MENU))
        text = "".join(f"<p>{paragraph}</p>" for paragraph in article.paragraphs)
        grown = html.replace("</h1>", f" {article.title}</h1>", 1).replace("</p>", f"</p>{text}", 1)
        whole = grown.replace("</body>", f"<ul>{menu}</ul></body>", 1)
        yield Page(url=f"http://suoithu.example/tin/{number}.html", body=whole.encode())


def _resident_megabytes() -> float:
    status = Path("/proc/self/status").read_text()
    return round(int(status.partition("VmRSS:")[2].split()[0]) / 1024, 1)


def main() -> None:
    """Measure and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=10_000)
    write_json("memory", {"resident_megabytes": measure(parser.parse_args().pages)})


if __name__ == "__main__":
    main()
