"""Measures the store: the speed of saving articles, of searching, and of exporting.

``python -m tests.bench.store --articles 100000`` writes ``bench-results/store-100000.json``. The
targets: 1,000 articles per second in batches and 300 in separate transactions, with full-text
index, near-duplicate signatures and occurrences of recurring blocks; a p95 of searches of 60 ms
among 100,000 and 300 ms among 1,000,000; an export in constant memory. On a busy machine the ratio
to ``bare_rows_per_second`` is more meaningful than the seconds: these are the same rows, inserted
by sqlite-utils into a table without indexes.

A million articles take 20 minutes and 10 GB in the folder that TMPDIR names.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlite_utils import Database

from pipelines.article import Article
from pipelines.extraction.block_occurrences import block_occurrence, quarter_of
from pipelines.extraction.similarity import buckets_of
from scraper.base.source import Source
from scraper.store.article_rows import Selection
from scraper.store.articles import insert_article
from scraper.store.block_occurrences import add_block_occurrences
from scraper.store.database import open_database, open_for_reading, write_transaction
from scraper.store.search import search
from scraper.store.signatures import find_twin
from scraper.store.sources import sync_sources
from scraper.transfer.exporting import WRITERS, export
from tests.bench.results import write_json
from tests.bench.texts import Writer

BATCH = 1_000
ALONE = 2_000
QUERY_COUNT = 100
SIGHTINGS = 6
MOMENT = datetime(2026, 11, 23, tzinfo=UTC)


def measure(count: int, folder: Path) -> dict[str, Any]:
    """Store so many articles in an empty database in the folder, then search them."""
    path = folder / "tinhuyen.db"
    db = open_database(path)
    sync_sources(db, [Source(slug="bench", name="bench", home_url="http://bench.localhost/")])
    writer = Writer()
    batches = [_seconds_of_batch(db, writer, start) for start in range(0, count, BATCH)]
    last = statistics.mean(batches[-10:])
    bare = statistics.mean(_seconds_bare(db, folder / "bare.db") for _ in range(10))
    alone = [_seconds_alone(db, writer.article(count + extra)) for extra in range(ALONE)]
    return {
        "articles": count,
        "stored_per_second_in_batches": round(count / sum(batches)),
        "stored_per_second_in_last_batches": round(BATCH / last),
        "stored_per_second_alone": round(ALONE / sum(alone)),
        "bare_rows_per_second": round(BATCH / bare),
        "times_as_long_as_bare_rows": round(last / bare, 1),
        "bytes_per_article": round(path.stat().st_size / count),
        "search_ms": {name: _times(db, make) for name, make in queries(writer).items()},
        "peak_megabytes": _peak_megabytes(),
        "export": _exports(path),
    }


def queries(writer: Writer) -> dict[str, Callable[[], str]]:
    """Return functions that make queries: rare (in up to 5 % of articles), frequent, phrases."""
    chance = random.Random(5)
    rare, frequent = writer.syllables[1_200:], writer.syllables[:50]
    return {
        "one_rare_word": lambda: chance.choice(rare),
        "two_rare_words": lambda: " ".join(chance.sample(rare, 2)),
        "rare_and_frequent": lambda: f"{chance.choice(rare)} {chance.choice(frequent)}",
        "phrase": lambda: f'"{chance.choice(frequent)} {chance.choice(rare)}"',
        "one_frequent_word": lambda: chance.choice(frequent),
    }


def _seconds_of_batch(db: Database, writer: Writer, start: int) -> float:
    articles = [writer.article(number) for number in range(start, start + BATCH)]
    began = perf_counter()
    with write_transaction(db):
        for article in articles:
            _store(db, article)
    return perf_counter() - began


def _seconds_bare(db: Database, path: Path) -> float:
    """Return the seconds in which sqlite-utils alone stores the last batch in a new file."""
    rows = list(db.query("SELECT * FROM articles ORDER BY id DESC LIMIT ?", [BATCH]))
    path.unlink(missing_ok=True)
    bare = Database(path)
    began = perf_counter()
    bare.table("articles").insert_all(rows, pk="id")
    return perf_counter() - began


def _seconds_alone(db: Database, article: Article) -> float:
    began = perf_counter()
    with write_transaction(db):
        _store(db, article)
    return perf_counter() - began


def _store(db: Database, article: Article) -> None:
    buckets = buckets_of(article.body)
    twin = find_twin(db, article, "bench", buckets=buckets)
    row = insert_article(db, "bench", article, MOMENT, same_as=twin, buckets=buckets)
    seen = [block_occurrence(text, "ending") for text in article.paragraphs[-SIGHTINGS:]]
    quarter = quarter_of(article.published_at)
    add_block_occurrences(db, row, "bench", f"bench.localhost/{row}", article, quarter, seen)


def _times(db: Database, make: Callable[[], str]) -> dict[str, float]:
    """Return the milliseconds of searches, and how many ranked only the latest matches."""
    times, bounded = [], 0
    for _ in range(QUERY_COUNT):
        words = make()
        began = perf_counter()
        bounded += bool(search(db, words).bounded)
        times.append(1000 * (perf_counter() - began))
    return {
        "p50": round(statistics.median(times), 1),
        "p95": round(statistics.quantiles(times, n=20)[-1], 1),
        "max": round(max(times), 1),
        "bounded": bounded,
    }


def _exports(path: Path) -> dict[str, dict[str, float]]:
    """Measure a full export in each format, in a process of its own."""
    spawn = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn, max_tasks_per_child=1) as pool:
        return {form: pool.submit(_export, path, form).result() for form in WRITERS}


def _export(path: Path, form: str) -> dict[str, float]:
    began = perf_counter()
    with Path(os.devnull).open("wb") as out:
        export(open_for_reading(path), Selection(), form, out)
    return {"seconds": round(perf_counter() - began, 1), "peak_megabytes": _peak_megabytes()}


def _peak_megabytes() -> int:
    """Return the peak memory of this process from /proc; getrusage includes that of its parent."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def main() -> None:
    """Measure and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    count = parser.parse_args().articles
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(count, Path(folder))
    write_json(f"store-{count}", figures)


if __name__ == "__main__":
    main()
