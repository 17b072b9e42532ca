"""Decompresses response bodies.

Scrapy's own middleware returns the decodable part of a truncated body with status 200 (measured on
2.19), which would store half an article. Here, a truncated body is an error.
"""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from scraper.archive.decoding import TruncatedError, decode, is_whole_answer

ACCEPT_ENCODING = b"gzip, deflate, br, zstd"


class DecompressionMiddleware:
    """Decodes every response; the encoded one stays in ``meta["as_it_came"]`` for the archive.

    The downloader middleware nearest to the downloader. The setting DOWNLOAD_MAXSIZE, or
    ``download_maxsize`` of a request's meta, also limits the decoded body, in bytes.
    """

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the middleware from the crawler's settings."""
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_request(self, request: Request) -> None:
        """Set the Accept-Encoding header to the encodings that can be decoded."""
        request.headers.setdefault("Accept-Encoding", ACCEPT_ENCODING)

    def process_response(self, request: Request, response: Response) -> Response:
        """Decode the body. Raises TruncatedError and TooLargeError.

        No request asks for a range, so a 206 is an error unless it has the whole page.
        """
        content_range = (response.headers.get("Content-Range") or b"").decode("latin-1")
        if not is_whole_answer(response.status, content_range, len(response.body)):
            raise TruncatedError("the response is only a part of the page")
        named = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        if not named or not response.body:
            return response
        request.meta["as_it_came"] = response
        headers = response.headers.copy()
        headers.pop("Content-Encoding", None)
        max_bytes = request.meta.get("download_maxsize") or self.max_bytes
        body = decode(response.body, named, max_bytes)
        return response.replace(body=body, headers=headers)
