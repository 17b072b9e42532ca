"""The table ``sources``: a mirror of the registry, and what runs found out about each site."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from scraper.base.clock import to_utc_iso
from scraper.base.source import Source, State
from scraper.store.database import write_transaction

UPSERT = """
INSERT INTO sources (
    slug, name, home_url, level, province, district, former_province, unit_code, platform,
    enabled, state
) VALUES (
    :slug, :name, :home_url, :level, :province, :district, :former_province, :unit_code, :platform,
    :enabled, :state
) ON CONFLICT (slug) DO UPDATE SET
    name = excluded.name,
    home_url = excluded.home_url,
    level = excluded.level,
    province = excluded.province,
    district = excluded.district,
    former_province = excluded.former_province,
    unit_code = excluded.unit_code,
    platform = coalesce(excluded.platform, platform),
    enabled = excluded.enabled,
"""

SYNC = f"""{UPSERT}
    state = CASE
        WHEN excluded.state <> 'unknown' THEN excluded.state
        WHEN state_since IS NULL AND state <> 'live' THEN 'unknown'
        ELSE state
    END,
    state_since = iif(excluded.state = 'unknown', state_since, NULL)
"""
"""A state of the registry stands as long as it is there; ``state_since`` is then NULL."""

MIRROR = f"{UPSERT} state = iif(state = 'unknown', excluded.state, state)"

MIRRORED = (
    "name", "home_url", "level", "province", "district", "former_province", "unit_code",
    "platform", "enabled", "state",
)  # fmt: skip

HAS_PAGES = (
    "(EXISTS (SELECT 1 FROM articles WHERE source = slug)"
    " OR EXISTS (SELECT 1 FROM pages WHERE source = slug))"
)
IS_SHOWN = f"(enabled OR {HAS_PAGES})"
"""A source is shown if it is watched, or has pages or articles."""


def sync_sources(db: Database, sources: Iterable[Source]) -> None:
    """Update the rows from the registry's entries; what runs found out stays."""
    with write_transaction(db):
        for source in sources:
            db.execute(SYNC, _values(source))


def sync_registry(db: Database, sources: Iterable[Source]) -> int:
    """Write the rows that differ from the registry's entries; returns how many.

    These sources are not crawled now: the platform and the state that a run found stay as they are.
    """
    rows = db.query(f"SELECT slug, {', '.join(MIRRORED)} FROM sources")
    stored = {row.pop("slug"): row for row in rows}
    wanted = (_values(source, stored.get(source.slug)) for source in sources)
    changed = [row for row in wanted if _differs(row, stored.get(row["slug"]))]
    if changed:
        with write_transaction(db):
            db.conn.executemany(MIRROR, changed)
    return len(changed)


