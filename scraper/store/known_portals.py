"""The portals that are known, from the registry and from the table of sources, and how each is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from pipelines.gazetteer.lookup import place_of
from pipelines.gazetteer.units import find_province
from scraper.base.clock import VIETNAM, to_utc_iso
from scraper.base.source import Source, State

MONTH = timedelta(days=30)
"""What "this month" means: the past 30 days."""

PORTALS = """
SELECT slug, name, home_url, level, province, former_province, unit_code, platform, enabled, state,
    state_since, last_success_at,
    (SELECT max(published_at) FROM articles
        WHERE source = slug AND published_at < :tomorrow) AS published_at,
    (SELECT max(first_seen_at) FROM articles
        WHERE source = slug AND first_seen_at >= :since AND published_at IS NULL) AS undated_at,
    (SELECT max(requests > 0) AND NOT max(blocked > 0) FROM run_sources WHERE source = slug
        AND run >= (SELECT min(id) FROM runs WHERE started_at >= :since)) AS is_asked
FROM sources
"""
"""``is_asked``: runs of the month sent requests, and no answer refused them."""


class Coverage(StrEnum):
    """How a portal is, and a unit by the best of its portals: the first of these that is so."""

    READ = "read"
    SILENT = "silent"
    UNREAD = "unread"
    UNCHECKED = "unchecked"
    DARK = "dark"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Portal:
    """A source with what is known of it.

    ``state_since`` and ``last_success_at`` are what runs stored; ``newest_at`` is when its newest
    article was published, or first seen if it has no date and came this month.
    """

    slug: str
    name: str
    home_url: str
    level: str
    province: str | None
    former_province: str | None
    unit_code: str | None
    platform: str | None
    is_enabled: bool
    state: str
    coverage: Coverage
    state_since: str | None = None
    last_success_at: str | None = None
    newest_at: str | None = None

    @property
    def province_code(self) -> str | None:
        """The code of its province of today: by its unit, else as its entry says."""
        place = place_of(self.unit_code) if self.unit_code else None
        if place is not None:
            return place.province_code
        names = filter(None, (self.province, self.former_province))
        found = next(filter(None, map(find_province, names)), None)
        return found.code if found else None


def known_portals(
    db: Database | None, moment: datetime, registered: Iterable[Source] = ()
) -> list[Portal]:
    """Return the portals of the registry and of a database, if there is one, by slug.

    An entry of the registry counts for what it states, the row for what runs found out. Portals
    that only the database has are known, too.
    """
    rows = _rows(db, moment) if db is not None else {}
    for source in registered:
        rows[source.slug] = _merged(source, rows.get(source.slug, {}))
    since = to_utc_iso(moment - MONTH)
    return [_portal(rows[slug], since) for slug in sorted(rows)]


def _rows(db: Database, moment: datetime) -> dict[str, dict[str, Any]]:
    tomorrow = (moment + timedelta(days=1)).astimezone(VIETNAM).date().isoformat()
    since = to_utc_iso(moment - MONTH)
    found = db.query(PORTALS, {"tomorrow": tomorrow, "since": since})
    return {row["slug"]: row for row in found}


def _merged(source: Source, row: dict[str, Any]) -> dict[str, Any]:
    """Return the row of a portal as its entry in the registry makes it."""
    known = source.state if source.state != State.UNKNOWN else row.get("state", State.UNKNOWN)
    return {
        **row,
        "slug": source.slug,
        "name": source.name,
        "home_url": source.home_url,
        "level": source.level,
        "province": source.province,
        "former_province": source.former_province,
        "unit_code": source.unit_code,
        "platform": source.platform or row.get("platform"),
        "enabled": source.enabled,
        "state": known,
    }


def _portal(row: dict[str, Any], since: str) -> Portal:
    return Portal(
        slug=row["slug"],
        name=row["name"],
        home_url=row["home_url"],
        level=str(row["level"]),
        province=row["province"],
        former_province=row["former_province"],
        unit_code=row["unit_code"],
        platform=row["platform"],
        is_enabled=bool(row["enabled"]),
        state=str(row["state"]),
        coverage=coverage_of(row, since),
        state_since=row.get("state_since"),
        last_success_at=row.get("last_success_at"),
        newest_at=_newest(row),
    )


def coverage_of(row: dict[str, Any], since: str) -> Coverage:
    """Return how a portal is: by its state, and by what the runs since a time read there.

    A row without the columns that runs fill is of a portal that no run has asked.
    """
    if row["state"] in (State.DEAD, State.HIJACKED, State.MOVED):
        return Coverage.DARK
    if (row.get("last_success_at") or "") >= since:
        return Coverage.READ if (_newest(row) or "") >= since[:10] else Coverage.SILENT
    if row.get("is_asked"):
        return Coverage.DARK
    was_read = row["state"] == State.LIVE or row.get("last_success_at")
    return Coverage.UNREAD if was_read else Coverage.UNCHECKED


def _newest(row: dict[str, Any]) -> str | None:
    moments = [row.get("published_at"), row.get("undated_at")]
    return max(filter(None, moments), default=None)
