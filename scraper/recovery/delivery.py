"""Gets the body of a capture from its service, unless our archive holds the same bytes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from sqlite_utils import Database

from pipelines.items import Page
from scraper.archive.reader import read_page
from scraper.base.errors import ArchiveError
from scraper.recovery.archived_pages import page_of
from scraper.recovery.web_archive import (
    ArchivedResponse,
    IndexedCapture,
    RecordPlace,
    WebArchive,
)
from scraper.store.recovery import WaitingCapture
from scraper.store.recovery_links import KnownBody, known_body


@dataclass(frozen=True, slots=True)
class Delivery:
    """A capture with its body. ``address`` is where its service shows it.

    ``response`` is what the service sent, None if our archive held the body as ``known``.
    """

    page: Page
    address: str
    response: ArchivedResponse | None = None
    known: KnownBody | None = None


def held_delivery(
    db: Database, archive: Path, waiting: WaitingCapture, service: WebArchive
) -> Delivery | None:
    """Return a capture whose body our archive holds, or None."""
    known = known_body(db, waiting)
    if known is None:
        return None
    try:
        page = read_page(archive, known.warc_file, known.warc_offset)
    except ArchiveError:
        return None
    here = replace(
        page,
        url=waiting.url,
        final_url=waiting.url,
        fetched_at=waiting.moment,
        source=waiting.source,
    )
    return Delivery(here, service.address(indexed(waiting)), known=known)


def fetched_delivery(waiting: WaitingCapture, service: WebArchive) -> Delivery:
    """Return a capture as its service sends it.

    Raises CaptureError, ServiceError, and TruncatedError or TooLargeError for a body that cannot
    be decoded.
    """
    response = service.response(indexed(waiting))
    return Delivery(page_of(response, waiting.source), response.address, response)


def indexed(waiting: WaitingCapture) -> IndexedCapture:
    """Return the line of the index that a row of the plan was made of."""
    place = None
    if waiting.warc_file is not None:
        place = RecordPlace(waiting.warc_file, waiting.warc_offset or 0, waiting.length or 0)
    return IndexedCapture(
        url=waiting.url,
        captured_at=waiting.moment,
        status=waiting.http_status,
        media_type=waiting.media_type,
        digest=waiting.digest,
        length=waiting.length,
        place=place,
        is_revisit=waiting.is_revisit,
    )
