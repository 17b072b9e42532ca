"""What a week was about: its sections and places, and what was unusual in it.

Each query is bounded or reads an index alone.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlite_utils import Database

WEEK = timedelta(days=7)


def sections_of_week(db: Database, last: date, counted: int, limit: int) -> list[dict[str, Any]]:
    """Return the sections of most articles published in the week to a day: ``name``, ``count``.

    At most ``counted`` articles are looked at, the newest ones.
    """
    sql = (
        "SELECT section AS name, count(*) AS count FROM (SELECT section FROM articles"
        " WHERE published_at >= :start AND published_at < :end"
        " ORDER BY published_at DESC LIMIT :counted)"
        " WHERE section IS NOT NULL GROUP BY section ORDER BY 2 DESC, 1 LIMIT :limit"
    )
    return list(db.query(sql, _span(last) | {"counted": counted, "limit": limit}))


def places_of_week(db: Database, last: date, limit: int) -> list[dict[str, Any]]:
    """Return the places of most articles published in the week to a day.

    A row has ``district`` and ``province``, of which one may be None, and ``count``.
    """
    sql = (
        "SELECT district, province, sum(published) AS count FROM (SELECT district, province,"
        " (SELECT count(*) FROM articles INDEXED BY articles_source_published"
        " WHERE source = slug AND published_at >= :start AND published_at < :end) AS published"
        " FROM sources WHERE district IS NOT NULL OR province IS NOT NULL)"
        " GROUP BY district, province HAVING count > 0 ORDER BY count DESC, 1, 2 LIMIT :limit"
    )
    return list(db.query(sql, _span(last) | {"limit": limit}))


def shared_texts(
    db: Database, since: str, looked_at: int, at_least: int, limit: int
) -> list[dict[str, Any]]:
    """Return the texts that so many sources share and that one of them republished since a time.

    A row has ``id`` and ``title`` of the first article and ``sources``, how many sources have it.
    Of what was republished, the latest are looked at.
    """
    sql = (
        "WITH copies AS (SELECT same_as AS first, count(*) AS copies FROM (SELECT same_as"
        " FROM articles WHERE same_as IS NOT NULL AND first_seen_at >= :since"
        " ORDER BY first_seen_at DESC LIMIT :looked_at) GROUP BY same_as"
        " ORDER BY copies DESC LIMIT :looked_at / 20),"
        " counted AS (SELECT first, (SELECT count(DISTINCT source) FROM"
        " (SELECT source FROM articles WHERE id = first UNION ALL SELECT * FROM"
        " (SELECT source FROM articles WHERE same_as = first LIMIT :looked_at))) AS sources"
        " FROM copies)"
        " SELECT id, title, sources FROM counted JOIN articles ON id = first"
        " WHERE sources >= :at_least ORDER BY sources DESC, id DESC LIMIT :limit"
    )
    values = {"since": since, "looked_at": looked_at, "at_least": at_least, "limit": limit}
    return list(db.query(sql, values))


def many_removals(
    db: Database, since: str, looked_at: int, at_least: int, limit: int
) -> list[dict[str, Any]]:
    """Return the sources that removed so many articles since a time: ``source``, ``count``."""
    sql = (
        "SELECT source, count(*) AS count FROM (SELECT source FROM articles"
        " WHERE gone_at IS NOT NULL AND gone_at >= :since ORDER BY gone_at DESC LIMIT :looked_at)"
        " GROUP BY source HAVING count >= :at_least ORDER BY count DESC, source LIMIT :limit"
    )
    values = {"since": since, "looked_at": looked_at, "at_least": at_least, "limit": limit}
    return list(db.query(sql, values))


def last_seen_new(db: Database) -> str | None:
    """Return when the latest article was first seen, None if there is none."""
    row: tuple[str | None] = db.execute("SELECT max(first_seen_at) FROM articles").fetchone()
    return row[0]


def _span(last: date) -> dict[str, str]:
    """Return the values of the week that ends with a day."""
    first, end = last - WEEK + timedelta(days=1), last + timedelta(days=1)
    return {"start": first.isoformat(), "end": end.isoformat()}
