"""Clients of the services of tests, with a clock that does not wait."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlite_utils import Database

from scraper.base.web_archive_entry import ArchiveKind, WebArchiveEntry
from scraper.recovery.services import ArchiveService, chosen_services, open_archive
from scraper.recovery.web_archive import (
    IndexBatch,
    IndexedCapture,
    IndexQuery,
    Match,
    WebArchive,
)
from tests.scraper.recovery.made_up_site import HOST
from tests.scraper.recovery.services import Service
from tests.scraper.recovery.stepped_clock import SteppedClock

HOST_QUERY = IndexQuery(HOST, Match.HOST)
CONTACT = "you@example.org"


@contextmanager
def collection(
    service: Service, db: Database, clock: SteppedClock | None = None
) -> Iterator[WebArchive]:
    """Hold the client of a collection of pywb open, named by its address."""
    (chosen,) = chosen_services([service.collection], [])
    with open_archive(chosen, db, CONTACT, clock or SteppedClock()) as archive:
        yield archive


@contextmanager
def configured(
    kind: ArchiveKind, service: Service, db: Database, clock: SteppedClock | None = None
) -> Iterator[WebArchive]:
    """Hold the client of a double open, as the configuration names it."""
    paths = {"internet-archive": ("/cdx/search/cdx", "/web/")}.get(kind, ("", ""))
    index, captures = (service.url + path for path in paths)
    entry = WebArchiveEntry(name=kind, kind=kind, index=index, captures=captures)
    with open_archive(chosen(entry), db, CONTACT, clock or SteppedClock()) as archive:
        yield archive


def chosen(entry: WebArchiveEntry) -> ArchiveService:
    """Return the service of an entry."""
    (service,) = chosen_services([entry.name], [entry])
    return service


def batches(
    archive: WebArchive, query: IndexQuery = HOST_QUERY, resume_at: str | None = None
) -> list[IndexBatch]:
    """Return all batches of a query."""
    return [batch for each in archive.queries(query) for batch in archive.captures(each, resume_at)]


def found(archive: WebArchive, query: IndexQuery = HOST_QUERY) -> list[IndexedCapture]:
    """Return all captures that a query finds."""
    return [capture for batch in batches(archive, query) for capture in batch.captures]
