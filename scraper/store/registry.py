"""The table ``sources``: the mirror of the registry, and what runs found out about each site."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlite_utils import Database

from scraper.base.clock import to_utc_iso
from scraper.base.source import Source
from scraper.store.database import write_transaction


def sync_sources(db: Database, sources: Iterable[Source]) -> None:
    """Write the registry's entries over their rows; what runs found out stays."""
    with write_transaction(db):
        for source in sources:
            db.execute(
                "INSERT INTO sources (slug, name, home_url, level, province, district, platform,"
                " enabled, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (slug) DO UPDATE SET name = excluded.name,"
                " home_url = excluded.home_url, level = excluded.level,"
                " province = excluded.province, district = excluded.district,"
                " platform = coalesce(excluded.platform, platform), enabled = excluded.enabled,"
                " state = CASE excluded.state WHEN 'unknown' THEN state ELSE excluded.state END",
                [
                    source.slug,
                    source.name,
                    source.filed_under or source.home_url,
                    source.level,
                    source.province,
                    source.district,
                    source.platform,
                    source.enabled,
                    source.state,
                ],
            )


def disable_missing(db: Database, enabled: Collection[str]) -> None:
    """Note that every source but the enabled ones (slugs) is watched no more; its rows stay."""
    with write_transaction(db):
        db.execute(
            "UPDATE sources SET enabled = 0 WHERE slug NOT IN (SELECT value FROM json_each(?))",
            [json.dumps(list(enabled))],
        )


def enabled_slugs(db: Database) -> list[str]:
    """The sources that are watched, as far as the runs up to now knew."""
    return [row[0] for row in db.execute("SELECT slug FROM sources WHERE enabled").fetchall()]


def note_success(db: Database, slug: str, moment: datetime) -> None:
    """Note that a run reached the site and could read it. The caller holds the transaction.

    So it is live, whatever it was; but a hijacked site can be read, too.
    """
    db.execute(
        "UPDATE sources SET last_success_at = ?,"
        " state = iif(state = 'hijacked', state, 'live') WHERE slug = ?",
        [to_utc_iso(moment), slug],
    )


def note_state(db: Database, slug: str, state: str) -> None:
    """Note what became of the site. The caller holds the transaction."""
    db.execute("UPDATE sources SET state = ? WHERE slug = ?", [state, slug])


def note_platform(db: Database, slug: str, platform: str) -> None:
    """Note the platform that the site was recognised as. The caller holds the transaction."""
    db.execute("UPDATE sources SET platform = ? WHERE slug = ?", [platform, slug])


def known_platform(db: Database, slug: str) -> str | None:
    """The platform that a source is known to run on, None where none was recognised yet."""
    row = db.execute("SELECT platform FROM sources WHERE slug = ?", [slug]).fetchone()
    return row[0] if row else None


def stored_sources(db: Database, registered: Mapping[str, Source]) -> dict[str, Source]:
    """The sources that have rows: as registered, or from their rows where the entry is gone."""
    names = "slug, name, home_url, level, province, district, platform, enabled, state"
    stored = {row["slug"]: row for row in db.query(f"SELECT {names} FROM sources ORDER BY slug")}
    return {
        slug: registered[slug] if slug in registered else Source.model_validate(row)
        for slug, row in stored.items()
    }
