"""Votes for the date of an article: a time, how much it counts, and which source names it."""

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
    """A moment that somebody names, how much it counts, and who said it."""

    date: ParsedDate
    weight: float
    source: str
    modified: bool = False


def local_vote(context: PageContext, value: str, vote: Vote) -> Vote | None:
    """The lesser vote for the clock that a value shows, where its zone tells of another one."""
    clock = _CLOCK.match(value)
    if clock is None or vote.date.iso.startswith(f"{clock[1]}T{clock[2]}"):
        return None
    local = parse_date(f"{clock[1]}T{clock[2].zfill(5)}{clock[3] or ''}", context.fetched_at)
    date = ParsedDate(local.iso, value) if local else None
    return replace(vote, date=date, weight=vote.weight * 0.4) if date else None
