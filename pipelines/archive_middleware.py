"""The archive stage, which stores every page with its headers as they were sent."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from sqlite_utils import Database

from pipelines.stage_context import StageContext
from scraper.archive.opening import is_held
from scraper.archive.writer import ArchiveWriter, head
from scraper.base.clock import now
from scraper.store.captures import Capture, capture_of_body, last_capture

KEPT_DAILY = ("listing", "feed", "sitemap")
"""Kinds of pages that change with every article. They are stored once a day at most."""


class ArchiveMiddleware:
    """Writes each page to the archive and sets ``meta["capture"]`` to its place there.

    It also sets ``meta["body_hash"]``, so that each body is hashed once.

    It is a downloader middleware directly above decompression, which keeps the response before
    decompression in ``meta["as_it_came"]``. All responses with a status 2xx are stored. A body that
    equals an earlier one of the same URL is not stored again, and ``capture`` is the earlier place.
    Earlier captures are looked up only if ``meta["was_read"]`` is true. Requests without
    ``meta["url_key"]`` are not stored.
    """

    def __init__(self, writer: ArchiveWriter, db: Database) -> None:
        self.writer = writer
        self.db = db

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the stage with the archive and the database of the crawl."""
        context = StageContext.of(crawler)
        return cls(context.archive, context.db)

    def process_response(self, request: Request, response: Response) -> Response:
        """Store the response in the archive, and return it unchanged.

        Raises OSError if the archive cannot be written. The page is then not processed.
        """
        key = request.meta.get("url_key")
        if key is None:
            return response
        as_it_came = request.meta.pop("as_it_came", response)
        if 200 <= response.status < 300:
            body_hash = hashlib.sha256(response.body).hexdigest()
            request.meta["body_hash"] = body_hash
            if response.body:
                request.meta["capture"] = self._save(key, request, as_it_came, body_hash)
        return response

    def _save(
        self, key: str, request: Request, response: Response, body_hash: str
    ) -> Capture | None:
        moment = now()
        last = last_capture(self.db, key) if request.meta["was_read"] else None
        if last is not None and _is_enough(last, body_hash, request.meta.get("kind"), moment):
            return None
        earlier = capture_of_body(self.db, key, body_hash) if last else None
        if earlier is not None and is_held(self.writer.folder, earlier.warc_file):
            return replace(earlier, fetched_at=moment)
        place = self.writer.write(
            response.url,
            request_head(request),
            response_head(response),
            response.body,
            moment,
            ip=str(response.ip_address) if response.ip_address else None,
            request_body=request.body,
        )
        return Capture(place.warc_file, place.warc_offset, body_hash, response.status, moment)


def _is_enough(last: tuple[str, str], body_hash: str, kind: str | None, moment: datetime) -> bool:
    last_hash, last_time = last
    if last_hash == body_hash:
        return True
    return kind in KEPT_DAILY and last_time[:10] == moment.date().isoformat()


def request_head(request: Request) -> bytes:
    """Return the head of a request as the archive holds it."""
    return head(f"{request.method} {_target(request.url)} HTTP/1.1", _fields(request))


def response_head(response: Response) -> bytes:
    """Return the head of a response as the archive holds it."""
    return head(f"HTTP/1.1 {response.status} OK", _fields(response))


def _fields(message: Request | Response) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, values in message.headers.items() for value in values]


def _target(url: str) -> str:
    """Return the path and query of a URL, for the request line."""
    return "/" + url.split("/", 3)[3] if url.count("/") > 2 else "/"
