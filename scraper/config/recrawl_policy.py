"""When a page is to be looked at again: soon while it is young, later as it ages, never last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipelines.items import Outcome
from scraper.base.clock import VIETNAM


@dataclass(frozen=True, slots=True)
class RecrawlPolicy:
    """How often pages are looked at again.

    ``ages`` are steps of (age up to, pause until the next look), for young articles. An article of
    an age in no step is old: it is looked at again, whether anything names it or not, within
    ``yearling`` up to the age of a year, then within ``old``. So is an article that was looked for
    in vain too often for the other pauses. ``failed`` are the pauses after the first, second, …
    failure in a row; after the last one a page without an article is left alone.
    ``absent`` is the pause after a first sight of a 404, ``gone`` that after a second one,
    ``empty`` that of a list that names no article or was lost, ``full_rescan`` the time after
    which a list is read to its end again.
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
    yearling: timedelta = timedelta(days=90)
    old: timedelta = timedelta(days=365)
    absent: timedelta = timedelta(hours=12)
    gone: timedelta = timedelta(days=30)
    empty: timedelta = timedelta(days=7)
    full_rescan: timedelta = timedelta(days=30)

    @property
    def youth(self) -> timedelta:
        """The age from which an article is old."""
        return max((limit for limit, _ in self.ages), default=timedelta(0))


DEFAULT_POLICY = RecrawlPolicy()

YEAR = timedelta(days=365)


def next_fetch_at(
    outcome: Outcome,
    born: datetime,
    now: datetime,
    attempts: int = 0,
    policy: RecrawlPolicy = DEFAULT_POLICY,
    *,
    missing: int = 0,
    is_stored: bool = False,
) -> datetime | None:
    """When a page with this outcome is due again (aware, UTC); None means never.

    ``born`` is when the article was published, else when its page was first seen; ``attempts``
    the failures in a row before this one; ``missing`` the sights of an article's absence, this one
    included (0: the page is no article's); ``is_stored`` tells that an article was read from the
    page at any time.
    """
    if outcome is Outcome.DEFERRED:
        return now
    if outcome.is_absent and missing == 1:
        return now + policy.absent
    if outcome.is_retried and attempts < len(policy.failed):
        return now + policy.failed[attempts]
    age = now - born
    young = next((pause for limit, pause in policy.ages if age <= limit), None)
    if outcome.is_stored and young is not None:
        return now + young
    return now + _late_pause(outcome, age, born, missing, policy) if is_stored else None


def age_from(published_at: str | None, first_seen_at: str) -> datetime:
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


def _late_pause(
    outcome: Outcome, age: timedelta, born: datetime, missing: int, policy: RecrawlPolicy
) -> timedelta:
    """The pause before an old article, or one long looked for in vain, is looked at again.

    Between half of a pause and all of it, by the day of the article: those of a new source are all
    read within days, and would be due together.
    """
    if outcome.is_absent and missing == 2:
        return policy.gone
    pause = policy.yearling if outcome.is_stored and age <= YEAR else policy.old
    return pause * (0.5 + born.toordinal() * 37 % 64 / 128)
