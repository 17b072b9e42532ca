"""Readings as Parquet files: one row for each page."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import datetime
from io import BytesIO
from typing import Any, cast

from pipelines import blocks as shape
from pipelines.article import Article, Attachment, Kind, Photo, Verdict, plain_value
from pipelines.blocks import Block
from pipelines.extraction import BlockOccurrence
from pipelines.items import Outcome
from scraper.archive.storage import Storage
from scraper.base.errors import ArchiveError
from scraper.reprocessing.page_reading import PageReading
from scraper.store.archived_pages import ArchivedPage
from scraper.store.block_occurrences import SHOWN

Row = dict[str, Any]

TEXTS = (
    "url_key", "source", "url", "captures", "profile", "base", "problem", "outcome", "reason",
    "quarter", "fetched_at", "occurrences", "article",
)  # fmt: skip
"""Columns with texts; ``captures``, ``occurrences`` and ``article`` are JSON."""

NUMBERS = ("article_id", "body_chars")

METADATA = b"tinhuyen"
FILES_AT_ONCE = 8
FROM_PAGE = tuple(
    each.name for each in fields(Article) if each.name not in ("verdict", "paragraphs")
)
BLOCK_TYPES: dict[str, type[Any]] = {
    each.type: each
    for each in (
        shape.Heading, shape.Paragraph, shape.ItemList, shape.Table, shape.Quotation,
        shape.PhotoPlace, shape.AttachmentPlace, shape.Separator,
    )
}  # fmt: skip


def write_readings(
    storage: Storage, name: str, rows: Iterable[Row], metadata: dict[str, Any]
) -> None:
    """Store rows as one file, over a file of that name. Raises ArchiveError."""
    import pyarrow
    from pyarrow import parquet

    texts = [(each, pyarrow.string()) for each in TEXTS]
    numbers = [(each, pyarrow.int64()) for each in NUMBERS]
    schema = pyarrow.schema([*texts, *numbers], metadata={METADATA: json.dumps(metadata)})
    out = BytesIO()
    table = pyarrow.Table.from_pylist(list(rows), schema=schema)
    parquet.write_table(table, out, compression="zstd")
    out.seek(0)
    storage.write_from(name, out)


def read_rows(
    storage: Storage,
    name: str,
    columns: Sequence[str] | None = None,
    sources: Collection[str] | None = None,
) -> list[Row]:
    """Return the rows of a file, or some columns of those of some sources. Raises ArchiveError."""
    from pyarrow import ArrowException, parquet

    with storage.open(name) as file:
        try:
            table = parquet.read_table(
                file,
                columns=columns and list(columns),
                filters=None if sources is None else [("source", "in", sorted(sources))],
            )
            return cast(list[Row], table.to_pylist())
        except (ArrowException, OSError) as error:
            raise _unreadable(storage, name, error) from error


def rows_of_source(
    storage: Storage, names: Iterable[str], columns: Sequence[str], source: str
) -> Iterator[Row]:
    """Yield the rows of a source in many files, in order.

    Several files are read at a time, since object storage takes its time for each. Raises
    ArchiveError.
    """
    with ThreadPoolExecutor(FILES_AT_ONCE) as pool:
        for rows in pool.map(lambda name: read_rows(storage, name, columns, {source}), names):
            yield from rows


def read_metadata(storage: Storage, name: str) -> dict[str, Any] | None:
    """Return the metadata of a file, None if there is none of ours. Raises ArchiveError."""
    from pyarrow import ArrowException, parquet

    if storage.size(name) is None:
        return None
    with storage.open(name) as file:
        try:
            found = parquet.read_metadata(file).metadata
        except (ArrowException, OSError):
            return None
    return json.loads(found[METADATA]) if found and METADATA in found else None


def count_rows(storage: Storage, name: str) -> int:
    """Return the number of rows of a file. Raises ArchiveError."""
    from pyarrow import ArrowException, parquet

    with storage.open(name) as file:
        try:
            return cast(int, parquet.read_metadata(file).num_rows)
        except (ArrowException, OSError) as error:
            raise _unreadable(storage, name, error) from error


def row_of(page: ArchivedPage, reading: PageReading, profile: str) -> Row:
    """Return the row of a page and what was read from it with a profile, given by its digest."""
    article, moment = reading.article, reading.fetched_at
    row = identity_of(page, profile) | {
        "problem": reading.problem,
        "quarter": reading.quarter,
        "fetched_at": moment and moment.isoformat(),
        "occurrences": "[]",
    }
    if article is not None:
        row |= {"outcome": article.verdict.outcome, "reason": article.verdict.reason}
        if article.verdict.is_article:
            values = {name: plain_value(getattr(article, name)) for name in FROM_PAGE}
            seen = [
                [each.hash, each.place, each.text[:SHOWN]] for each in reading.block_occurrences
            ]
            row |= {"article": _as_json(values), "occurrences": _as_json(seen)}
            row["body_chars"] = len(article.body)
    return row


def identity_of(page: ArchivedPage, profile: str) -> Row:
    """Return what a row says of a page, without a reading."""
    return dict.fromkeys((*TEXTS, *NUMBERS)) | {
        "url_key": page.url_key,
        "source": page.source,
        "url": page.url,
        "article_id": page.article,
        "captures": json.dumps(page.captures),
        "profile": profile,
    }


def page_of(row: Row) -> ArchivedPage:
    """Return the page of a row as it was when it was read."""
    captures = tuple((name, offset) for name, offset in json.loads(row["captures"]))
    return ArchivedPage(row["url_key"], row["source"], row["url"], row["article_id"], captures)


def reading_of(row: Row) -> PageReading:
    """Return what was read from the page of a row; of a page without an article, the verdict."""
    article = None
    if row["article"] is not None:
        article = _article_of(json.loads(row["article"]))
        article.verdict = Verdict(None, row["reason"])
    elif row["outcome"] is not None:
        article = Article(verdict=Verdict(Outcome(row["outcome"]), row["reason"]))
    moment = row["fetched_at"] and datetime.fromisoformat(row["fetched_at"])
    return PageReading(article, occurrences_of(row), row["quarter"], moment, row["problem"])


def occurrences_of(row: Row) -> list[BlockOccurrence]:
    """Return the blocks that were seen on the page of a row."""
    return [BlockOccurrence(*each) for each in json.loads(row["occurrences"])]


def _article_of(values: dict[str, Any]) -> Article:
    read = {
        "kind": Kind(values["kind"]),
        "photos": [Photo(**each) for each in values["photos"]],
        "attachments": [Attachment(**each) for each in values["attachments"]],
    }
    article = Article(**(values | read | {"blocks": []}))
    article.set_blocks(_block_of(each) for each in values["blocks"])
    return article


def _block_of(values: dict[str, Any]) -> Block:
    kind = BLOCK_TYPES[values["type"]]
    return cast(
        Block, kind(**{name: _tuples(each) for name, each in values.items() if name != "type"})
    )


def _tuples(value: Any) -> Any:
    """Return nested lists as tuples."""
    return tuple(_tuples(each) for each in value) if isinstance(value, list) else value


def _as_json(value: object) -> str:
    """Return JSON text that is valid UTF-8, also if a value is not."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return text


def _unreadable(storage: Storage, name: str, error: Exception) -> ArchiveError:
    return ArchiveError(
        f"{storage.url}/{name}: {error}: remove the file, then repeat `tinhuyen reprocess --out`"
    )
