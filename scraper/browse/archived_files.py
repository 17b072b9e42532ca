"""The files and photos of articles, as the archive holds them: shown or downloaded, never run."""

from __future__ import annotations

from asyncio import Semaphore, to_thread
from collections.abc import Callable, Sequence

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from scraper.archive.bodies import first_readable
from scraper.browse.file_types import (
    PICTURES,
    announced_type,
    content_disposition,
    safe_name,
    type_of,
)
from scraper.browse.language import TEXTS, reader_language
from scraper.browse.views import archive_of, read
from scraper.store.file_rows import ArchivedFile, archived_file, archived_preview, other_places

READS_AT_ONCE = 2
"""Bodies that are read from the archive at a time: each may take several times 64 MB."""

CACHED = "private, max-age=31536000, immutable"
"""A body never changes: its address is its digest."""

HEADERS = {
    "content-security-policy": "sandbox; default-src 'none'",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
}

_reads = Semaphore(READS_AT_ONCE)


async def file(datasette: Datasette, request: Request) -> Response:
    """Return a photo or an attachment, by the digest of its body."""
    digest = request.url_vars["digest"]
    return await _answer(datasette, request, archived_file, digest, f'"{digest}"', digest)


async def preview(datasette: Datasette, request: Request) -> Response:
    """Return the small picture of a photo, by the digest of the photo."""
    digest = request.url_vars["digest"]
    return await _answer(datasette, request, archived_preview, digest, f'"preview-{digest}"', None)


async def _answer(
    datasette: Datasette,
    request: Request,
    find: Callable[[Database, str], ArchivedFile | None],
    digest: str,
    etag: str,
    body_digest: str | None,
) -> Response:
    found = await read(datasette, lambda db: find(db, digest))
    if found is None:
        return _refusal("file_unknown", 404)
    cached = {"etag": etag, "cache-control": CACHED}
    if _is_known(request.headers.get("if-none-match", ""), etag):
        return Response("", 304, {**HEADERS, **cached})
    body = await archived_body(datasette, found.places, body_digest)
    if body is None and body_digest:
        others = await read(datasette, lambda db: other_places(db, digest))
        body = await archived_body(datasette, others, body_digest)
    if body is None:
        return _refusal("file_lost", 410)
    media_type = type_of(found.media_type, body)
    name = safe_name(found.name, found.url, media_type)
    form = "inline" if media_type in PICTURES else "attachment"
    headers = {**HEADERS, **cached, "content-disposition": content_disposition(form, name)}
    return Response(body, 200, headers, announced_type(media_type))


async def archived_body(
    datasette: Datasette, places: Sequence[tuple[str, int]], digest: str | None
) -> bytes | None:
    """Return the first body at these places that can be read and has the digest, if one is given.

    Only READS_AT_ONCE are read at a time.
    """
    async with _reads:
        return await to_thread(first_readable, archive_of(datasette), places, digest)


def _is_known(header: str, etag: str) -> bool:
    """Whether the reader's copy is the one that would be sent (RFC 9110, If-None-Match)."""
    given = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return bool(given & {etag, "*"})


def _refusal(key: str, status: int) -> Response:
    text = TEXTS[key][reader_language.get()]
    headers = {**HEADERS, "cache-control": "no-store"}
    return Response(f"{text}\n", status, headers, "text/plain; charset=utf-8")
