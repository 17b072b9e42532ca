"""What all views share: reading the database, the health of the sources, and the templates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from scraper.base.clock import VIETNAM, now
from scraper.browse.charts import DAYS
from scraper.browse.health_cache import HealthCache
from scraper.store.stats import count_by_day, last_published

LONGEST_NUMBER = 9
"""Digits of a page number that are read: all beyond is beyond the last page anyway."""


Result = TypeVar("Result")


async def read(datasette: Datasette, function: Callable[[Database], Result]) -> Result:
    """Run a function of the store on the database, in one of Datasette's threads."""
    database = datasette.get_database()
    result: Result = await database.execute_fn(lambda connection: function(Database(connection)))
    return result


async def show(
    datasette: Datasette, request: Request, template: str, context: dict[str, Any]
) -> Response:
    """Return the page that a template makes of a context."""
    return Response.html(await datasette.render_template(template, context, request=request))


def absolute_address(datasette: Datasette, request: Request, path: str) -> str:
    """Return the address of a page here, with the name by which the reader asks for it."""
    return str(datasette.absolute_url(request, datasette.urls.path(path)))


def health_of(datasette: Datasette) -> HealthCache:
    """Return the verdicts that are kept for the database that is served."""
    cache: HealthCache = datasette.get_database().health
    return cache


def archive_of(datasette: Datasette) -> Path:
    """Return the folder of the archive that the database refers to."""
    folder: Path = datasette.get_database().archive
    return folder


def last_day(db: Database, source: str | None = None) -> date:
    """Return the day that a chart ends with: today, or the last day with articles.

    The latter if nothing was published for a year: the chart of an old site shows its end.
    """
    today = now().astimezone(VIETNAM).date()
    newest = last_published(db, today + timedelta(days=1), source) or today
    return newest if today - newest >= timedelta(days=DAYS) else today


def articles_by_day(db: Database, last: date, source: str | None = None) -> dict[str, int]:
    """Return how many articles of all kinds were published on each day of the year to a day."""
    return count_by_day(db, last - timedelta(days=DAYS - 1), last, source)


def page_number(text: str | None, last: int) -> int:
    """Return the number of a page, from 1 to the last one; 1 if the text is no number."""
    number = (text or "")[:LONGEST_NUMBER]
    return min(max(int(number), 1), last) if number.isdecimal() else 1


def read_day(text: str | None) -> date | None:
    """Return an ISO 8601 day, None if the text is no day."""
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError:
        return None
