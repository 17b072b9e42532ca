"""Pages that a browser saved: as HTML, or with all that belongs to them in one file (MHTML)."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import cast

from pipelines.extraction.html.decode import decode
from pipelines.items import Page
from scraper.store.declared_url import canonical_href
from scraper.transfer.candidate import Candidate, failure, saved_at, shown

MAX_HEAD_BYTES = 200_000
"""Bytes of a saved page in which its URL is looked for; long scripts can precede it."""

SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(https?://\S+?)\s*-->", re.I)
OG_URL_TAG = re.compile(r"<meta\b[^<>]{0,2000}?\bproperty=[\"']?og:url\b[^<>]{0,2000}>", re.I)
CONTENT = re.compile(r"\bcontent=[\"']?(https?://[^\"'>\s]+)", re.I)

LOCATIONS = ("Snapshot-Content-Location", "Content-Location")
MAX_PARTS = 2_000
HTTP = ("http://", "https://")


def saved_from(text: str) -> str | None:
    """The URL that a browser wrote into a page when it saved it, or None."""
    remark = SAVED_FROM.search(text[:MAX_HEAD_BYTES])
    return remark[1] if remark else None


def claimed_address(text: str) -> str | None:
    """The URL that a page declares to be its own, or None."""
    head = text[:MAX_HEAD_BYTES]
    canonical = canonical_href(head) or ""
    if canonical.lower().startswith(HTTP):
        return canonical
    tag = OG_URL_TAG.search(head)
    address = CONTENT.search(tag[0]) if tag else None
    return html.unescape(address[1]) if address else None


def read_html(path: Path) -> Candidate:
    """The page that a file of HTML holds."""
    page = Page(url=None, body=path.read_bytes(), fetched_at=saved_at(path))
    return _candidate(path, page, None)


def read_mhtml(path: Path) -> Candidate:
    """The page of a file of MHTML (RFC 2557): its first part of HTML, at the top or in a part."""
    try:
        message = message_from_bytes(path.read_bytes())
        part = _first_html(message)
        if part is None:
            return failure(shown(path), "no HTML in this MHTML")
        body = cast("bytes | None", part.get_payload(decode=True)) or b""
        charset = part.get_param("charset")
        located = _location(message) or _location(part)
        fetched_at = _date(message) or saved_at(path)
    except (ValueError, LookupError, RecursionError, TypeError, AttributeError) as error:
        return failure(shown(path), f"MHTML that cannot be read ({type(error).__name__})")
    media_type = "text/html" + (f"; charset={charset}" if isinstance(charset, str) else "")
    page = Page(url=None, body=body, headers={"content-type": media_type}, fetched_at=fetched_at)
    return _candidate(path, page, located)


def _candidate(path: Path, page: Page, located: str | None) -> Candidate:
    text = decode(page.body, page.headers.get("content-type")).text
    url = located or saved_from(text)
    claimed = None if url else claimed_address(text)
    moment = page.fetched_at
    page = Page(url=url, body=page.body, headers=page.headers, fetched_at=moment)
    return Candidate(shown(path), page=page, claimed=claimed, seen=(moment, moment))


def _first_html(message: Message) -> Message | None:
    """The first part of HTML in the order of the file; parts may hold parts."""
    waiting, seen = [message], 0
    while waiting and seen < MAX_PARTS:
        part, seen = waiting.pop(), seen + 1
        if part.is_multipart():
            waiting += reversed(cast("list[Message]", part.get_payload()))
        elif part.get_content_type() in ("text/html", "application/xhtml+xml"):
            return part
    return None


def _location(part: Message) -> str | None:
    for name in LOCATIONS:
        address = "".join(str(part.get(name, "")).split())
        if address.lower().startswith(HTTP):
            return address
    return None


def _date(message: Message) -> datetime | None:
    try:
        moment = parsedate_to_datetime(str(message.get("Date", "")))
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC).replace(microsecond=0)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
