"""Undoing the content encoding of what comes off the wire.

Scrapy's own middleware passes on what could be decoded of a body that was cut off: half an
article with status 200 (measured on 2.19). A body that ends early is an error here.
"""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from scraper.archive.decoding import decode

ACCEPTED = b"gzip, deflate, br, zstd"


class DecompressionMiddleware:
    """Decodes every response, and leaves it as it came in ``meta["as_it_came"]``, for the archive.

    A downloader middleware nearest to the wire. Reads the setting DOWNLOAD_MAXSIZE, the most that
    a body may become.
    """

    def __init__(self, largest: int) -> None:
        self.largest = largest

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware from the crawler's settings."""
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_request(self, request: Request) -> None:
        """Say which encodings we can undo."""
        request.headers.setdefault("Accept-Encoding", ACCEPTED)

    def process_response(self, request: Request, response: Response) -> Response:
        """Decode the body. Raises TruncatedError and TooLargeError."""
        named = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        if not named or not response.body:
            return response
        request.meta["as_it_came"] = response
        headers = response.headers.copy()
        headers.pop("Content-Encoding", None)
        body = decode(response.body, named, self.largest)
        return response.replace(body=body, headers=headers)
