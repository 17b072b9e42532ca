"""What is known of a source when one of its pages is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelines.extraction.block_occurrences import BlockOccurrence
from pipelines.extraction.layouts import Layout
from pipelines.text import fold


@dataclass(frozen=True, slots=True)
class SourceProfile:
    """What is known of a source: learned boilerplate (hashes of blocks), its name, its layout.

    ``quarters`` limits a hash to the quarters of a year in which it is boilerplate. ``keep`` are
    folded texts that are never removed; a ``*`` at the end matches any continuation.
    """

    boilerplate: frozenset[str] = frozenset()
    site_name: str | None = None
    layout: Layout | None = None
    quarters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    keep: tuple[str, ...] = ()

    def boilerplate_in(self, quarter: str) -> frozenset[str]:
        """Return the hashes of blocks that are boilerplate in a quarter (``2026-Q4``)."""
        anywhere = frozenset({quarter})
        return frozenset(
            block for block in self.boilerplate if quarter in self.quarters.get(block, anywhere)
        )

    def is_learned(self, occurrence: BlockOccurrence) -> bool:
        """Whether a block is learned boilerplate and its text is not one to keep."""
        return occurrence.hash in self.boilerplate and not self.is_kept(occurrence.text)

    def is_kept(self, text: str) -> bool:
        """Whether the source's ``keep`` texts include a text."""
        folded = " ".join(fold(text).split()) if self.keep else ""
        return any(
            folded.startswith(kept[:-1]) if kept.endswith("*") else folded == kept
            for kept in self.keep
        )
