"""Recovers photos and attachments of articles, after the articles."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from sqlite_utils import Database

from pipelines.items import Outcome, Page
from scraper.archive.writer import RecordLocation
from scraper.base.clock import now
from scraper.base.source import Source
from scraper.recovery.archived_pages import kept_head
from scraper.recovery.delivery import Delivery
from scraper.store.archived_files import KnownFile, known_file
from scraper.store.capture_origins import add_origin
from scraper.store.captures import capture_at
from scraper.store.database import write_transaction
from scraper.store.files import FileKind
from scraper.store.recovery import (
    CaptureOutcome,
    CaptureResult,
    WaitingCapture,
    set_outcome,
)
from scraper.transfer.file_storing import BodyFate, FileStorer
from spiders.file_reading import FileReading
from spiders.file_responses import decide_file_answer
from spiders.limits import Limits
from spiders.responses import REDIRECTS, Done
from spiders.source_urls import to_stored_url

NOT_NAMED = CaptureResult(CaptureOutcome.LEFT_OUT, "not_named")
NOT_KEPT = CaptureResult(CaptureOutcome.LEFT_OUT, "files_not_kept")


class RecoveredFiles:
    """Stores the files of one source."""

    def __init__(
        self, db: Database, archive: Path, source: Source, kinds: Collection[FileKind]
    ) -> None:
        self.db = db
        self.source = source
        self.kinds = kinds
        self.storer = FileStorer(db, archive)

    def close(self) -> None:
        """End the files of the archive, and the worker."""
        self.storer.close()

    def known(self, url: str) -> tuple[str, KnownFile] | None:
        """Return the file that articles name, with the address that they name it by, or None."""
        for address in dict.fromkeys(self._spellings(url)):
            if (known := known_file(self.db, address)) is not None:
                return address, known
        return None

    def refusal(self, url: str) -> CaptureResult | None:
        """Return why a file is not fetched, or None."""
        if not self.kinds:
            return NOT_KEPT
        found = self.known(url)
        if found is None:
            return NOT_NAMED
        return None if found[1].kind in self.kinds else NOT_KEPT

    def save(
        self, waiting: WaitingCapture, delivery: Delivery, reading: FileReading | None
    ) -> CaptureResult:
        """Store a file that articles name; returns how its capture ended."""
        found = self.known(waiting.url)
        assert found is not None
        page = replace(delivery.page, url=found[0])
        result = self._decide(page, found[1])
        if result is None and reading is not None:
            return self._store(waiting, delivery, page, found[1].kind, reading)
        settled = result or NOT_NAMED
        response = delivery.response
        matches = response.digest_matches if response is not None else None
        with write_transaction(self.db):
            set_outcome(self.db, waiting.id, replace(settled, digest_matches=matches), now())
        return settled

    def read(self, waiting: WaitingCapture, delivery: Delivery) -> FileReading | None:
        """Have a worker read a file that is to be stored, else return None."""
        found = self.known(waiting.url)
        if found is None:
            return None
        page = replace(delivery.page, url=found[0])
        return None if self._decide(page, found[1]) else self.storer.read(page, found[1].kind)

    def _spellings(self, url: str) -> Iterator[str]:
        """Yield the addresses by which articles may name a file of an index."""
        yield url
        yield to_stored_url(url, self.source)
        parts = urlsplit(url)
        host = parts.netloc.removesuffix(":80").removesuffix(":443")
        bare = host.removeprefix("www.")
        for scheme in ("https", "http"):
            for name in (bare, f"www.{bare}"):
                yield parts._replace(scheme=scheme, netloc=name).geturl()

    def _decide(self, page: Page, known: KnownFile) -> CaptureResult | None:
        """Return how the capture of a file ends that is not stored, or None."""
        if page.status in REDIRECTS:
            return CaptureResult(CaptureOutcome.REDIRECT, "file", page.headers.get("location"))
        decision = decide_file_answer(page, known.kind, now(), LIMITS)
        if decision is not None:
            is_absent = isinstance(decision, Done) and decision.outcome is Outcome.GONE
            outcome = CaptureOutcome.GONE if is_absent else CaptureOutcome.NOT_ARTICLE
            return CaptureResult(outcome, decision.reason)
        fate = self.storer.fate_of(page, known)
        if fate is BodyFate.NEW:
            return None
        is_kept = fate is BodyFate.KEPT
        outcome = CaptureOutcome.SAME_BODY if is_kept else CaptureOutcome.LEFT_OUT
        return CaptureResult(outcome, None if is_kept else str(fate))

    def _store(
        self,
        waiting: WaitingCapture,
        delivery: Delivery,
        page: Page,
        kind: FileKind,
        reading: FileReading,
    ) -> CaptureResult:
        place = self._archive(delivery, page, kind)
        preview = self.storer.write_preview(page, reading)
        response = delivery.response
        matches = response.digest_matches if response is not None else None
        with write_transaction(self.db):
            self.storer.store(page, place, reading, preview)
            row = capture_at(self.db, place.warc_file, place.warc_offset)
            if row is not None:
                add_origin(self.db, row, page.fetched_at, waiting.service, delivery.address)
            same_as = delivery.known.row if delivery.known else None
            result = CaptureResult(
                CaptureOutcome.FILE, str(kind), same_as=same_as, capture=row, digest_matches=matches
            )
            set_outcome(self.db, waiting.id, result, now())
        return result

    def _archive(self, delivery: Delivery, page: Page, kind: FileKind) -> RecordLocation:
        writer, response, url = self.storer.writers[kind], delivery.response, str(page.url)
        if response is None:
            media_type = page.headers.get("content-type", "application/octet-stream")
            return writer.write_resource(url, media_type, page.body, page.fetched_at)
        return writer.write_copied(
            url, kept_head(response), response.body, page.fetched_at, delivery.address
        )


LIMITS = Limits()
