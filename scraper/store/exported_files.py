"""What an export says of an article's files, and where the archive holds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

PHOTOS = """
SELECT photos.url, caption, credit, alt, files.media_type, files.size, files.width, files.height,
    files.digest, files.outcome, files.reason
FROM photos LEFT JOIN files ON files.url_key = 'file:' || photos.url
WHERE photos.article = ? ORDER BY position
"""
ATTACHMENTS = """
SELECT url, name, media_type, size, digest, pages, outcome, reason{text}
FROM attachments WHERE article = ? ORDER BY position
"""
HELD = """
SELECT named.url, named.name, files.digest, captures.warc_file, captures.warc_offset
FROM (
    SELECT 0 AS is_photo, position, url, name FROM article_files WHERE article = :article
    UNION ALL SELECT 1, position, url, NULL FROM photos WHERE article = :article
) AS named
JOIN files ON files.url_key = 'file:' || named.url
JOIN captures ON captures.id = files.capture
ORDER BY is_photo, position
"""


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file of an article that the archive holds; ``name`` is what the page calls it."""

    url: str
    name: str | None
    digest: str
    warc_file: str
    warc_offset: int


def add_file_facts(db: Database, row: dict[str, Any], *, with_text: bool) -> dict[str, Any]:
    """Return an article, as ``article_rows`` reads it, with what is known of each of its files.

    ``with_text`` adds the text of its attachments, which can be long.
    """
    if row["photos"]:
        row = row | {"photos": list(db.query(PHOTOS, [row["id"]]))}
    if row["attachments"]:
        sql = ATTACHMENTS.format(text=", text" if with_text else "")
        row = row | {"attachments": list(db.query(sql, [row["id"]]))}
    return row


def held_files(db: Database, article: int) -> list[HeldFile]:
    """Return the attachments and photos of an article that the archive holds."""
    rows = db.execute(HELD, {"article": article})
    return [HeldFile(*row) for row in rows.fetchall()]
