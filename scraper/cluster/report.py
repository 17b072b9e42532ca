"""What work on a cluster did, and what storing its readings did."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from scraper.cluster.tasks import LearnedSource, RangeResult
from scraper.reprocessing.report import ReprocessReport

MAX_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class LostTask:
    """A task that was given up: its file, its pages and the reason."""

    task: str
    pages: int
    reason: str


@dataclass(slots=True)
class ClusterReport:
    """How far the reading of pages on a cluster is.

    ``tasks`` are all that are known, ``done`` those that are finished, ``kept`` those of which the
    file existed. ``pages`` are read, ``articles`` of them hold an article, ``failed`` could not be
    read, for the ``reasons`` counted, with ``samples``. ``read_again`` are the pages read again
    with boilerplate that was learned of ``sources_learned``. ``written`` articles are in the
    dataset for reading. ``lost`` are the tasks given up.
    """

    tasks: int = 0
    done: int = 0
    kept: int = 0
    pages: int = 0
    articles: int = 0
    failed: int = 0
    read_again: int = 0
    sources_learned: int = 0
    written: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    samples: list[tuple[str, str]] = field(default_factory=list)
    lost: list[LostTask] = field(default_factory=list)

    def add(self, result: RangeResult) -> None:
        """Count the first readings of a range."""
        self.done += 1
        self.kept += result.is_kept
        self.pages += result.pages
        self.articles += result.articles
        self.failed += result.failed
        self.reasons.update(result.reasons)
        self.samples += result.samples[: MAX_SAMPLES - len(self.samples)]

    def add_again(self, result: RangeResult) -> None:
        """Count the readings of a range with what was learned."""
        self.done += 1
        self.kept += result.is_kept
        self.read_again += result.pages

    def add_source(self, learned: LearnedSource) -> None:
        """Count what was learned of a source."""
        self.done += 1
        self.sources_learned += bool(learned.changed)

    def add_dataset(self, articles: int) -> None:
        """Count the articles of a source that were written."""
        self.done += 1
        self.written += articles

    def lose(self, task: str, pages: int, reason: str) -> None:
        """Count a task that was given up."""
        self.done += 1
        self.lost.append(LostTask(task, pages, reason))

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return asdict(self) | {"reasons": dict(self.reasons)}


@dataclass(slots=True)
class ApplyReport:
    """What storing readings changed.

    ``not_applied`` counts pages by why their reading was not stored. ``not_learned`` are sources
    whose boilerplate is another than that with which the readings were made: it is learned again at
    the next crawl.
    """

    changes: ReprocessReport
    not_applied: Counter[str] = field(default_factory=Counter)
    not_learned: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        values = asdict(self.changes) | {"changes": dict(self.changes.changes)}
        return values | {
            "not_applied": dict(self.not_applied),
            "not_learned": self.not_learned,
        }
