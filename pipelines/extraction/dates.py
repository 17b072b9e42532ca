"""Dates of publication and change: printed dates and metadata vote on the minute.

The date that readers see beside the title weighs most, because nobody checks the others. Metadata
adds votes and seconds, and is used alone if no date is printed. A time with a wrong zone (``Z`` or
``+08:00`` after a local time) also votes for its clock time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from pipelines.extraction.context import PageContext
from pipelines.extraction.html.hints import Hint
from pipelines.extraction.printed_dates import (
    MAX_LINE_CHARS,
    Vote,
    date_hints,
    local_vote,
    printed_votes,
)
from pipelines.extraction.vietnamese.dates import (
    ParsedDate,
    parse_date,
    parse_dates,
    parse_url_date,
)

_LAYOUT_WEIGHT = 100.0
_METADATA_WEIGHTS = {"microdata": 2.0, "jsonld": 2.0, "meta": 1.5, "og": 1.0, "url": 0.5}


@dataclass(frozen=True, slots=True)
class Dates:
    """The dates of an article.

    ``published_at`` and ``modified_at`` are ISO 8601 in +07:00, or a date without a time.
    ``published_raw`` is the date of publication as the page writes it.
    """

    published_at: str | None = None
    published_raw: str | None = None
    modified_at: str | None = None
    published_source: str | None = None
    modified_source: str | None = None


def find_dates(context: PageContext) -> Dates:
    """Find the dates of publication and change of a page."""
    votes = (
        _declared_votes(context) + printed_votes(context) + _metadata_votes(context, "published")
    )
    in_url = parse_url_date(context.address, context.fetched_at) if context.address else None
    if in_url:
        votes.append(Vote(in_url, _METADATA_WEIGHTS["url"], "url"))
    published = _elect([vote for vote in votes if not vote.modified])
    changed = [vote for vote in votes if vote.modified] + _metadata_votes(context, "modified")
    if published is None and changed and changed[0].source == "printed":
        published = changed[0]  # only the date of the last change is printed
    modified = _elect([vote for vote in changed if _is_later(vote, published)])
    return Dates(
        published.date.iso if published else None,
        published.date.raw if published else _unreadable_date(context),
        modified.date.iso if modified else None,
        published.source if published else None,
        modified.source if modified else None,
    )


def _is_later(vote: Vote, published: Vote | None) -> bool:
    """Whether a vote is for a later minute; some templates print the first date twice."""
    return published is None or vote.date.minute > published.date.minute


def _declared_votes(context: PageContext) -> list[Vote]:
    """Return the vote for the date that the layout selects."""
    dates = parse_dates(context.declared.get("date", "")[:MAX_LINE_CHARS], context.fetched_at)
    return [Vote(date, _LAYOUT_WEIGHT, "layout") for date in dates[:1]]


def _metadata_votes(context: PageContext, name: str) -> list[Vote]:
    """Return the votes of a metadata field (``published``, ``modified``)."""
    votes = []
    for entry in context.metadata.of(name):
        date = parse_date(entry.value, context.fetched_at)
        if date is None:
            continue
        weight = _METADATA_WEIGHTS[entry.source]
        votes.append(Vote(date, weight, entry.source))
        local = local_vote(context, entry.value, votes[-1])
        if local:
            votes.append(local)
    return votes


def _elect(votes: list[Vote]) -> Vote | None:
    """Return the vote for the heaviest day, in it the heaviest minute, with seconds if known."""
    if not votes:
        return None
    of_day = _heaviest(votes, attrgetter("date.day"))
    timed = [vote for vote in of_day if vote.date.has_time]
    if not timed:
        return of_day[0]
    chosen = _heaviest(timed, attrgetter("date.minute"))
    precise = max(chosen, key=lambda vote: vote.date.iso[17:19] != "00")
    first = max(chosen, key=lambda vote: vote.weight)
    return Vote(ParsedDate(precise.date.iso, first.date.raw), first.weight, first.source)


def _heaviest(votes: list[Vote], time_of: Callable[[Vote], str]) -> list[Vote]:
    """Return the votes for the day or minute that has the largest sum of weights."""
    totals: dict[str, float] = defaultdict(float)
    for vote in votes:
        totals[time_of(vote)] += vote.weight
    heaviest = max(totals, key=totals.__getitem__)
    return [vote for vote in votes if time_of(vote) == heaviest]


def _unreadable_date(context: PageContext) -> str | None:
    """Return the first date in metadata or head that could not be parsed, as it is written."""
    written = context.metadata.first("published")
    if written:
        return written
    for block in context.head:
        if date_hints(context, block) & Hint.DATE and any(sign.isdigit() for sign in block.text):
            return block.text[:MAX_LINE_CHARS]
    return None
