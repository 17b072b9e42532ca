"""Archive the photos and attachments of a run, and record their outcomes."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import replace
from datetime import datetime

from scrapy.http import Response

from pipelines.archive_middleware import request_head, response_head
from pipelines.items import Outcome, Page
from scraper.archive.opening import is_held
from scraper.archive.reader import read_origin
from scraper.archive.writer import ArchiveWriter, payload_sha1
from scraper.config.recrawl_policy import RecrawlPolicy
from scraper.store.captures import Capture, capture_of_body
from scraper.store.database import write_transaction
from scraper.store.file_outcomes import (
    FileBody,
    FileCount,
    FileResult,
    add_file_count,
    body_since,
    file_with_digest,
    record_file,
)
from scraper.store.file_texts import FileText, save_text
from scraper.store.files import FileKind, FileRecord, adopt_files, requeue_allowed
from scraper.store.previews import Preview, add_preview
from spiders.file_checks import FIRST_CHECK, FORBIDDEN_AGAIN, next_check
from spiders.file_reading import SERIES, FileReader, archive_preview
from spiders.http.robots import FORBIDDEN, TOO_MANY_RULES
from spiders.requests import FileFetch
from spiders.responses import Done
from spiders.run import CrawlRun

logger = logging.getLogger(__name__)


class FileRecorder:
    """Stores the files of one run: in the archive first, then in one transaction for each."""

    def __init__(self, run: CrawlRun) -> None:
        self.run = run
        self.db = run.db
        self.reader = FileReader(run.db, run.workers)
        self.archives = {
            kind: ArchiveWriter(run.archive.folder, series=series)
            for kind, series in SERIES.items()
        }

    def end(self, fetch: FileFetch, end: Done, page: Page | None = None) -> None:
        """Record the outcome of a file of which no body is kept. A 304 is among them."""
        moment, is_stored = self.run.now(), end.outcome.is_stored
        self._record(
            FileResult(
                self.run.id,
                fetch.known,
                end.outcome,
                end.reason,
                fetch.received,
                http_status=page.status if page else None,
                etag=page.headers.get("etag") if page else None,
                last_modified=page.headers.get("last-modified") if page else None,
                fetched_at=moment if is_stored else None,
                due_at=due_again(fetch.known, end, moment, self.run.policy),
                check_at=self._next_check(fetch.known, page, moment) if is_stored else None,
                max_bytes=fetch.limit if end.reason == "too_large" else None,
            )
        )

    def _next_check(
        self, known: FileRecord, page: Page | None, moment: datetime
    ) -> datetime | None:
        """Return when a file whose body is the same is compared again, or None for never."""
        if not (known.can_be_compared or has_validator(page)):
            return None
        since = body_since(self.db, known.url_key)
        return next_check(datetime.fromisoformat(since) if since else moment, moment)

    def defer(self, fetch: FileFetch, reason: str) -> None:
        """Count a file that is left to a later run. It keeps waiting."""
        count = FileCount(fetch.known.kind, Outcome.DEFERRED, reason, 1, fetch.received)
        with write_transaction(self.db):
            add_file_count(self.db, self.run.id, fetch.known.source, count)
        logger.debug("file deferred url=%s reason=%s", fetch.known.url, reason)

    def adopt(self, source: str, limits: dict[FileKind, int]) -> None:
        """Take over files that wait for a source which is no longer crawled.

        Files that were too large come back if they may have more bytes now, by ``limits``.
        """
        with write_transaction(self.db):
            adopt_files(self.db, source)
            for kind, limit in limits.items():
                requeue_allowed(self.db, source, kind, limit, self.run.now())

    def defer_rest(self, source: str, left: dict[FileKind, int], reason: str) -> None:
        """Count the files of a source that are left to a later run. They keep waiting."""
        with write_transaction(self.db):
            for kind, files in left.items():
                count = FileCount(kind, Outcome.DEFERRED, reason, files)
                add_file_count(self.db, self.run.id, source, count)

    async def save(self, fetch: FileFetch, page: Page, response: Response) -> None:
        """Have a file read by a worker, archive it, and record its outcome.

        Raises OSError or sqlite3.Error if the archive or the database cannot be written, and
        WorkersStoppedError if the crawl ends before the file was read.
        """
        known = fetch.known
        digest = hashlib.sha256(page.body).hexdigest()
        if digest == known.digest:
            self.end(fetch, Done(Outcome.UNCHANGED, "same_body"), page)
            return
        reading = await self.reader.read(known.kind, digest, page)
        twin = file_with_digest(self.db, digest)
        capture = self._archive(known, response, digest, page, twin)
        photos = self.archives[FileKind.PHOTO]
        preview = archive_preview(photos, digest, reading.preview, page.fetched_at)
        for archive in self.archives.values():
            archive.sync()
        end = FileResult(
            self.run.id,
            known,
            Outcome.UPDATED if known.digest else Outcome.DUPLICATE if twin else Outcome.NEW,
            reading.reason,
            fetch.received,
            page.status,
            page.headers.get("etag"),
            page.headers.get("last-modified"),
            page.fetched_at,
            check_at=page.fetched_at + FIRST_CHECK if has_validator(page) else None,
            body=FileBody(digest, len(page.body), reading.description, capture),
        )
        self._record(end, reading.text, preview)

    def _archive(
        self,
        known: FileRecord,
        response: Response,
        digest: str,
        page: Page,
        twin: tuple[int, str, int] | None,
    ) -> Capture | int:
        """Write a response to the archive, without its body if that is there already.

        Returns its place, or the id of the capture that has the body.
        """
        earlier = capture_of_body(self.db, known.url_key, digest)
        if earlier is not None and self._is_there(earlier.warc_file):
            return replace(earlier, fetched_at=page.fetched_at)
        request = response.request
        assert request is not None
        as_it_came: Response = request.meta.get("as_it_came", response)
        ip = str(response.ip_address) if response.ip_address else None
        heads = request_head(request), response_head(as_it_came)
        archive = self.archives[known.kind]
        origin = read_origin(archive.folder, *twin[1:]) if twin else None
        if twin and origin and origin.payload_digest == payload_sha1(as_it_came.body):
            archive.write_revisit(response.url, *heads, origin, page.fetched_at, ip)
            return twin[0]
        place = archive.write(response.url, *heads, as_it_came.body, page.fetched_at, ip)
        return Capture(place.warc_file, place.warc_offset, digest, response.status, page.fetched_at)

    def _is_there(self, warc_file: str) -> bool:
        return is_held(self.run.archive.folder, warc_file)

    def _record(
        self, end: FileResult, text: FileText | None = None, preview: Preview | None = None
    ) -> None:
        with write_transaction(self.db):
            record_file(self.db, end)
            if end.body is not None and text is not None:
                save_text(self.db, end.body.digest, text)
            if end.body is not None and preview is not None:
                add_preview(self.db, end.body.digest, preview)
        logger.debug(
            "file ended url=%s source=%s outcome=%s reason=%s",
            end.known.url,
            end.known.source,
            end.outcome,
            end.reason,
        )


def has_validator(page: Page | None) -> bool:
    """Whether a server says by what it tells that a file changed."""
    return page is not None and not {"etag", "last-modified"}.isdisjoint(page.headers)


def due_again(
    known: FileRecord, end: Done, moment: datetime, policy: RecrawlPolicy
) -> datetime | None:
    """Return when a file without a body is requested again, or None for never.

    A file that is stored is requested again if its article changes, and compared now and then.
    """
    if end.outcome is Outcome.REFUSED and end.reason in (FORBIDDEN, TOO_MANY_RULES):
        return moment + FORBIDDEN_AGAIN
    if end.outcome.is_absent:
        is_first = known.attempts == 0 and end.reason != "http_410"
        return moment + policy.absent if is_first else None
    if end.outcome.is_retried and known.attempts < len(policy.failed):
        return moment + policy.failed[known.attempts]
    return None
