"""Undoing the content encoding of what comes off the wire.

Scrapy's own middleware passes on what could be decoded of a body that was cut off: half an
article with status 200 (measured on 2.19). A body that ends early is an error here.
"""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from scraper.archive.decoding import TruncatedError, decode, is_whole_answer

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
        """Decode the body. Raises TruncatedError and TooLargeError.

        An answer 206, which nobody asks for here, is an error unless it holds the whole page.
        """
        content_range = (response.headers.get("Content-Range") or b"").decode("latin-1")
        if not is_whole_answer(response.status, content_range, len(response.body)):
            raise TruncatedError("the answer is only a part of the page")
        named = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        if not named or not response.body:
            return response
        request.meta["as_it_came"] = response
        headers = response.headers.copy()
        headers.pop("Content-Encoding", None)
        body = decode(response.body, named, self.largest)
        return response.replace(body=body, headers=headers)
