"""What a recovery from web archives did, and what is left."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scraper.recovery.pace import REQUEST_SECONDS
from scraper.store.recovery import CaptureOutcome
from scraper.store.recovery_counts import Estimate


@dataclass(slots=True)
class ServiceReport:
    """What one service gave in this recovery.

    ``lines``, ``broken``, ``repeated`` and ``outside`` count lines of its index: read, unreadable,
    known before, and of another site or time. ``outcomes`` counts the captures that were settled,
    with the reason. ``requests`` counts requests of the index and of captures, ``size`` the bytes
    of bodies that came, ``seconds`` the time until the answers were there. ``attempts`` counts
    those that failed and are made again by the next recovery. ``waiting`` captures and
    ``waiting_queries`` are left in the plan. ``stopped`` is the message of the service if it could
    not be asked any more, ``resumes_at`` when it may be asked again, None for the next night.
    ``estimate`` is what is left to fetch; it is set at the end, and by a dry run.
    """

    lines: int = 0
    broken: int = 0
    repeated: int = 0
    outside: int = 0
    outcomes: Counter[tuple[CaptureOutcome, str | None]] = field(default_factory=Counter)
    requests: int = 0
    size: int = 0
    seconds: float = 0.0
    attempts: int = 0
    waiting: int = 0
    waiting_queries: int = 0
    stopped: str | None = None
    resumes_at: datetime | None = None
    estimate: Estimate = field(default_factory=Estimate)

    @property
    def settled(self) -> int:
        """How many captures have their outcome by this recovery."""
        return self.outcomes.total()

    @property
    def failed(self) -> int:
        """How many captures could not be had, or not in the form in which the site sent them."""
        bad = (CaptureOutcome.FAILED, CaptureOutcome.REFUSED, CaptureOutcome.BROKEN)
        return sum(count for (outcome, _), count in self.outcomes.items() if outcome in bad)

    def articles(self, reason: str) -> int:
        """How many captures showed an article with a reason: new, updated, earlier, and so on."""
        return self.outcomes[CaptureOutcome.ARTICLE, reason]

    @property
    def time_left(self) -> timedelta:
        """How long the rest takes at the pace that the service is asked at."""
        return timedelta(seconds=self.estimate.captures * REQUEST_SECONDS)


@dataclass(slots=True)
class RecoveryReport:
    """What a recovery did, by the name of the service.

    ``is_waiting`` is True while it waits for a run, or for a service that asked for a pause.
    """

    source: str
    services: dict[str, ServiceReport] = field(default_factory=dict)
    is_waiting: bool = False

    @property
    def is_finished(self) -> bool:
        """Whether every capture and every query of the plan is settled."""
        return not any(one.waiting or one.waiting_queries for one in self.services.values())
