"""Common Crawl: an index for each crawl, in pages, and records by ranges of WARC files.

Source of facts: commoncrawl.org/cdxj-index, index.commoncrawl.org, and the CDXJ server of pywb.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from scraper.recovery.capture_requests import MAX_CAPTURE_BYTES, CaptureRequests
from scraper.recovery.cdx_lines import parse_line
from scraper.recovery.http_client import STOP_STATUSES, Answer, ArchiveClient
from scraper.recovery.index_requests import BATCH_LINES, REFUSED, index_answer, is_refused
from scraper.recovery.replay import query_params, query_url
from scraper.recovery.warc_records import response_in_record
from scraper.recovery.web_archive import (
    ArchivedResponse,
    CaptureError,
    IndexBatch,
    IndexedCapture,
    IndexQuery,
    ServiceError,
    WebArchive,
)

INDEX = "https://index.commoncrawl.org/"
DATA = "https://data.commoncrawl.org/"

STOPS = STOP_STATUSES | {403}
"""Common Crawl blocks clients that ask too much by 403, too."""

COLLECTION = re.compile(r"[\w.-]{1,80}", re.A)
WEEK = re.compile(r".*-(\d{4})-(\d{2})", re.A)
CRAWL_WEEKS = timedelta(weeks=6)
"""How far the captures of a crawl are from the week in its name, at most."""


class CommonCrawl(WebArchive):
    """Indexes that are asked page by page, and files of records.

    ``index`` is the address of the index server, ``data`` that of the files, with a slash at the
    end. It is not asked for single addresses, since each of its hundred indexes would be asked for
    each of them, and they list whole hosts already.
    """

    finds_addresses = False

    def __init__(self, name: str, index: str, data: str, client: ArchiveClient) -> None:
        self.name = name
        self.index = index
        self.data = data
        self.client = client
        self.capture_requests = CaptureRequests(client)
        self.collections: list[dict[str, Any]] | None = None

    def queries(self, query: IndexQuery) -> list[IndexQuery]:
        """Return a query for each crawl of the time in question. Raises ServiceError."""
        if self.collections is None:
            self.collections = self._listed_collections()
        return [
            IndexQuery(query.url, query.match, query.since, query.until, listed["id"])
            for listed in self.collections
            if _overlaps(listed, query)
        ]

    def _listed_collections(self) -> list[dict[str, Any]]:
        url = f"{self.index}collinfo.json"
        answer = index_answer(self.client, url)
        listed = _json(answer.body) if answer.status == 200 else None
        if not isinstance(listed, list):
            raise ServiceError(f"{url} does not list the indexes: status {answer.status}", None)
        return [each for each in listed if isinstance(each, dict) and _is_collection(each)]

    def captures(self, query: IndexQuery, resume_at: str | None) -> Iterator[IndexBatch]:
        """Yield the lines of an index from a page on. A page that repeats ends the query."""
        page, seen = _parse_page(resume_at)
        pages = None if page == 0 else self._pages(query)
        while pages is None or page < pages:
            url = self._query_url(query, ("page", str(page)))
            answer = index_answer(self.client, url)
            digest = sha256(answer.body).hexdigest()[:16]
            if answer.status == 404 or digest == seen:
                break
            if is_refused(self.client, url, answer):
                yield REFUSED
                return
            pages = self._pages(query) if pages is None else pages
            page, seen = page + 1, digest
            yield from _batches(answer, f"{page} {seen}")
        yield IndexBatch([], 0, None)

    def _pages(self, query: IndexQuery) -> int:
        """Return the number of pages of a query, 1 if the server does not say it."""
        answer = index_answer(self.client, self._query_url(query, ("showNumPages", "true")))
        found = _json(answer.body) if answer.status == 200 else None
        pages = found.get("pages") if isinstance(found, dict) else found
        return pages if isinstance(pages, int) else 1

    def _query_url(self, query: IndexQuery, param: tuple[str, str]) -> str:
        index = f"{self.index}{query.collection}-index"
        return query_url(index, [*query_params(query), param])

    def response(self, capture: IndexedCapture) -> ArchivedResponse:
        """Return a capture from its record. Raises CaptureError or ServiceError."""
        place = capture.place
        if place is None:
            raise CaptureError(
                "no_record", f"{capture.url}: its line names no record", is_final=True
            )
        if place.length > MAX_CAPTURE_BYTES:
            message = f"{capture.url}: its record has {place.length} bytes"
            raise CaptureError("too_large", message, is_final=True)
        first, last = place.offset, place.offset + place.length - 1
        url = self.data + quote(place.warc_file, safe="/")
        headers = {"Range": f"bytes={first}-{last}", "Accept-Encoding": "identity"}
        answer = self.capture_requests.get(capture, url, headers)
        _check_range(answer, capture, first, last)
        return response_in_record(answer.body, capture, self.address(capture))

    def address(self, capture: IndexedCapture) -> str:
        """Return the address of the file with the record, and where it is in the file."""
        place = capture.place
        if place is None:
            return self.data
        last = place.offset + place.length - 1
        return f"{self.data}{quote(place.warc_file, safe='/')}#bytes={place.offset}-{last}"


def _check_range(answer: Answer, capture: IndexedCapture, first: int, last: int) -> None:
    """Raise CaptureError unless an answer has exactly the bytes that were asked for."""
    if answer.status in (404, 410, 416):
        raise CaptureError("not_held", f"{capture.url}: the record is not there", is_final=True)
    if answer.status != 206:
        message = f"{capture.url}: status {answer.status} in place of a part of the file"
        raise CaptureError("no_range", message, is_final=False)
    covered = answer.value("Content-Range").partition("/")[0].split()
    if covered != ["bytes", f"{first}-{last}"] or len(answer.body) != last - first + 1:
        message = f"{capture.url}: the service sent another part of the file"
        raise CaptureError("truncated", message, is_final=False)


def _batches(answer: Answer, next_page: str) -> Iterator[IndexBatch]:
    """Yield the lines of a page; a query that stops inside a page reads it again."""
    lines = [line for line in answer.body.split(b"\n") if line.strip()]
    for start in range(0, len(lines), BATCH_LINES):
        parsed = [parse_line(line) for line in lines[start : start + BATCH_LINES]]
        captures = [capture for capture in parsed if capture is not None]
        page = next_page if start + BATCH_LINES >= len(lines) else _same_page(next_page)
        yield IndexBatch(captures, len(parsed) - len(captures), page)


def _same_page(next_page: str) -> str:
    """Return the place at which the page before another one begins."""
    return f"{_parse_page(next_page)[0] - 1}"


def _parse_page(resume_at: str | None) -> tuple[int, str]:
    """Return the page to begin with, and the digest of the page before it."""
    page, _, digest = (resume_at or "").partition(" ")
    return (int(page), digest) if page.isdecimal() else (0, "")


def _is_collection(listed: dict[str, Any]) -> bool:
    return isinstance(listed.get("id"), str) and bool(COLLECTION.fullmatch(listed["id"]))


def _overlaps(listed: dict[str, Any], query: IndexQuery) -> bool:
    """Whether a crawl may have captures of the time in question."""
    begins, ends = _span(listed)
    is_after = query.until is not None and begins is not None and begins > query.until
    is_before = query.since is not None and ends is not None and ends < query.since
    return not is_after and not is_before


def _span(listed: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
    """Return when a crawl began and ended at most, by its entry or its name; None if unknown."""
    begins, ends = _moment(listed.get("from")), _moment(listed.get("to"))
    if begins and ends:
        return begins - CRAWL_WEEKS, ends + CRAWL_WEEKS
    found = WEEK.fullmatch(listed["id"])
    if found is None or not 1 <= int(found[2]) <= 53 or int(found[1]) < 2000:
        return None, None
    week = datetime(int(found[1]), 1, 1, tzinfo=UTC) + timedelta(weeks=int(found[2]) - 1)
    return week - CRAWL_WEEKS, week + CRAWL_WEEKS


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC)


def _json(body: bytes) -> Any:
    """Parse JSON; None if it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
