"""When a page is to be looked at again: soon while it is young, later as it ages, then never."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipelines.page import Outcome
from scraper.clock import VIETNAM


@dataclass(frozen=True, slots=True)
class RevisitPolicy:
    """How often pages are looked at again.

    ``ages`` are steps of (age up to, pause until the next look): an article of an age in no step
    is not looked at again unless a feed or sitemap announces a change. ``failed`` are the pauses
    after the first, second, … failure in a row; after the last one the page is left alone.
    ``absent`` is the pause after a first sight of a 404, ``barren`` that of a list that names no
    article or was lost, ``sweep`` the time after which a list is read to its end again.
    """

    ages: tuple[tuple[timedelta, timedelta], ...] = (
        (timedelta(days=2), timedelta(hours=12)),
        (timedelta(days=14), timedelta(days=3)),
        (timedelta(days=90), timedelta(days=21)),
    )
    failed: tuple[timedelta, ...] = (
        timedelta(0),
        timedelta(hours=20),
        timedelta(days=2),
        timedelta(days=7),
        timedelta(days=30),
    )
    absent: timedelta = timedelta(hours=12)
    barren: timedelta = timedelta(days=7)
    sweep: timedelta = timedelta(days=30)


USUAL = RevisitPolicy()

STORED = frozenset({Outcome.NEW, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.DUPLICATE})
RETRIED = frozenset({Outcome.FAILED, Outcome.BROKEN, Outcome.BLOCKED})
ABSENT = frozenset({Outcome.GONE, Outcome.SOFT_404})


def next_look(
    outcome: Outcome,
    born: datetime,
    now: datetime,
    attempts: int = 0,
    policy: RevisitPolicy = USUAL,
    *,
    missing: int = 0,
) -> datetime | None:
    """When a page with this outcome is due again (aware, UTC); None means never by age.

    ``born`` is when the article was published, else when its page was first seen; ``attempts``
    the failures in a row before this one; ``missing`` the sights of an article's absence, this one
    included (0: the page is no article's).
    """
    if outcome is Outcome.DEFERRED:
        return now
    if outcome in STORED:
        return _by_age(born, now, policy)
    if outcome in RETRIED:
        return now + policy.failed[attempts] if attempts < len(policy.failed) else None
    if outcome in ABSENT and missing == 1:
        return now + policy.absent
    return None


def born_at(published_at: str | None, first_seen_at: str) -> datetime:
    """The moment from which an article ages.

    Takes ``articles.published_at`` (a bare date counts from its midnight in Vietnam) and
    ``pages.first_seen_at``; the earlier one counts, so that a date in the future keeps nothing
    young for ever.
    """
    seen = datetime.fromisoformat(first_seen_at)
    if published_at is None:
        return seen
    try:
        published = datetime.fromisoformat(published_at)
    except ValueError:
        return seen
    aware = published if published.tzinfo else published.replace(tzinfo=VIETNAM)
    return min(aware.astimezone(UTC), seen)


def _by_age(born: datetime, now: datetime, policy: RevisitPolicy) -> datetime | None:
    age = now - born
    return next((now + pause for limit, pause in policy.ages if age <= limit), None)
