"""When a page is looked at again: by age, by failures, by absence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipelines.items import Outcome
from scraper.config.recrawl_policy import DEFAULT_POLICY, age_from, next_fetch_at

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "pause"),
    [
        (timedelta(hours=3), timedelta(hours=12)),
        (timedelta(days=5), timedelta(days=3)),
        (timedelta(days=30), timedelta(days=21)),
        (timedelta(days=400), None),
    ],
)
def test_articles_are_looked_at_in_hours_then_in_days_then_never(
    age: timedelta, pause: timedelta | None
) -> None:
    due = next_fetch_at(Outcome.UNCHANGED, NOW - age, NOW)
    assert due == (None if pause is None else NOW + pause)


def test_failures_are_tried_again_further_apart_and_then_left_alone() -> None:
    looks = [next_fetch_at(Outcome.FAILED, NOW, NOW, attempts) for attempts in range(6)]
    assert looks[0] == NOW
    assert looks[5] is None
    pauses = [look for look in looks if look is not None]
    assert pauses == sorted(pauses)
    assert len(pauses) == len(DEFAULT_POLICY.failed)


def test_what_was_put_off_is_due_at_once() -> None:
    assert next_fetch_at(Outcome.DEFERRED, NOW, NOW) == NOW


def test_a_first_sight_of_absence_is_checked_and_a_second_ends_it() -> None:
    assert next_fetch_at(Outcome.GONE, NOW, NOW, missing=1) == NOW + DEFAULT_POLICY.absent
    assert next_fetch_at(Outcome.GONE, NOW, NOW, missing=2) is None
    assert next_fetch_at(Outcome.GONE, NOW, NOW) is None


@pytest.mark.fault(50)
@pytest.mark.parametrize(
    ("published", "born"),
    [
        ("2026-11-20T09:00:00+07:00", datetime(2026, 11, 20, 2, 0, tzinfo=UTC)),
        ("2026-11-20", datetime(2026, 11, 19, 17, 0, tzinfo=UTC)),
        ("2036-11-20", NOW),
        (None, NOW),
    ],
)
def test_an_article_ages_from_its_day_but_never_from_the_future(
    published: str | None, born: datetime
) -> None:
    assert age_from(published, "2026-11-23T02:00:00Z") == born
