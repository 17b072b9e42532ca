"""The layout of the life of a source: bars by year, and the moments at which it changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipelines.gazetteer.lookup import Place
from pipelines.gazetteer.units import REFORM_DAY, District
from scraper.browse.charts import Line, axis_of
from scraper.store.source_timeline import CRAWLED, UNDATED, Timeline, YearCounts

MAX_YEARS = 30
"""The latest years that are drawn; the table has all."""

WIDTH = 900
"""The width of the drawing, without the numbers of the axis."""

MAX_BAR_WIDTH = 60
BAR_SHARE = 0.7
"""How much of its year a bar takes."""

ARTICLES_HEIGHT, CAPTURES_HEIGHT = 160, 70
NAMED_SERVICES = (CRAWLED, "internet-archive", "common-crawl")
"""The services with a colour of their own, in the order in which bars are stacked."""

LIVING = ("live", "unknown")
"""The states of a site that has not ended."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar: the count of a service, its place from the top and its height in pixels.

    ``colour`` is the number of the colour of the service.
    """

    service: str
    colour: int
    count: int
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class YearBars:
    """A year of the drawing: ``left`` is where its column begins, ``width`` that of its bars."""

    year: int
    left: float
    column: float
    width: float
    articles: Sequence[Segment]
    captures: Sequence[Segment]

    @property
    def count(self) -> int:
        """The articles that were published in the year."""
        return sum(segment.count for segment in self.articles)

    @property
    def middle(self) -> float:
        """The middle of its column."""
        return self.left + self.column / 2


@dataclass(frozen=True, slots=True)
class Event:
    """A moment in the life of a source: ``kind`` names its text, ``x`` is its place if drawn."""

    kind: str
    moment: str
    x: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """A year of the table: its counts by service, in the order of the services; "" is no date."""

    year: str
    articles: Sequence[int]
    captures: Sequence[int]
    removed: int


@dataclass(frozen=True, slots=True)
class Chart:
    """What the page of a source shows of its life."""

    services: Sequence[str]
    colours: Sequence[int]
    years: Sequence[YearBars]
    articles_axis: Sequence[Line]
    captures_axis: Sequence[Line]
    events: Sequence[Event]
    rows: Sequence[Row]


def chart_of(
    timeline: Timeline, source: Mapping[str, Any], unit: Place | None, today: date
) -> Chart:
    """Return the chart of a source, a row of ``sources``, and its unit."""
    services = _services(timeline)
    span = _span(timeline, today)
    return Chart(
        services=services,
        colours=[_colour(service) for service in services],
        years=_years(timeline, services, span),
        articles_axis=axis_of(_sums(timeline.articles, span)),
        captures_axis=axis_of(_sums(timeline.captures, span))[-1:],
        events=[
            Event(kind, moment, _place(moment, span))
            for kind, moment in _events(timeline, source, unit)
        ],
        rows=_rows(timeline, services),
    )


def _services(timeline: Timeline) -> list[str]:
    found = {service for _, service in (*timeline.articles, *timeline.captures)}
    others = sorted(found.difference(NAMED_SERVICES))
    return [service for service in NAMED_SERVICES if service in found] + others


def _colour(service: str) -> int:
    """Return the number of the colour of a service: others than the named ones share one."""
    is_named = service in NAMED_SERVICES
    return NAMED_SERVICES.index(service) if is_named else len(NAMED_SERVICES)


def _span(timeline: Timeline, today: date) -> range:
    """Return the years that are drawn."""
    known = {int(year) for year, _ in (*timeline.articles, *timeline.captures) if year.isdigit()}
    years = [year for year in known if today.year - MAX_YEARS < year <= today.year]
    return range(min(years), max(years) + 1) if years else range(0)


def _sums(counts: YearCounts, span: range) -> list[int]:
    """Return the sums of the years that are drawn."""
    return [
        sum(count for (found, _), count in counts.items() if found == str(year)) for year in span
    ]


def _years(timeline: Timeline, services: Sequence[str], span: range) -> list[YearBars]:
    column = WIDTH / max(len(span), 1)
    width = min(column * BAR_SHARE, MAX_BAR_WIDTH)
    tops = [_top(counts, span) for counts in (timeline.articles, timeline.captures)]
    return [
        YearBars(
            year,
            place * column,
            column,
            width,
            _stacked(timeline.articles, year, services, ARTICLES_HEIGHT, tops[0]),
            _stacked(timeline.captures, year, services, CAPTURES_HEIGHT, tops[1]),
        )
        for place, year in enumerate(span)
    ]


def _top(counts: YearCounts, span: range) -> int:
    """Return the number at the top of an axis."""
    return axis_of(_sums(counts, span))[-1].count


def _stacked(
    counts: YearCounts, year: int, services: Iterable[str], height: int, top: int
) -> list[Segment]:
    segments, bottom = [], float(height)
    for service in services:
        if count := counts.get((str(year), service), 0):
            size = height * count / top
            bottom -= size
            segments.append(Segment(service, _colour(service), count, bottom, size))
    return segments


def _events(
    timeline: Timeline, source: Mapping[str, Any], unit: Place | None
) -> list[tuple[str, str]]:
    """Return the moments in the life of a source, the earliest first."""
    ended = source["state_since"] if source["state"] not in LIVING else None
    dissolved = REFORM_DAY.isoformat() if isinstance(unit, District) else None
    found = {
        "first_capture": timeline.first_capture,
        "last_capture": timeline.last_capture,
        "dissolved": dissolved,
        "last_success": source["last_success_at"],
        "ended": ended,
    }
    known = [(kind, moment) for kind, moment in found.items() if moment]
    return sorted(known, key=lambda event: event[1][:10])


def _place(moment: str, span: range) -> float | None:
    """Return where a moment is drawn, None if it is outside the years that are."""
    day = date.fromisoformat(moment[:10])
    if day.year not in span:
        return None
    share = (day.timetuple().tm_yday - 1) / 366
    return round(WIDTH * (day.year - span.start + share) / len(span), 1)


def _rows(timeline: Timeline, services: Sequence[str]) -> list[Row]:
    """Return the rows of the table, the latest year first, articles without a date last."""
    years = {year for year, _ in (*timeline.articles, *timeline.captures)} | {*timeline.removed}
    return [
        Row(
            year,
            [timeline.articles.get((year, service), 0) for service in services],
            [timeline.captures.get((year, service), 0) for service in services],
            timeline.removed.get(year, 0),
        )
        for year in sorted(years, key=lambda year: (year != UNDATED, year), reverse=True)
    ]
