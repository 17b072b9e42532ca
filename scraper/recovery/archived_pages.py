"""Captures of web archives as pages, and as the archive of ours keeps them."""

from __future__ import annotations

from pipelines.items import Page
from scraper.archive.decoding import decode
from scraper.recovery.web_archive import ArchivedResponse


def page_of(response: ArchivedResponse, source: str) -> Page:
    """Return the page of a capture, with its body decoded.

    Raises TruncatedError if the body ends early, TooLargeError if it is larger than allowed.
    """
    headers = headers_of(response.head)
    return Page(
        url=response.url,
        final_url=response.url,
        body=decode(response.body, headers.get("content-encoding", "")),
        status=response.status,
        headers=headers,
        fetched_at=response.captured_at,
        source=source,
    )


def headers_of(head: bytes) -> dict[str, str]:
    """Return the headers of a response by lower-case name; those of one name joined by commas."""
    headers: dict[str, str] = {}
    for line in _lines(head)[1:]:
        name, colon, value = line.decode("utf-8", "replace").partition(":")
        key, text = name.strip().lower(), value.strip()
        if colon and key:
            headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def kept_head(response: ArchivedResponse) -> bytes:
    """Return the head as our archive keeps it.

    Transfer-Encoding is left out, since the body came without it, and the status line has a version
    that readers of WARC files know.
    """
    first, *fields = _lines(response.head) or [b""]
    if not first.startswith((b"HTTP/1.0 ", b"HTTP/1.1 ")):
        first = b"HTTP/1.1 %d" % response.status
    kept = [line for line in fields if not line.lower().startswith(b"transfer-encoding:")]
    return b"\r\n".join([first, *kept, b"", b""])


def _lines(head: bytes) -> list[bytes]:
    return [line for line in head.replace(b"\r\n", b"\n").split(b"\n") if line.strip()]
