"""What second looks at 10,000 articles cost: within a tenth of a night, however they came."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from pipelines.items import Outcome
from scraper.config.recrawl_policy import DEFAULT_POLICY, RecrawlPolicy, next_fetch_at
from scraper.store.pages import Turn
from spiders.limits import CrawlPlan
from spiders.turns import SHARES

ARTICLES = 10_000
NIGHTS = 800
FIRST = datetime(2026, 11, 28, 2, tzinfo=UTC)
BUDGET = CrawlPlan().max_pages * SHARES[Turn.RECHECK]
"""Second looks at old articles that one night of a source may cost."""


def spread(years: float) -> list[datetime]:
    """Return the days of publication of articles that came evenly over the past years."""
    step = timedelta(days=365 * years) / ARTICLES
    return [FIRST - step * number for number in range(ARTICLES)]


def looks(born: Sequence[datetime], policy: RecrawlPolicy) -> tuple[list[Counter[bool]], int]:
    """Let nights pass after one that fetched all articles, and publish as many as before.

    Returns how many articles are fetched again in each night, by whether they are old, and after
    how many days the one that waited longest was.
    """
    pace = (born[0] - born[-1]) / len(born)
    later = [FIRST + pace * number for number in range(1, int(timedelta(days=NIGHTS) / pace))]
    coming = deque(later)
    state = [(each, FIRST, due_at(each, FIRST, policy)) for each in born]
    nights: list[Counter[bool]] = []
    longest = timedelta(0)
    for night in range(1, NIGHTS):
        now = FIRST + timedelta(days=night)
        while coming and coming[0] <= now:
            new = coming.popleft()
            state.append((new, now, due_at(new, now, policy)))
        seen: Counter[bool] = Counter()
        for place, (each, last, due) in enumerate(state):
            if due > now:
                continue
            seen[now - each > policy.youth] += 1
            longest = max(longest, now - last)
            state[place] = each, now, due_at(each, now, policy)
        nights.append(seen)
    return nights, longest.days


def due_at(born: datetime, now: datetime, policy: RecrawlPolicy) -> datetime:
    due = next_fetch_at(Outcome.UNCHANGED, born, now, policy=policy, is_stored=True)
    assert due is not None
    return due


@pytest.mark.parametrize("years", [1.0, 3.0, 10.0])
def test_a_source_of_ten_thousand_articles_costs_less_than_a_tenth(years: float) -> None:
    nights, longest = looks(spread(years), DEFAULT_POLICY)
    old = [seen[True] for seen in nights]
    assert max(old) < BUDGET
    assert sum(old) / len(old) < BUDGET / 10
    assert sum(seen[False] for seen in nights) / len(nights) < BUDGET
    assert longest <= 366
