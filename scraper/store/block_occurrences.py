"""The tables ``sightings`` (blocks seen on article pages) and ``blocks`` (learned boilerplate).

For each quarter of a source only the sample that learning counts is stored, so that the table
stays small however long a site is watched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from sqlite_utils import Database

from pipelines.article import Article
from pipelines.extraction.block_occurrences import (
    LEARNED,
    RULE_VERSION,
    BlockOccurrence,
    quarter_of,
)
from pipelines.extraction.repeated_blocks import (
    MAX_SAMPLE_PAGES,
    PageBlocks,
    RecurringBlock,
    sample_rank,
)

SHOWN = 120
"""Characters of a block's text that are stored, so that people recognise it."""

_DIGITS = re.compile(r"\d+")


def add_block_occurrences(
    db: Database,
    row_id: int,
    source: str,
    url_key: str,
    article: Article,
    quarter: str,
    sightings: Iterable[BlockOccurrence],
) -> None:
    """Store the blocks that were seen on the page of an article, over those stored before.

    A page that is not in the sample of its quarter now never will be, and is not stored; nor is a
    page without a body, which has no boilerplate around its text. The caller holds the
    transaction.
    """
    rank = sample_rank(url_key)
    if not article.body or _is_full(db, source, quarter, rank):
        db.execute("DELETE FROM sightings WHERE article = ?", [row_id])
        return
    blocks = [[each.hash, each.place, each.text[:SHOWN]] for each in sightings]
    # OR REPLACE makes SQLite write out, at each call, what its full-text index has gathered.
    db.execute(
        "INSERT INTO sightings (article, source, quarter, rank, version, blocks)"
        " VALUES (:article, :source, :quarter, :rank, :version, :blocks)"
        " ON CONFLICT (article) DO UPDATE SET source = excluded.source,"
        " quarter = excluded.quarter, rank = excluded.rank, version = excluded.version,"
        " blocks = excluded.blocks",
        {
            "article": row_id,
            "source": source,
            "quarter": quarter,
            "rank": rank,
            "version": RULE_VERSION,
            "blocks": json.dumps(blocks, ensure_ascii=False),
        },
    )


def stored_occurrences(db: Database, source: str) -> list[dict[str, Any]]:
    """Return the rows of a source in ``sightings`` as they are."""
    return list(db.query("SELECT * FROM sightings WHERE source = ?", [source]))


def copy_occurrences(db: Database, rows: Iterable[dict[str, Any]]) -> None:
    """Put rows of ``stored_occurrences`` into another database; the caller has the transaction."""
    db.table("sightings").insert_all(rows)


def trim_block_occurrences(db: Database, source: str) -> None:
    """Delete what is not in the sample of its quarter, or was seen by another rule.

    The caller holds the transaction.
    """
    db.execute("DELETE FROM sightings WHERE source = ? AND version <> ?", [source, RULE_VERSION])
    db.execute(
        "DELETE FROM sightings WHERE article IN (SELECT article FROM (SELECT article, row_number()"
        " OVER (PARTITION BY quarter ORDER BY rank) AS place FROM sightings WHERE source = ?)"
        " WHERE place > ?)",
        [source, MAX_SAMPLE_PAGES],
    )


def sampled_pages(db: Database, source: str) -> list[PageBlocks]:
    """Return the pages of a source that learning counts, each with its blocks; trim them first."""
    rows = db.execute("SELECT quarter, blocks FROM sightings WHERE source = ?", [source])
    return [
        PageBlocks(quarter, [BlockOccurrence(*block) for block in json.loads(blocks)])
        for quarter, blocks in rows
    ]


def learned_blocks(db: Database, source: str) -> list[RecurringBlock]:
    """Return the known boilerplate blocks of a source, those on most pages first."""
    rows = db.execute(
        "SELECT block_hash, text, pages, quarters FROM blocks WHERE source = ? AND is_boilerplate"
        " ORDER BY pages DESC, block_hash",
        [source],
    )
    return [
        RecurringBlock(block, text, pages, tuple(json.loads(quarters)))
        for block, text, pages, quarters in rows
    ]


def write_blocks(db: Database, source: str, blocks: Iterable[RecurringBlock]) -> None:
    """Store what was learned about a source, over what was stored before.

    The caller holds the transaction.
    """
    db.execute("DELETE FROM blocks WHERE source = ?", [source])
    db.table("blocks").insert_all(
        {
            "source": source,
            "block_hash": each.hash,
            "text": each.text,
            "pages": each.pages,
            "is_boilerplate": each.is_boilerplate,
            "quarters": json.dumps(each.quarters),
        }
        for each in blocks
    )


def articles_with(db: Database, source: str, blocks: Iterable[RecurringBlock]) -> Iterator[int]:
    """Return the ids of articles from whose pages one of the blocks was cut, or is to be cut now.

    Only the quarters of a block are searched. A page outside the sample is matched by the
    article's text and by what its provenance says was cut, in which digits may differ.
    """
    wanted = {block.hash: block for block in blocks}
    rows = db.execute("SELECT article, quarter, blocks FROM sightings WHERE source = ?", [source])
    found = {
        row
        for row, quarter, seen in rows
        for name, *_ in json.loads(seen)
        if name in wanted and quarter in wanted[name].quarters
    }
    for block in wanted.values():
        part = searched_part(block)
        shown = db.execute(
            "SELECT id, published_at FROM articles WHERE source = ? AND (instr(body, ?)"
            " OR instr(lede, ?) OR instr(json_extract(provenance, ?), ?))",
            [source, part, part, f'$."{LEARNED}"', part],
        )
        found |= {row for row, day in shown if not day or quarter_of(day) in block.quarters}
    yield from sorted(found)


def searched_part(block: RecurringBlock) -> str:
    """Return the part of a block by which texts with it are found: digits in it may differ."""
    return max(_DIGITS.split(block.text), key=len).strip()


def _is_full(db: Database, source: str, quarter: str, rank: int) -> bool:
    """Whether the sample of a quarter is full of pages that come before this rank."""
    row = db.execute(
        "SELECT 1 FROM sightings WHERE source = ? AND version = ? AND quarter = ? AND rank < ?"
        " ORDER BY rank LIMIT 1 OFFSET ?",
        [source, RULE_VERSION, quarter, rank, MAX_SAMPLE_PAGES - 1],
    ).fetchone()
    return row is not None
