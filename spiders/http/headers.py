"""Response headers: decoded as browsers do, and limited in size."""

from __future__ import annotations

from scrapy.http import Response

from pipelines.items import Page
from scraper.base.clock import now

MAX_HEADER_BYTES = 256 * 1024
"""Bytes of status line and headers, interim responses (1xx) included, as in browsers."""


class HeadersTooLargeError(Exception):
    """The headers of a response are larger than ``MAX_HEADER_BYTES``."""


def header_text(value: bytes) -> str:
    """Decode a header value as browsers do: UTF-8, else Latin-1 (RFC 9110, 5.5)."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def header(response: Response, name: str) -> str | None:
    """A header of a response as text, None if it has none."""
    value = response.headers.get(name)
    return None if value is None else header_text(value)


def page_of(response: Response, url: str, source: str) -> Page:
    """A response as the rest of the program takes it; ``url`` was asked for first."""
    headers = {
        header_text(name).lower(): header_text(b", ".join(values))
        for name, values in response.headers.items()
    }
    return Page(url, response.body, response.url, response.status, headers, now(), source)
