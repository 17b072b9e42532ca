"""The pictures of an article for its document: the small ones that the archive holds, as JPEG."""

from __future__ import annotations

import io
from asyncio import to_thread
from collections.abc import Iterable, Mapping
from typing import Any

from datasette.app import Datasette

from pipelines.documents.photos import PREVIEW_SIDE
from scraper.browse.archived_files import archived_body
from scraper.browse.views import read
from scraper.store.file_rows import archived_preview

MAX_PICTURES = 20
"""Pictures of one document; of further photos it has the captions. Each takes 10 ms and 40 KB."""

PREVIEW_FORMATS = ("WEBP", "PNG")
"""What a preview may be. Crawls write WebP, which Word cannot show."""

PIXELS_PER_INCH = 96
"""A picture is at most five inches wide, a line of text six."""


async def with_pictures(
    datasette: Datasette, photos: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return photos, each with its ``picture`` (JPEG), None if the archive holds none."""
    pictures: dict[str, bytes | None] = {}
    for photo in photos:
        digest = photo["digest"]
        if photo["preview_width"] and digest not in pictures and len(pictures) < MAX_PICTURES:
            pictures[digest] = await _picture(datasette, digest)
    return [{**photo, "picture": pictures.get(photo["digest"])} for photo in photos]


async def _picture(datasette: Datasette, digest: str) -> bytes | None:
    """Return the small picture of the photo with these bytes."""
    found = await read(datasette, lambda db: archived_preview(db, digest))
    body = await archived_body(datasette, found.places, None) if found else None
    return await to_thread(_as_jpeg, body) if body else None


def _as_jpeg(body: bytes) -> bytes | None:
    """Return a picture as JPEG, which Word can show; None if it is no small picture."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(body), formats=PREVIEW_FORMATS) as picture:
            if max(picture.size) > PREVIEW_SIDE:
                return None
            out = io.BytesIO()
            picture.convert("RGB").save(out, "JPEG", dpi=(PIXELS_PER_INCH, PIXELS_PER_INCH))
            return out.getvalue()
    except (OSError, ValueError):
        return None
