"""Measures browsing: the processor time and the size of each kind of page.

``python -m tests.bench.browse --articles 100000`` fills a database, serves it with
``tinhuyen browse`` and writes ``bench-results/browse-100000.json``. The targets: 100 ms of
processor time a page at 100,000 and at 1,000,000 articles, 500 ms for the first visit of the home
page, which judges sources, and no page above 200 KB. ``first`` is the first visit of each page
after the start of the server, ``median`` that of later ones. ``--sources 3000`` fills the database
as if the whole country were read.

A million articles take 10 minutes and 10 GB in the folder that TMPDIR names; ``--db`` keeps the
database and uses it again.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.bench.large_database import EDITED, SECTIONS, SOURCES, WITH_FILE, fill
from tests.bench.results import RESULTS
from tests.bench.texts import Writer
from tests.browse.serving import Browsing

REPEATS = 5


EVERYWHERE, FREQUENT, RARE = (Writer().syllables[place] for place in (0, 60, 1_500))
"""Words of the invented articles, by how many of them have each."""

NEXT = Writer().syllables[1]
"""A word that follows the one that is everywhere."""

SEARCHES = {
    "rare": RARE,
    "frequent": FREQUENT,
    "everywhere": EVERYWHERE,
    "everywhere twice": f"{EVERYWHERE} {NEXT}",
    "rare and everywhere": f"{RARE} {EVERYWHERE}",
    "frequent phrase": f'"{EVERYWHERE} {NEXT}"',
    "rare phrase": f'"{EVERYWHERE} {RARE}"',
}

SECTION, AUTHOR = quote(SECTIONS[0]), quote("Tác giả 7")
FILTERS = {
    "in a source": "source=huyen-0",
    "in a small source": "source=huyen-50",
    "in a province": f"province={quote('Tỉnh 3')}",
    "in a section": f"section={SECTION}",
    "of an author": f"author={AUTHOR}",
    "of a kind": "kind=notice",
    "since a day": "since=2025-06-01",
    "until a day": "until=2024-01-01",
    "edited": "change=edited",
    "removed": "change=removed",
    "republished": "change=republished",
    "republished in a section": f"change=republished&section={SECTION}",
    "removed of an author": f"change=removed&author={AUTHOR}",
    "edited in a source": "change=edited&source=huyen-0",
}

PAGES = {
    "home": "/",
    "changes": "/-/changes",
    "edited": "/-/changes?kind=edited",
    "changes removed": "/-/changes?kind=removed",
    "changes republished": "/-/changes?kind=republished",
    "changes of a source": "/-/changes?source=huyen-0",
    "feed of changes": "/-/changes.atom",
    "search second page": f"/search?q={quote(FREQUENT)}&page=2",
    "search last page": f"/search?q={quote(FREQUENT)}&page=50",
    "search of nothing": "/search?q=khongcogihet",
    "feed of a search": f"/search.atom?q={quote(FREQUENT)}",
    "feed of the newest": "/search.atom",
    "sources": "/sources",
    "source": "/sources/huyen-0",
    "small source": "/sources/huyen-50",
    "runs": "/runs",
    "run": "/runs/400",
    "first run": "/runs/1",
    "articles of a run": "/runs/400/articles?outcome=new",
    "articles of the first run": "/runs/1/articles?outcome=new",
    "unchanged of a run": "/runs/399/articles?outcome=unchanged",
    "failures": "/failures",
    "article with file": f"/articles/{WITH_FILE}",
    "article as text": "/articles/2.md",
    "watches": "/-/watches",
}

TABLES = {
    "table of articles": "/articles",
    "table of a source": "/articles?source=huyen-0",
    "table by section": f"/articles?_sort_desc=published_at&section={SECTION}",
    "table of pages": "/pages",
    "table of captures": "/captures",
    "table of revisions": "/revisions",
    "table of files": "/files",
    "table of run_sources": "/run_sources",
    "row of articles": "/articles/2",
    "tables": "",
}


def addresses(database: str, count: int) -> dict[str, str]:
    """Return the pages that are measured, by name."""
    edited = count // 2 - count // 2 % EDITED
    articles = {
        "article": f"/articles/{count // 2 + 1}",
        "edited article": f"/articles/{edited}",
        "comparison": f"/articles/{edited}/compare",
    }
    tables = {name: f"/{database}{path}" for name, path in TABLES.items()}
    return PAGES | search_addresses() | articles | tables


def search_addresses() -> dict[str, str]:
    """Return the searches that are measured: words, filters, and words with each filter."""
    pages = {}
    for name, text in SEARCHES.items():
        pages[f"search {name}"] = f"/search?q={quote(text)}"
        pages[f"search {name}, newest"] = f"/search?q={quote(text)}&order=newest"
    for name, condition in FILTERS.items():
        pages[f"newest {name}"] = f"/search?{condition}"
        for words in ("rare", "frequent", "everywhere"):
            pages[f"search {words} {name}"] = f"/search?q={quote(SEARCHES[words])}&{condition}"
        newest = f"/search?q={quote(FREQUENT)}&{condition}&order=newest"
        pages[f"search frequent {name}, newest"] = newest
    return pages


def measure(path: Path, count: int, only: str = "") -> dict[str, dict[str, float]]:
    """Return milliseconds of the server's processor time, and kilobytes, of each page."""
    with Browsing(path) as browsing:
        return {
            name: _times(browsing, address)
            for name, address in addresses(path.stem, count).items()
            if only in name
        }


def _times(browsing: Browsing, address: str) -> dict[str, float]:
    times, size = [], 0
    for _ in range(REPEATS + 1):
        began = _processor_ms(browsing.process.pid)
        with urllib.request.urlopen(browsing.url + address, timeout=300) as answer:
            size = len(answer.read())
        times.append(_processor_ms(browsing.process.pid) - began)
    return {
        "first": round(times[0], 1),
        "median": round(statistics.median(times[1:]), 1),
        "kilobytes": round(size / 1000, 1),
    }


def _processor_ms(pid: int) -> float:
    """Return the processor time that all threads of a process have used."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e6


def as_table(figures: dict[str, dict[str, Any]]) -> str:
    """Return the figures as lines, the slowest page first."""
    slowest = sorted(figures.items(), key=lambda page: -page[1]["median"])
    lines = [
        f"{name:44} {page['first']:8} {page['median']:8} {page['kilobytes']:8}"
        for name, page in slowest
    ]
    return "\n".join([f"{'page':44} {'first':>8} {'median':>8} {'KB':>8}", *lines])


def main() -> None:
    """Measure and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--sources", type=int, default=SOURCES)
    parser.add_argument("--db", type=Path)
    parser.add_argument("--only", default="", help="pages with this text in their name")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.db or Path(folder) / "bench.db"
        if not path.exists():
            fill(path, arguments.articles, sources=arguments.sources)
        figures = measure(path, arguments.articles, arguments.only)
    RESULTS.mkdir(exist_ok=True)
    kept = json.dumps(figures, indent=2, ensure_ascii=False)
    (RESULTS / f"browse-{arguments.articles}.json").write_text(f"{kept}\n")
    sys.stdout.write(f"{as_table(figures)}\n")


if __name__ == "__main__":
    main()