def _values(source: Source, stored: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the row of a source; what runs found is taken from its ``stored`` row."""
    values: dict[str, Any] = {
        "slug": source.slug,
        "name": source.name,
        "home_url": source.filed_under or source.home_url,
        "level": source.level,
        "province": source.province,
        "district": source.district,
        "former_province": source.former_province,
        "unit_code": source.unit_code,
        "platform": source.platform,
        "enabled": source.enabled,
        "state": source.state,
    }
    if stored is not None:
        values["platform"] = stored["platform"] or source.platform
        if stored["state"] != State.UNKNOWN:
            values["state"] = stored["state"]
    return values


def _differs(values: Mapping[str, Any], stored: Mapping[str, Any] | None) -> bool:
    return stored is None or any(values[name] != stored[name] for name in MIRRORED)


def note_fetched_files(
    db: Database, sources: Iterable[Source], *, photos: bool, attachments: bool
) -> None:
    """Store which files of the sources are fetched: those that neither setting leaves out.

    ``photos`` and ``attachments`` are the settings for all sources.
    """
    with write_transaction(db):
        for source in sources:
            values = [photos and source.photos, attachments and source.attachments, source.slug]
            db.execute("UPDATE sources SET photos = ?, attachments = ? WHERE slug = ?", values)


def disable_missing(db: Database, enabled: Collection[str]) -> None:
    """Disable every source but the enabled ones (slugs); its rows stay."""
    with write_transaction(db):
        db.execute(
            "UPDATE sources SET enabled = 0"
            " WHERE enabled AND slug NOT IN (SELECT value FROM json_each(?))",
            [json.dumps(list(enabled))],
        )


def enabled_slugs(db: Database) -> list[str]:
    """The sources that are watched, as far as the runs up to now knew."""
    return [row[0] for row in db.execute("SELECT slug FROM sources WHERE enabled").fetchall()]


def enabled_sources(db: Database) -> list[dict[str, Any]]:
    """Return the rows of the sources that are watched, by name."""
    return list(db.query("SELECT * FROM sources WHERE enabled ORDER BY name"))


def sources_without_run(db: Database, ended: int) -> list[str]:
    """Return the slugs of the sources that no run has crawled, up to the one that ended last."""
    rows = db.execute(
        "SELECT slug FROM sources WHERE NOT EXISTS"
        " (SELECT 1 FROM run_sources WHERE source = slug AND run <= ?)",
        [ended],
    )
    return [row[0] for row in rows.fetchall()]


def read_source(db: Database, slug: str) -> dict[str, Any] | None:
    """Return the row of a source, or None."""
    return next(iter(db.query("SELECT * FROM sources WHERE slug = ?", [slug])), None)


def source_names(db: Database) -> dict[str, str]:
    """Return the names of all sources, by slug."""
    return dict(db.execute("SELECT slug, name FROM sources").fetchall())


def shown_names(db: Database) -> dict[str, str]:
    """Return the names of the sources that are shown, by slug."""
    return dict(db.execute(f"SELECT slug, name FROM sources WHERE {IS_SHOWN}").fetchall())


def names_with_pages(db: Database) -> dict[str, str]:
    """Return the names of the sources that have pages or articles, by slug."""
    return dict(db.execute(f"SELECT slug, name FROM sources WHERE {HAS_PAGES}").fetchall())


def source_places(db: Database) -> list[dict[str, Any]]:
    """Return ``slug``, ``name``, ``province`` and ``district`` of the sources shown, by name."""
    sql = f"SELECT slug, name, province, district FROM sources WHERE {IS_SHOWN} ORDER BY name"
    return list(db.query(sql))


def found_by_runs(db: Database) -> dict[str, dict[str, str]]:
    """Return ``platform`` and ``state`` of all sources as runs know them, by slug."""
    rows = db.query("SELECT slug, platform, state FROM sources")
    return {row.pop("slug"): row for row in rows}


def last_successes(db: Database) -> dict[str, datetime]:
    """Return when each watched source was last read, by slug; those never read are left out."""
    rows = db.execute(
        "SELECT slug, last_success_at FROM sources WHERE enabled AND last_success_at NOT NULL"
    )
    return {slug: datetime.fromisoformat(success) for slug, success in rows.fetchall()}


def note_success(db: Database, slug: str, moment: datetime) -> None:
    """Store that a run read the site. The caller holds the transaction."""
    db.execute("UPDATE sources SET last_success_at = ? WHERE slug = ?", [to_utc_iso(moment), slug])


def note_platform(db: Database, slug: str, platform: str) -> None:
    """Store the recognised platform of the site. The caller holds the transaction."""
    db.execute("UPDATE sources SET platform = ? WHERE slug = ?", [platform, slug])


def known_platform(db: Database, slug: str) -> str | None:
    """Return the recognised platform of a source, None if it is not known yet."""
    row = db.execute("SELECT platform FROM sources WHERE slug = ?", [slug]).fetchone()
    return row[0] if row else None


def stored_sources(db: Database, registered: Mapping[str, Source]) -> dict[str, Source]:
    """Return the sources that are shown: as registered, else as stored."""
    names = "slug, name, home_url, level, province, district, platform, enabled, state"
    rows = db.query(f"SELECT {names} FROM sources WHERE {IS_SHOWN} ORDER BY slug")
    stored = {row["slug"]: row for row in rows}
    return {
        slug: registered[slug] if slug in registered else Source.model_validate(row)
        for slug, row in stored.items()
    }
