"""What a worker does with finished readings: it writes the articles of a source for reading."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.article import Use, names_of
from scraper.archive.storage import open_storage
from scraper.cluster.reading_files import Row, reading_of, rows_of_source
from scraper.cluster.tasks import DatasetTask
from scraper.cluster.work import require_fit
from scraper.transfer.dataset import FOLDER, write_dataset

PART = "export"
"""The part of the dataset that `export` writes: the later of the two stays."""

FROM_PAGE = frozenset(names_of(Use.EXPORTED)) - {"url"}
READ = ("source", "article_id", "article", "outcome", "reason", "quarter", "fetched_at", "problem",
        "occurrences")  # fmt: skip
"""Columns that a reading consists of."""


def write_articles(task: DatasetTask) -> int:
    """Write the articles of a source, over those written before; returns how many they are.

    Raises UnfitWorkerError, and ArchiveError if the dataset cannot be written.
    """
    require_fit(task.place)
    storage = open_storage(task.place.root)
    read: dict[int, Row] = {}
    for row in rows_of_source(storage, task.names, READ, task.source):
        if row["article_id"] is not None and row["article"] is not None:
            read[row["article_id"]] = row
    stored = {row["id"]: row for row in task.stored}
    written = write_dataset(_rows(task, read, stored), storage, PART)
    for name in set(storage.names(f"{FOLDER}/source={task.source}")) - written:
        if name.rpartition("/")[2].startswith(f"{PART}-"):
            storage.remove(name)
    return len(task.facts)


def _rows(task: DatasetTask, read: dict[int, Row], stored: dict[int, Row]) -> Iterator[Row]:
    """Yield the rows of all articles, as `export` has them."""
    for facts in task.facts:
        row = facts["id"]
        if row in read:
            article = reading_of(read[row]).article
            assert article is not None
            values = article.as_json()
            yield facts | {name: values[name] for name in FROM_PAGE}
        else:
            yield stored[row]
