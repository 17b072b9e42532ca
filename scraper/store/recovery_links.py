"""What the captures of a plan have in common: bodies, addresses, and redirects between these."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from scraper.store.recovery import Rank, WaitingCapture

MAX_LENGTH_DIFFERENCE = 300
"""Bytes by which compressed records of the same body may differ: their headers differ."""


@dataclass(frozen=True, slots=True)
class KnownBody:
    """A body that the archive holds: the row of the plan that it came with, and its place."""

    row: int
    capture: int
    warc_file: str
    warc_offset: int
    url_key: str


def known_body(db: Database, waiting: WaitingCapture) -> KnownBody | None:
    """Return the body that the archive holds with the digest of a capture, or None.

    A digest is not trusted if the index stated it for another body once, or if the length of the
    record shows that the body is another one. The body of the same address is preferred.
    """
    if not waiting.digest:
        return None
    row = db.execute(
        "SELECT kept.id, captures.id, captures.warc_file, captures.warc_offset, captures.url_key"
        " FROM archived_captures AS kept JOIN captures ON captures.id = kept.capture"
        " WHERE kept.source = :source AND digest = :digest AND digest_matches = 1"
        " AND (:is_revisit OR is_revisit OR length IS NULL OR :length IS NULL"
        " OR abs(length - :length) <= :most)"
        " AND NOT EXISTS (SELECT 1 FROM archived_captures AS other"
        " WHERE other.source = :source AND other.digest = :digest AND other.digest_matches = 0)"
        " ORDER BY kept.url_key <> :key, kept.id LIMIT 1",
        {
            "source": waiting.source,
            "digest": waiting.digest,
            "length": waiting.length,
            "is_revisit": waiting.is_revisit,
            "most": MAX_LENGTH_DIFFERENCE,
            "key": waiting.url_key,
        },
    ).fetchone()
    return KnownBody(*row) if row else None


def redirect_target(db: Database, source: str, url_key: str) -> str | None:
    """Return where the latest capture of an address redirected to, or None."""
    row = db.execute(
        "SELECT redirects_to FROM archived_captures WHERE source = ? AND url_key = ?"
        " AND outcome = 'redirect' AND reason IS NULL ORDER BY captured_at DESC LIMIT 1",
        [source, url_key],
    ).fetchone()
    return row[0] if row else None


def postpone_page(db: Database, source: str, url_key: str) -> None:
    """Fetch the pages at an address that redirects after those of its target.

    The caller holds the transaction.
    """
    db.execute(
        "UPDATE archived_captures SET rank = rank + :later WHERE source = :source"
        " AND url_key = :key AND outcome IS NULL AND rank BETWEEN :page AND :last",
        {
            "later": Rank.REDIRECTED,
            "source": source,
            "key": url_key,
            "page": Rank.PAGE,
            "last": Rank.PAGE + Rank.REVISIT,
        },
    )


def is_planned(db: Database, source: str, url_key: str) -> bool:
    """Whether the plan has captures of an address."""
    row = db.execute(
        "SELECT EXISTS (SELECT 1 FROM archived_captures WHERE url_key = ? AND source = ?)",
        [url_key, source],
    ).fetchone()
    return bool(row[0])
