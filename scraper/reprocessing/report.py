"""What a reprocess changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

MAX_SAMPLES = 3
"""Pages shown for each field, and for what was found, lost or failed."""


@dataclass(frozen=True, slots=True)
class Change:
    """A value that reads otherwise now; ``before`` is None for anything but a field."""

    url: str
    before: Any
    after: Any


@dataclass(slots=True)
class ReprocessReport:
    """What a reprocess did, or with ``dry_run`` would do.

    ``changes`` counts articles by changed field; ``samples`` holds some of them under the name
    of the field, or under ``found`` (an article where there was none), ``lost`` (the present rules
    find no article; the stored one stays) and ``failed`` (the archive or the rules broke on it).
    ``unmatched`` names selectors of the sources that match nothing on their last pages.
    """

    dry_run: bool
    resumed: bool = False
    pages: int = 0
    changed: int = 0
    found: int = 0
    lost: int = 0
    failed: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[Change]] = field(default_factory=dict)
    unmatched: list[str] = field(default_factory=list)

    def add_sample(self, name: str, url: str, before: Any, after: Any) -> None:
        """Keep a sample, up to MAX_SAMPLES of a name."""
        samples = self.samples.setdefault(name, [])
        if len(samples) < MAX_SAMPLES:
            samples.append(Change(url, before, after))
