"""The tables ``watches`` and ``watch_hits``: saved searches and the articles that each found.

The configuration is the truth; ``watches`` mirrors it, and remembers when each began.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from scraper.base.clock import now, to_utc_iso
from scraper.base.watch import Watch
from scraper.store.article_changes import changed_since_position, ids_changed_since
from scraper.store.watch_matching import Matcher, read_changed

NIGHT = timedelta(hours=20)
"""Runs that began so shortly before the last one belong to the same night."""

WAITING = "alert IS NULL"
NOBODY = ""
"""The alert of a hit that only the pages of ``browse`` show."""


@dataclass(frozen=True, slots=True)
class WatchHits:
    """The hits of a watch that wait to be reported; ``began`` if this is its first report."""

    watch: Watch
    articles: Sequence[int]
    began: bool = False


def find_hits(db: Database, watches: Sequence[Watch], moment: datetime) -> list[WatchHits]:
    """Match the watches against what changed since the last time, and store what they find.

    Returns what waits to be reported: for each watch its hits, none for a new watch without any.
    A new watch begins with the last night. The caller holds the transaction.
    """
    begins = _sync(db, watches, last_night(db, moment))
    changed = changed_since_position(db, "watches")
    new = {watch.name for watch in watches if watch.name not in begins}
    starts = begins | dict.fromkeys(new, last_night(db, moment))
    recent = ids_changed_since(db, min(starts[name] for name in new)) if new else []
    matcher = Matcher(db, read_changed(db, {*changed, *recent}))
    for watch in watches:
        found = matcher.find(watch, starts[watch.name])
        _add_hits(db, watch.name, found, moment)
    return [
        WatchHits(watch, articles, watch.name in new)
        for watch in watches
        if (articles := _waiting(db, watch.name)) or watch.name in new
    ]


def find_in_past(db: Database, watch: Watch, days: int) -> list[int]:
    """Return what a watch would have found in the past days, the latest stored last."""
    start = to_utc_iso(now() - timedelta(days=days))
    return Matcher(db, read_changed(db, ids_changed_since(db, start))).find(watch, start)


def mark_told(db: Database, watch: str, alert: str) -> None:
    """Store which alert reports the waiting hits of a watch. The caller holds the transaction."""
    db.execute(f"UPDATE watch_hits SET alert = ? WHERE watch = ? AND {WAITING}", [alert, watch])


def hits_of_last_alerts(db: Database) -> dict[str, list[int]]:
    """Return how many hits of each watch the alerts of the last report are about, by alert."""
    rows = db.execute(
        "SELECT alert, count(*) FROM watch_hits WHERE alert IN ("
        " SELECT id FROM alerts WHERE created_at = (SELECT max(created_at) FROM alerts))"
        " GROUP BY alert, watch"
    )
    found: dict[str, list[int]] = {}
    for alert, count in rows.fetchall():
        found.setdefault(alert, []).append(count)
    return found


def last_night(db: Database, moment: datetime) -> str:
    """Return when the last night began: the runs of one day, else the last day with articles."""
    last = db.execute("SELECT max(started_at) FROM runs WHERE finished_at NOTNULL").fetchone()[0]
    if last is None:
        seen = db.execute("SELECT max(first_seen_at) FROM articles").fetchone()[0]
        return _before(seen or to_utc_iso(moment), timedelta(days=1))
    first: str = db.execute(
        "SELECT min(started_at) FROM runs WHERE finished_at NOTNULL AND started_at >= ?",
        [_before(last, NIGHT)],
    ).fetchone()[0]
    return first


def active_watches(db: Database) -> list[dict[str, Any]]:
    """Return the watches of the configuration with ``hits`` and ``last_found_at``, by name."""
    rows = db.query(
        "SELECT watches.*, count(article) AS hits, max(found_at) AS last_found_at FROM watches"
        " LEFT JOIN watch_hits ON watch = name WHERE is_active GROUP BY name ORDER BY name"
    )
    return [
        row | {"places": json.loads(row["places"]), "sources": json.loads(row["sources"])}
        for row in rows
    ]


def hits_of_watch(db: Database, name: str, limit: int, offset: int = 0) -> list[dict[str, Any]]:
    """Return the articles that a watch found, the latest found first, with ``found_at``."""
    sql = (
        "SELECT articles.id, url, title, kind, source, published_at, found_at FROM watch_hits"
        " JOIN articles ON articles.id = article WHERE watch = ?"
        " ORDER BY found_at DESC, article DESC LIMIT ? OFFSET ?"
    )
    return list(db.query(sql, [name, limit, offset]))


def reported_articles(db: Database, articles: Sequence[int]) -> list[dict[str, Any]]:
    """Return what an alert shows of articles, in their order: ``name`` is that of the source."""
    rows = {
        row["id"]: row
        for row in db.query(
            "SELECT id, url, title, kind, source, name, published_at,"
            " coalesce(lede, substr(body, 1, 300)) AS start FROM articles"
            " JOIN sources ON slug = source WHERE id IN (SELECT value FROM json_each(?))",
            [json.dumps(list(articles))],
        )
    }
    return [rows[article] for article in articles]


def _sync(db: Database, watches: Sequence[Watch], begins_at: str) -> dict[str, str]:
    """Mirror the configuration. Returns when each watch began that was known before."""
    known: dict[str, str] = dict(db.execute("SELECT name, begins_at FROM watches").fetchall())
    db.execute("UPDATE watches SET is_active = 0")
    for watch in watches:
        db.execute(
            "INSERT INTO watches (name, words, places, sources, begins_at)"
            " VALUES (:name, :words, :places, :sources, :begins_at)"
            " ON CONFLICT (name) DO UPDATE SET words = excluded.words, places = excluded.places,"
            " sources = excluded.sources, is_active = 1",
            {
                "name": watch.name,
                "words": watch.words,
                "places": json.dumps(watch.places, ensure_ascii=False),
                "sources": json.dumps(watch.sources),
                "begins_at": begins_at,
            },
        )
    return known


def _add_hits(db: Database, watch: str, articles: Iterable[int], moment: datetime) -> None:
    db.execute(
        "INSERT OR IGNORE INTO watch_hits (watch, article, found_at)"
        " SELECT ?, value, ? FROM json_each(?)",
        [watch, to_utc_iso(moment), json.dumps(list(articles))],
    )


def _waiting(db: Database, watch: str) -> list[int]:
    """Return the hits of a watch that wait to be reported, the newest published first."""
    rows = db.execute(
        "SELECT article FROM watch_hits JOIN articles ON id = article"
        f" WHERE watch = ? AND {WAITING} ORDER BY published_at DESC, id DESC",
        [watch],
    )
    return [row[0] for row in rows.fetchall()]


def _before(moment: str, span: timedelta) -> str:
    return to_utc_iso(datetime.fromisoformat(moment) - span)
