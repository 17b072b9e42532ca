"""Votes for the dates of an article."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipelines.extraction.context import PageContext
from pipelines.extraction.vietnamese.dates import (
    ParsedDate,
    parse_date,
)

_CLOCK = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{1,2}:\d{2})(:\d{2})?")


@dataclass(frozen=True, slots=True)
class Vote:
    """A date, its weight and the source that names it. ``modified`` marks a date of change."""

    date: ParsedDate
    weight: float
    source: str
    modified: bool = False


def local_vote(context: PageContext, value: str, vote: Vote) -> Vote | None:
    """Return a vote of less weight for the clock time of ``value``, ignoring its time zone.

    Some sites write a wrong zone after a local time. Returns None if the clock time is that of
    ``vote``.
    """
    clock = _CLOCK.match(value)
    if clock is None or vote.date.iso.startswith(f"{clock[1]}T{clock[2]}"):
        return None
    local = parse_date(f"{clock[1]}T{clock[2].zfill(5)}{clock[3] or ''}", context.fetched_at)
    date = ParsedDate(local.iso, value) if local else None
    return replace(vote, date=date, weight=vote.weight * 0.4) if date else None
