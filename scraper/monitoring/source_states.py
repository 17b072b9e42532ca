"""The state of a source, and when a dark one is asked again: rules on what its runs recorded.

A night is a day in Vietnam on which at least one run asked the source. Runs that show nothing are
left out: those that were cut before they read the source, and those in which no host answered at
all, so that our own connection may have been down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile

from scraper.base.clock import VIETNAM
from scraper.base.hosts import host_name
from scraper.store.source_life import DarkSource
from scraper.store.source_record import OFFLINE, SourceRun

DEAD_NIGHTS = 3
"""Nights in a row without an answer of any host of a source before it counts as dead."""

MOVED_NIGHTS = 2
"""Nights in a row on which the home page redirects to one and the same other host, for good, before
the source counts as moved."""

PERMANENT = (301, 308)
"""The HTTP statuses of a redirect for good."""

FIRST_GAP_DAYS = 2
MAX_GAP_DAYS = 30
"""A dead source is asked again after the first gap, which doubles with each further night without
an answer, up to the second. Without a gap, that would be the next day."""


def dark_source(slug: str, nights: Sequence[SourceRun]) -> DarkSource | None:
    """Return since when a source is dark and when it is asked again; None if it is not dark.

    ``nights`` are its runs, the latest first.
    """
    silent = _in_a_row(nights, lambda night: bool(night.silence))
    days = _days(silent)
    if len(days) < DEAD_NIGHTS:
        return None
    gap = min(FIRST_GAP_DAYS * 2 ** (len(days) - DEAD_NIGHTS), MAX_GAP_DAYS)
    day = days[0] + timedelta(days=gap)
    return DarkSource(slug, silent[-1].started_at, _start_of(day))


def has_moved(nights: Sequence[SourceRun]) -> bool:
    """Whether the home page has redirected for good, to one other host, for enough nights."""
    target = nights[0].moved_to if nights else None
    if target is None:
        return False
    there = host_name(target)

    def leads_there(night: SourceRun) -> bool:
        is_permanent = night.moved_status in PERMANENT
        return is_permanent and night.moved_to is not None and host_name(night.moved_to) == there

    return len(_days(_in_a_row(nights, leads_there))) >= MOVED_NIGHTS


def is_left_out(dark: DarkSource, moment: datetime) -> bool:
    """Whether a run at this moment leaves a dark source out.

    It asks one that would have to wait for longer than any gap: that time came from a wrong clock.
    """
    return moment < dark.ask_at <= moment + timedelta(days=MAX_GAP_DAYS + 1)


def _in_a_row(nights: Sequence[SourceRun], belongs: Callable[[SourceRun], bool]) -> list[SourceRun]:
    """Return the latest runs of which something is true, without those that show nothing."""
    return list(takewhile(belongs, _telling(nights)))


def _telling(nights: Sequence[SourceRun]) -> Iterator[SourceRun]:
    for night in nights:
        is_cut = night.was_cut and not (night.read or night.silence or night.moved_to)
        if not is_cut and night.silence != OFFLINE:
            yield night


def _days(nights: Sequence[SourceRun]) -> list[date]:
    """Return the days in Vietnam on which runs began, the latest first."""
    return sorted({night.started_at.astimezone(VIETNAM).date() for night in nights}, reverse=True)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC)
