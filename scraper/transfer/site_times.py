"""Times of sites as values: a time with its zone, or only a day, which is no midnight."""

from __future__ import annotations

from datetime import date, datetime

from scraper.base.clock import VIETNAM, is_day


def read_site_time(text: str | None) -> tuple[datetime | None, date | None]:
    """Return the time that a site states, and its day in Vietnam.

    The time is None if only the day is known; both are if nothing is. Raises ValueError if the
    text is not ISO 8601.
    """
    if text is None:
        return None, None
    if is_day(text):
        return None, date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)
    local = aware.astimezone(VIETNAM)
    return local, local.date()


def read_our_time(text: str | None) -> datetime | None:
    """Return a time at which a crawl saw something. Raises ValueError if it is not ISO 8601."""
    return None if text is None else datetime.fromisoformat(text)
