"""What an import took, and what it left."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from pipelines.items import Outcome
from scraper.store.files import FileKind

SHOWN = 50
"""Origins named for each reason why something was not imported."""


@dataclass(slots=True)
class ImportReport:
    """What was imported, by outcome, and what was not, by reason.

    ``kept_already`` counts what an earlier import or crawl had stored; ``earlier`` states of an
    article that are older than the stored one: they have become revisions. ``files`` counts photos
    and attachments. ``left`` names origins of what was not imported, up to SHOWN for a reason;
    ``failed`` counts what of it, and of the imported pages, could not be read.
    """

    taken: Counter[Outcome] = field(default_factory=Counter)
    kept_already: int = 0
    earlier: int = 0
    files: Counter[FileKind] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    left: dict[str, list[str]] = field(default_factory=dict)
    failed: int = 0

    def leave(self, origin: str, reason: str, is_failure: bool = False) -> None:
        """Count something that was not imported."""
        self.reasons[reason] += 1
        self.failed += is_failure
        origins = self.left.setdefault(reason, [])
        if len(origins) < SHOWN:
            origins.append(origin)

    def withdraw(self, origin: str, reason: str) -> None:
        """Take back that something was not imported: it is no page, but was imported as a file."""
        self.reasons[reason] -= 1
        if self.reasons[reason] <= 0:
            del self.reasons[reason]
        if origin in self.left.get(reason, ()):
            self.left[reason].remove(origin)
