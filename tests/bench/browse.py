"""Measures browsing: the response time and the size of each kind of page.

``python -m tests.bench.browse --articles 100000`` fills a database, serves it with
``tinhuyen browse`` and writes ``bench-results/browse-100000.json``. The targets: 150 ms a page at
100,000 articles, 400 ms at 1,000,000, and no page above 200 KB.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import quote

from sqlite_utils import Database

from pipelines.article import Article
from scraper.base.source import Level, Source
from scraper.store.articles import insert_article, revise_article
from scraper.store.database import open_database, write_transaction
from scraper.store.runs import finish_run, start_run
from scraper.store.sources import sync_sources
from tests.bench.texts import Writer
from tests.browse.serving import Browsing

SOURCES = 40
NIGHTS = 30
BATCH = 1_000
REPEATS = 15
RESULTS = Path("bench-results")
MOMENT = datetime(2026, 11, 23, tzinfo=UTC)
SECTIONS = ("Kinh tế", "Văn hóa - Xã hội", "Quốc phòng - An ninh", "Xây dựng Đảng", "Tin xã")


def fill(path: Path, count: int) -> None:
    """Fill a database with so many articles: 40 sources, ten years, runs, a revised article."""
    db = open_database(path)
    sync_sources(db, [_source(number) for number in range(SOURCES)])
    writer, chance = Writer(), random.Random(7)
    for start in range(0, count, BATCH):
        moment = MOMENT - timedelta(days=(count - start) * 3650 // count)
        with write_transaction(db):
            for number in range(start, min(start + BATCH, count)):
                insert_article(db, *_article(writer, chance, number, moment))
    with write_transaction(db):
        revise_article(db, 1, writer.article(count), MOMENT, None)
    _run_nights(db)
    db.execute("ANALYZE")
    db.conn.commit()


def _source(number: int) -> Source:
    return Source(
        slug=f"huyen-{number}",
        name=f"Cổng thông tin huyện {number}",
        home_url=f"http://huyen-{number}.localhost/",
        level=Level("district"),
        province=f"Tỉnh {number % 8}",
        district=f"Huyện {number}",
    )


def _article(
    writer: Writer, chance: random.Random, number: int, moment: datetime
) -> tuple[str, Article, datetime]:
    article = replace(
        writer.article(number),
        published_at=f"{moment:%Y-%m-%d}T{chance.randrange(24):02}:15:00+07:00",
        section=chance.choice(SECTIONS),
        author=f"Tác giả {chance.randrange(500)}",
    )
    return f"huyen-{min(int(chance.expovariate(0.1)), SOURCES - 1)}", article, moment


def _run_nights(db: Database) -> None:
    slugs = [f"huyen-{number}" for number in range(SOURCES)]
    for night in range(NIGHTS):
        moment = MOMENT - timedelta(days=NIGHTS - night)
        run = start_run(db, "schedule", slugs, moment)
        with write_transaction(db):
            db.execute(
                "UPDATE run_sources SET discovered = 30, unchanged = 20, listing = 5, new = 5"
                " WHERE run = ?",
                [run],
            )
        finish_run(db, run, "done", moment + timedelta(hours=1))


def measure(path: Path) -> dict[str, Any]:
    """Return milliseconds to the last byte (median and slowest, warm), and kilobytes."""
    frequent, rare = Writer().syllables[3], Writer().syllables[1_500]
    addresses = {
        "home": "/",
        "search_rare": f"/search?q={quote(rare)}",
        "search_frequent": f"/search?q={quote(frequent)}",
        "search_frequent_newest": f"/search?q={quote(frequent)}&order=newest",
        "search_in_source": f"/search?q={quote(frequent)}&source=huyen-0",
        "search_in_section": f"/search?q={quote(rare)}&section={quote(SECTIONS[0])}",
        "newest_in_province": f"/search?province={quote('Tỉnh 3')}",
        "newest_of_author": f"/search?author={quote('Tác giả 7')}",
        "changes": "/-/changes",
        "edited": "/-/changes?kind=edited&source=huyen-0",
        "removed_hits": "/search?change=removed",
        "articles_of_run": "/runs/30/articles?outcome=new",
        "article": "/articles/2",
        "revised_article": "/articles/1",
        "sources": "/sources",
        "source": "/sources/huyen-0",
        "runs": "/runs",
        "failures": "/failures",
        "table": f"/{path.stem}/articles",
    }
    with Browsing(path) as browsing:
        return {name: _times(browsing.url + address) for name, address in addresses.items()}


def _times(url: str) -> dict[str, float]:
    times, size = [], 0
    for _ in range(REPEATS + 1):
        began = perf_counter()
        with urllib.request.urlopen(url, timeout=60) as answer:
            size = len(answer.read())
        times.append(1000 * (perf_counter() - began))
    warm = times[1:]
    return {
        "median_ms": round(statistics.median(warm), 1),
        "max_ms": round(max(warm), 1),
        "first_ms": round(times[0], 1),
        "kilobytes": round(size / 1000, 1),
    }


def main() -> None:
    """Measure and write the results; ``--db`` keeps the database and uses it again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--db", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.db or Path(folder) / "bench.db"
        if not path.exists():
            fill(path, arguments.articles)
        text = json.dumps(measure(path), indent=2)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"browse-{arguments.articles}.json").write_text(text + "\n")
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
