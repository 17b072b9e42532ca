"""The tables ``file_texts`` and ``file_texts_fts``: the text of each file, once for equal bytes.

The index has no text of its own, so a row is deleted with the same text that was inserted, as in
``scraper.store.fulltext``.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from pipelines.text import fold
from scraper.store.fulltext import tone_style


@dataclass(frozen=True, slots=True)
class FileText:
    """The text of a file; its pages are separated by form feeds.

    ``pages`` is None if the file could not be opened. ``reason`` is why text is missing. ``reader``
    is the version of the rules that read it.
    """

    media_type: str
    pages: int | None
    text: str
    reason: str | None
    reader: int


def stored_text(db: Database, digest: str) -> FileText | None:
    """Return the text of the file with these bytes, or None if it was not read yet."""
    row = db.execute(
        "SELECT media_type, pages, text, reason, reader FROM file_texts WHERE digest = ?", [digest]
    ).fetchone()
    return FileText(*row) if row else None


def save_text(db: Database, digest: str, text: FileText) -> None:
    """Store and index the text of a file, over the one that it had.

    The caller holds the transaction.
    """
    known = db.execute("SELECT id, text FROM file_texts WHERE digest = ?", [digest]).fetchone()
    if known is not None:
        unindex_file_text(db, *known)
    row_id = db.execute(
        "INSERT INTO file_texts (digest, media_type, pages, text, reason, reader)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO UPDATE SET"
        " media_type = excluded.media_type, pages = excluded.pages, text = excluded.text,"
        " reason = excluded.reason, reader = excluded.reader RETURNING id",
        [digest, text.media_type, text.pages, text.text, text.reason, text.reader],
    ).fetchone()[0]
    index_file_text(db, row_id, text.text)


def index_file_text(db: Database, row_id: int, text: str) -> None:
    """Add the text of a file to the index. The caller holds the transaction."""
    db.execute(
        "INSERT INTO file_texts_fts (rowid, text, text_folded) VALUES (?, ?, ?)",
        [row_id, tone_style(text), fold(text)],
    )


def unindex_file_text(db: Database, row_id: int, text: str) -> None:
    """Delete the text of a file, as it was added, from the index.

    The caller holds the transaction.
    """
    db.execute(
        "INSERT INTO file_texts_fts (file_texts_fts, rowid, text, text_folded)"
        " VALUES ('delete', ?, ?, ?)",
        [row_id, tone_style(text), fold(text)],
    )
