"""Which blocks were seen on which article page, as far as learning needs it, and what was learned.

Of each quarter of a source the sample that the learning counts is kept, no more: it stays small
however long a site is watched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

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
"""Characters of a block's text that are kept, for people to recognise it by."""

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
    """Note the blocks that were seen on the page of an article, in place of what was noted before.

    What is not in the sample of its quarter so far will never be: it is not noted. Nor is a page
    without a body, which has no place for boilerplate around its text. The caller holds the
    transaction.
    """
    rank = sample_rank(url_key)
    if not article.body or _is_full(db, source, quarter, rank):
        db.execute("DELETE FROM sightings WHERE article = ?", [row_id])
        return
    blocks = [[each.hash, each.place, each.text[:SHOWN]] for each in sightings]
    # OR REPLACE would have SQLite write out, at every call, what its full-text index has gathered.
    db.execute(
        "INSERT INTO sightings (article, source, quarter, rank, version, blocks)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (article) DO UPDATE SET source = excluded.source,"
        " quarter = excluded.quarter, rank = excluded.rank, version = excluded.version,"
        " blocks = excluded.blocks",
        [
            row_id,
            source,
            quarter,
            rank,
            RULE_VERSION,
            json.dumps(blocks, ensure_ascii=False),
        ],
    )


def trim_block_occurrences(db: Database, source: str) -> None:
    """Forget what is not in the sample of its quarter, or was seen by another rule.

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
    """The pages of a source that learning counts, once trimmed, each with its blocks."""
    rows = db.execute("SELECT quarter, blocks FROM sightings WHERE source = ?", [source])
    return [
        PageBlocks(quarter, [BlockOccurrence(*block) for block in json.loads(blocks)])
        for quarter, blocks in rows
    ]


def learned_blocks(db: Database, source: str) -> list[RecurringBlock]:
    """The blocks that are known to be boilerplate of a source, those on most pages first."""
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
    """Write what was learned of a source, in place of what was before.

    The caller holds the transaction.
    """
    db.execute("DELETE FROM blocks WHERE source = ?", [source])
    db.conn.executemany(
        "INSERT INTO blocks (source, block_hash, text, pages, is_boilerplate, quarters)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                source,
                each.hash,
                each.text,
                each.pages,
                each.is_boilerplate,
                json.dumps(each.quarters),
            )
            for each in blocks
        ],
    )


def articles_with(db: Database, source: str, blocks: Iterable[RecurringBlock]) -> Iterator[int]:
    """The ids of articles of whose pages one of the blocks was, or is now to be, cut.

    Of each block only its own quarters are looked at. What a page outside the sample holds is told
    by the article's text and by what is noted to be cut from it, in which digits may be others.
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
        part = max(_DIGITS.split(block.text), key=len).strip()
        shown = db.execute(
            "SELECT id, published_at FROM articles WHERE source = ? AND (instr(body, ?)"
            " OR instr(lede, ?) OR instr(json_extract(provenance, ?), ?))",
            [source, part, part, f'$."{LEARNED}"', part],
        )
        found |= {row for row, day in shown if not day or quarter_of(day) in block.quarters}
    yield from sorted(found)


def _is_full(db: Database, source: str, quarter: str, rank: int) -> bool:
    """Whether the sample of a quarter is full of pages that come before this rank."""
    row = db.execute(
        "SELECT 1 FROM sightings WHERE source = ? AND version = ? AND quarter = ? AND rank < ?"
        " ORDER BY rank LIMIT 1 OFFSET ?",
        [source, RULE_VERSION, quarter, rank, MAX_SAMPLE_PAGES - 1],
    ).fetchone()
    return row is not None
