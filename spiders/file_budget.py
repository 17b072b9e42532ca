"""How large a photo or an attachment may be, and all of them in one run."""

from __future__ import annotations

from dataclasses import dataclass

from scraper.store.files import FileKind
from spiders.limits import CrawlPlan

MEGABYTE = 1_000_000

MAX_BYTES_IN_FLIGHT = 200 * MEGABYTE
"""Most bytes that the files in flight may have together. A crawl needs several times as much
memory: for the file, the message to its worker, and the record in the archive."""


@dataclass(slots=True)
class FileBudget:
    """The bytes of the files of a run: those that came, and the limits of those in flight."""

    plan: CrawlPlan
    received: int = 0
    in_flight: int = 0

    @property
    def is_spent(self) -> bool:
        """Whether the run may fetch no more files."""
        return self.received >= self._total

    def limit_of(self, kind: FileKind) -> int:
        """Return how large a file may be, whatever the run has fetched already."""
        is_photo = kind is FileKind.PHOTO
        own = self.plan.limits.photo_megabytes if is_photo else self.plan.file_megabytes
        return min(own, self.plan.file_megabytes, self.plan.files_megabytes) * MEGABYTE

    def max_bytes(self, kind: FileKind) -> int:
        """Return how large a file may be that is requested now, 0 if it has to wait.

        Files in flight are counted with their limits, so that together with them no file exceeds
        the limit of the run.
        """
        limit = self.limit_of(kind)
        left = self._total - self.received - self.in_flight
        if self.in_flight and (left < limit or self.in_flight + limit > MAX_BYTES_IN_FLIGHT):
            return 0
        return max(0, min(limit, left))

    def reserve(self, max_bytes: int) -> None:
        """Count a file that is requested with its limit."""
        self.in_flight += max_bytes

    def free(self, max_bytes: int) -> None:
        """Count no longer a file that was requested with this limit."""
        self.in_flight -= max_bytes

    def receive(self, size: int) -> None:
        """Count bytes that came."""
        self.received += size

    def spend(self) -> None:
        """Let the run fetch no more files, because the next one does not fit."""
        self.received = max(self.received, self._total)

    @property
    def _total(self) -> int:
        return self.plan.files_megabytes * MEGABYTE
