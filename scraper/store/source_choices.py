"""The sources that meet filters, and the values by which they can be filtered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from pipelines.gazetteer.lookup import former_province, former_province_of, place_of, province_of
from pipelines.gazetteer.units import find_province
from scraper.store.source_conditions import SourceConditions

SOURCES_OFFERED = 1_000
"""Sources that a page offers to choose from: a longer list is of no use to anybody."""


@dataclass(frozen=True, slots=True)
class SourceChoices:
    """What sources have: provinces of today, provinces that are no more, platforms; by name."""

    provinces: tuple[str, ...]
    former_provinces: tuple[str, ...]
    platforms: tuple[str, ...]


def source_choices(db: Database) -> SourceChoices:
    """Return the values of all sources."""
    rows = db.execute("SELECT DISTINCT province, former_province, unit_code FROM sources")
    now: set[str | None] = set()
    then: set[str | None] = set()
    for province, former, code in rows.fetchall():
        now.add(_province_name(province, code))
        then |= {_former_name(name) for name in (province, former)}
        then.add(_former_name(former_province_of(code)) if code else None)
    platforms = db.execute("SELECT DISTINCT platform FROM sources WHERE platform NOT NULL")
    return SourceChoices(
        tuple(sorted(filter(None, now))),
        tuple(sorted(filter(None, then))),
        tuple(sorted(row[0] for row in platforms.fetchall())),
    )


def districts_of_sources(db: Database) -> list[str]:
    """Return the districts that entries of sources name, by name."""
    rows = db.execute("SELECT DISTINCT district FROM sources WHERE district NOT NULL")
    return sorted(row[0] for row in rows.fetchall())


def province_name(name: str) -> str:
    """Return the name of a province as it is offered; a name that is not known stays."""
    if former := former_province(name):
        return former.name
    province = find_province(name)
    return province.short_name if province else name


def filtered_sources(db: Database, filters: SourceConditions) -> list[dict[str, Any]]:
    """Return the rows of the sources that meet filters: those that are watched first, by name."""
    condition, values = filters.condition()
    return list(
        db.query(f"SELECT * FROM sources WHERE {condition} ORDER BY enabled DESC, name", values)
    )


def count_articles_of(db: Database, filters: SourceConditions) -> int:
    """Return how many articles of all kinds the sources that meet filters have."""
    condition, values = filters.condition()
    slugs = f"SELECT slug FROM sources WHERE {condition}"
    count = db.execute(f"SELECT count(*) FROM articles WHERE source IN ({slugs})", values)
    return int(count.fetchone()[0])


def offered_sources(
    db: Database, limit: int, chosen: str | None = None, filters: SourceConditions | None = None
) -> dict[str, str]:
    """Return the names, by slug, of sources that have articles, and meet filters: by name.

    The one that is chosen is among them, if there is such a source.
    """
    condition, values = (filters or SourceConditions()).condition()
    rows = db.execute(
        f"SELECT slug, name FROM sources WHERE {condition}"
        " AND EXISTS (SELECT 1 FROM articles WHERE source = slug) ORDER BY name LIMIT ?",
        [*values, limit],
    ).fetchall()
    row = db.execute("SELECT slug, name FROM sources WHERE slug = ?", [chosen]).fetchone()
    return dict([*rows, *([row] if row else [])])


def articles_of_unit(db: Database, code: str) -> list[dict[str, Any]]:
    """Return the sources of a unit over time, each with the span and number of its articles.

    They are in order of their first articles; those without any come last.
    """
    condition, values = SourceConditions(unit=code).condition()
    return list(
        db.query(
            "SELECT *, (SELECT min(published_at) FROM articles WHERE source = slug) AS first_at,"
            " (SELECT max(published_at) FROM articles WHERE source = slug) AS last_at,"
            " (SELECT count(*) FROM articles WHERE source = slug) AS articles"
            f" FROM sources WHERE {condition} ORDER BY first_at IS NULL, first_at, slug",
            values,
        )
    )


def _province_name(province: str | None, code: str | None) -> str | None:
    """Return the province of today of a source: by its unit, else as its entry says."""
    place = place_of(code) if code else None
    found = province_of(place) if place else find_province(province or "")
    return found.short_name if found else province


def _former_name(name: str | None) -> str | None:
    former = former_province(name) if name else None
    return former.name if former else None
