"""The files of one source that are due in a run, by the hosts that serve them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from scrapy import Request

from scraper.store.files import FileKind, FileRecord, count_due_files, due_checks, due_files
from spiders.file_checks import MAX_CHECKS
from spiders.requests import FileFetch
from spiders.run import CrawlRun
from spiders.source_crawl import SourceCrawl
from spiders.source_urls import to_fetch_url

HELD_FILES = 40
"""Files of one source that are read from the database at once."""


class FileQueue:
    """The files of one source that are due, in the order of ``kinds``, the latest first.

    Some of them are held in memory by host, so that a host that has to wait does not hold up the
    others. ``taken`` are the files that are being fetched. ``closed`` is the reason for which no
    more are requested. ``received`` is the number of bytes that came for the files of the source.
    """

    def __init__(
        self,
        run: CrawlRun,
        source_crawl: SourceCrawl,
        kinds: Sequence[FileKind],
        moment: datetime,
    ) -> None:
        self.run = run
        self.source_crawl = source_crawl
        self.moment = moment
        self.kinds = deque(kinds)
        self.checked_kinds = tuple(kinds)
        self.are_checks_read = False
        self.after: FileRecord | None = None
        self.held: dict[str, deque[FileFetch]] = {}
        self.taken: list[FileFetch] = []
        self.closed: str | None = None
        self.received = 0

    @property
    def has_waiting(self) -> bool:
        """Whether a file is left to be requested."""
        if self.closed is None:
            self._fill()
        return self.closed is None and bool(self.held)

    def candidates(self, clock: float) -> Iterator[FileFetch]:
        """Yield the first file of each host whose time has come.

        Hosts of files that are not stored yet have to wait, so that a kill costs no more of them.
        """
        self._fill()
        in_hand = {fetch.host.name for fetch in self.taken}
        for name, held in list(self.held.items()):
            fetch = next((one for one in held if one.ready_at <= clock), None)
            if fetch is not None and name not in in_hand:
                yield fetch

    def take(self, fetch: FileFetch) -> None:
        """Move a file from those that wait to those that are being fetched."""
        held = self.held[fetch.host.name]
        held.remove(fetch)
        if not held:
            del self.held[fetch.host.name]
        self.taken.append(fetch)

    def put_back(self, fetch: FileFetch, *, is_next: bool = False) -> None:
        """Have a file requested again, before the others of its host if ``is_next`` is set."""
        self.taken.remove(fetch)
        held = self.held.setdefault(fetch.host.name, deque())
        if is_next:
            held.appendleft(fetch)
        else:
            held.append(fetch)

    def finish(self, fetch: FileFetch) -> None:
        """Remove a file that has its outcome."""
        self.taken.remove(fetch)

    def close(self, reason: str) -> None:
        """Request no more files of the source in this run."""
        self.closed = self.closed or reason

    def left(self) -> dict[FileKind, int]:
        """Return how many files of each kind have no outcome in this run.

        Stored files that were only to be compared are left out.
        """
        unfinished = [*self.taken, *(fetch for held in self.held.values() for fetch in held)]
        counts = {
            kind: sum(fetch.known.kind is kind and not fetch.known.is_check for fetch in unfinished)
            for kind in (FileKind.ATTACHMENT, FileKind.PHOTO)
        }
        after = self.after
        for kind in self.kinds:
            slug = self.source_crawl.slug
            counts[kind] += count_due_files(self.run.db, slug, kind, self.moment, after)
            after = None
        return {kind: count for kind, count in counts.items() if count}

    def _fill(self) -> None:
        """Read further files from the database if few are held."""
        count = sum(map(len, self.held.values()))
        while self.kinds and count <= HELD_FILES // 2:
            found = due_files(
                self.run.db,
                self.source_crawl.slug,
                self.kinds[0],
                self.moment,
                self.after,
                HELD_FILES - count,
            )
            for known in found:
                fetch = self._fetch_of(known)
                self.held.setdefault(fetch.host.name, deque()).append(fetch)
            count += len(found)
            self.after = found[-1] if found else None
            if not found:
                self.kinds.popleft()
        if not (self.kinds or self.held or self.are_checks_read):
            self._hold_checks()

    def _hold_checks(self) -> None:
        """Hold the stored files that are to be compared, when nothing else is left."""
        self.are_checks_read = True
        slug, kinds = self.source_crawl.slug, self.checked_kinds
        for known in due_checks(self.run.db, slug, kinds, self.moment, MAX_CHECKS):
            fetch = self._fetch_of(known)
            self.held.setdefault(fetch.host.name, deque()).append(fetch)

    def _fetch_of(self, known: FileRecord) -> FileFetch:
        """Return the fetch of a file. An invalid URL becomes an empty one, which is refused."""
        source = self.source_crawl.source
        if not _is_valid(known.url):
            return FileFetch(known, source, "", self.source_crawl.home)
        url = to_fetch_url(known.url, source, self.source_crawl.origin)
        return FileFetch(known, source, url, self.run.hosts.of(url, source))


def _is_valid(url: str) -> bool:
    """Whether a request can be sent to a URL."""
    try:
        parts = urlsplit(Request(url).url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
