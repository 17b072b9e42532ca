"""Which blocks were seen on which article page, as far as learning needs it, and what was learned.

Of each quarter of a source the sample that the learning counts is kept, no more: it stays small
however long a site is watched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Set

from sqlite_utils import Database

from pipelines.article import Article
from pipelines.recurrence import (
    RULE_VERSION,
    SAMPLE,
    BlockSighting,
    PageBlocks,
    RecurringBlock,
    quarter_of,
    sample_rank,
)

SHOWN = 120
"""Characters of a block's text that are kept, for people to recognise it by."""

_DIGITS = re.compile(r"\d+")


def note_sightings(
    db: Database,
    row_id: int,
    source: str,
    url_key: str,
    article: Article,
    sightings: Iterable[BlockSighting],
) -> None:
    """Note the blocks that were seen on the page of an article, in place of what was noted before.

    What is not in the sample of its quarter so far will never be: it is not noted. Nor is a page
    without a body, which has no place for boilerplate around its text. The caller holds the
    transaction.
    """
    quarter, rank = quarter_of(article.published_at), sample_rank(url_key)
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


def trim_sightings(db: Database, source: str) -> None:
    """Forget what is not in the sample of its quarter, or was seen by another rule.

    The caller holds the transaction.
    """
    db.execute("DELETE FROM sightings WHERE source = ? AND version <> ?", [source, RULE_VERSION])
    db.execute(
        "DELETE FROM sightings WHERE article IN (SELECT article FROM (SELECT article, row_number()"
        " OVER (PARTITION BY quarter ORDER BY rank) AS place FROM sightings WHERE source = ?)"
        " WHERE place > ?)",
        [source, SAMPLE],
    )


def sampled_pages(db: Database, source: str) -> list[PageBlocks]:
    """The pages of a source that learning counts, once trimmed, each with its blocks."""
    rows = db.execute("SELECT quarter, blocks FROM sightings WHERE source = ?", [source])
    return [
        PageBlocks(quarter, [BlockSighting(*block) for block in json.loads(blocks)])
        for quarter, blocks in rows
    ]


def learned_boilerplate(db: Database, source: str) -> frozenset[str]:
    """The hashes of the blocks that are known to be boilerplate of a source."""
    rows = db.execute("SELECT block_hash FROM blocks WHERE source = ? AND is_boilerplate", [source])
    return frozenset(row[0] for row in rows)


def write_blocks(db: Database, source: str, blocks: Iterable[RecurringBlock]) -> None:
    """Write what was learned of a source, in place of what was before.

    The caller holds the transaction.
    """
    db.execute("DELETE FROM blocks WHERE source = ?", [source])
    db.conn.executemany(
        "INSERT INTO blocks (source, block_hash, text, pages, is_boilerplate)"
        " VALUES (?, ?, ?, ?, ?)",
        [(source, each.hash, each.text, each.pages, each.is_boilerplate) for each in blocks],
    )


def articles_with(
    db: Database, source: str, hashes: Set[str], texts: Iterable[str]
) -> Iterator[int]:
    """The ids of articles whose page was seen to have a block, or whose text may hold it.

    ``hashes`` and ``texts`` are of the same blocks: what a page outside the sample holds is told
    by its text, in which digits may be others.
    """
    rows = db.execute("SELECT article, blocks FROM sightings WHERE source = ?", [source])
    found = {row for row, blocks in rows if any(seen[0] in hashes for seen in json.loads(blocks))}
    for text in texts:
        part = max(_DIGITS.split(text), key=len).strip()
        found |= {
            row[0]
            for row in db.execute(
                "SELECT id FROM articles WHERE source = ? AND (instr(body, ?) OR instr(lede, ?))",
                [source, part, part],
            )
        }
    yield from sorted(found)


def _is_full(db: Database, source: str, quarter: str, rank: int) -> bool:
    """Whether the sample of a quarter is full of pages that come before this rank."""
    row = db.execute(
        "SELECT 1 FROM sightings WHERE source = ? AND version = ? AND quarter = ? AND rank < ?"
        " ORDER BY rank LIMIT 1 OFFSET ?",
        [source, RULE_VERSION, quarter, rank, SAMPLE - 1],
    ).fetchone()
    return row is not None
