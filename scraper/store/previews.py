"""The table ``previews``: where the archive holds a small picture of each photo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class Preview:
    """A small picture in the archive, its media type and its pixels."""

    media_type: str
    width: int
    height: int
    warc_file: str
    warc_offset: int


def has_preview(db: Database, digest: str) -> bool:
    """Whether there is a preview of the photo with these bytes."""
    row = db.execute("SELECT 1 FROM previews WHERE digest = ?", [digest]).fetchone()
    return row is not None


def add_preview(db: Database, digest: str, preview: Preview) -> None:
    """Store where the preview of a photo is. The caller holds the transaction."""
    db.execute(
        "INSERT OR IGNORE INTO previews"
        " (digest, media_type, width, height, warc_file, warc_offset) VALUES (?, ?, ?, ?, ?, ?)",
        [
            digest,
            preview.media_type,
            preview.width,
            preview.height,
            preview.warc_file,
            preview.warc_offset,
        ],
    )


def previews_of_articles(db: Database, articles: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return the first photo with a preview of each article: ``digest``, ``width``, ``height``."""
    rows = db.query(
        "SELECT photos.article, digest, previews.width, previews.height, min(position)"
        " FROM json_each(?) AS asked CROSS JOIN photos ON photos.article = asked.value"
        " CROSS JOIN files ON url_key = 'file:' || photos.url CROSS JOIN previews USING (digest)"
        " GROUP BY photos.article",
        [str(list(articles))],
    )
    return {row["article"]: row for row in rows}
