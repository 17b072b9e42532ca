"""Measures the store: how fast articles go in, and how fast words are found among them.

``python -m tests.bench.store --articles 100000`` writes ``bench-results/store-100000.json``. The
targets: 1,000 articles a second in batches and 300 in transactions of their own, with full-text
index and near-duplicate signatures; p95 of a search 60 ms among 100,000 and 300 ms among 1,000,000.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlite_utils import Database

from pipelines.article import Article
from scraper.sources import Source
from scraper.store.articles import insert_article
from scraper.store.database import open_database, writing
from scraper.store.registry import mirror_sources
from scraper.store.search import search
from scraper.store.similarity import find_twin
from tests.bench.texts import Writer

BATCH = 1_000
ALONE = 2_000
QUERIES = 100
RESULTS = Path("bench-results")
MOMENT = datetime(2026, 11, 23, tzinfo=UTC)


def measure(count: int, folder: Path) -> dict[str, Any]:
    """Store that many articles in an empty database in the folder, then search among them."""
    path = folder / "tinhuyen.db"
    db = open_database(path)
    mirror_sources(db, [Source(slug="bench", name="bench", home_url="http://bench.localhost/")])
    writer = Writer()
    batches = [_seconds_of_batch(db, writer, start) for start in range(0, count, BATCH)]
    alone = [_seconds_alone(db, writer.article(count + extra)) for extra in range(ALONE)]
    return {
        "articles": count,
        "stored_per_second_in_batches": round(count / sum(batches)),
        "stored_per_second_in_last_batches": round(BATCH / statistics.mean(batches[-10:])),
        "stored_per_second_alone": round(ALONE / sum(alone)),
        "bytes_per_article": round(path.stat().st_size / count),
        "search_ms": {name: _times(db, make) for name, make in queries(writer).items()},
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def queries(writer: Writer) -> dict[str, Callable[[], str]]:
    """Makers of queries: rare words (in at most 5 % of the articles), frequent ones, phrases."""
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
    with writing(db):
        for article in articles:
            _store(db, article)
    return perf_counter() - began


def _seconds_alone(db: Database, article: Article) -> float:
    began = perf_counter()
    with writing(db):
        _store(db, article)
    return perf_counter() - began


def _store(db: Database, article: Article) -> None:
    twin = find_twin(db, article, "bench")
    insert_article(db, "bench", article, MOMENT, same_as=twin)


def _times(db: Database, make: Callable[[], str]) -> dict[str, float]:
    """Milliseconds of searches for queries that were not asked before."""
    times = []
    for _ in range(QUERIES):
        words = make()
        began = perf_counter()
        search(db, words)
        times.append(1000 * (perf_counter() - began))
    return {
        "p50": round(statistics.median(times), 1),
        "p95": round(statistics.quantiles(times, n=20)[-1], 1),
        "max": round(max(times), 1),
    }


def main() -> None:
    """Measure and write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    count = parser.parse_args().articles
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(count, Path(folder))
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(figures, indent=2)
    (RESULTS / f"store-{count}.json").write_text(text + "\n")
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
