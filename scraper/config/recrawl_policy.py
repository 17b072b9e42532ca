"""When a page is fetched again: an article soon while it is young, and less often as it ages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipelines.items import Outcome
from scraper.base.clock import VIETNAM


@dataclass(frozen=True, slots=True)
class RecrawlPolicy:
    """The pauses before a page is fetched again.

    - ``ages`` are pairs of an age limit and the pause of articles up to that age.
    - ``yearling`` is the longest pause of an article that is older than these limits, up to the age
      of a year; ``old`` is that of older ones. They also apply to an article whose fetches failed
      too often for the other pauses.
    - ``failed`` are the pauses after the first, second, … failure in a row. After the last one a
      page without an article is not fetched again.
    - ``absent`` is the pause after the first 404, ``gone`` that after the second.
    - ``empty`` is the pause of a list without articles, or a list that is gone.
    - ``full_rescan`` is the time after which a list is read to its end again.
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
        """The age from which an article counts as old."""
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
    """Return when a page with this outcome is due again (aware, UTC), None for never.

    ``born`` is when the article was published, else when its page was discovered. ``attempts`` is
    the number of failures in a row before this one. ``missing`` is the number of times that the
    article was absent, this one included (0 if the page is not an article's). ``is_stored`` is True
    if an article was ever stored from the page.
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
    """Return the time from which the age of an article counts (aware, UTC).

    Takes ``articles.published_at`` (a bare date is its midnight in Vietnam) and
    ``pages.first_seen_at``. The earlier one counts, because a publication date can be in the
    future.
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
    """Return the pause of an old article, or of one that was absent too often.

    It is between half of the pause and all of it, depending on the day of the article. Otherwise
    all articles of a new source would be due within the same few days.
    """
    if outcome.is_absent and missing == 2:
        return policy.gone
    pause = policy.yearling if outcome.is_stored and age <= YEAR else policy.old
    return pause * (0.5 + born.toordinal() * 37 % 64 / 128)
