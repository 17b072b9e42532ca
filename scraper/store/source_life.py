"""The life of a source: its state and since when, whether it is confirmed, when it is dark.

What a run finds is stored in its row of ``run_sources``; what follows from it, in ``sources``. The
table ``skipped_sources`` holds the sources that a run left out since they were dark.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from pipelines.items import Outcome
from scraper.base.clock import to_utc_iso
from scraper.base.source import State
from scraper.store.database import write_transaction

READ = " + ".join(f'"{outcome}"' for outcome in Outcome if outcome.is_read)


@dataclass(frozen=True, slots=True)
class DarkSource:
    """A source that gives no answer: since when, and when a run asks it again."""

    slug: str
    since: datetime
    ask_at: datetime


def note_silence(db: Database, run: int, source: str, reason: str) -> None:
    """Store why no host of a source answered in a run, unless a page of it was read all the same.

    The caller holds the transaction.
    """
    db.execute(
        "UPDATE run_sources SET silence = :reason WHERE run = :run AND source = :source"
        f" AND {READ} = 0 AND blocked = 0",
        {"reason": reason, "run": run, "source": source},
    )


def note_move(db: Database, run: int, source: str, target: str, status: int) -> None:
    """Store where the home page of a source redirected, and by which HTTP status."""
    with write_transaction(db):
        db.execute(
            "UPDATE run_sources SET moved_to = :target, moved_status = :status"
            " WHERE run = :run AND source = :source",
            {"target": target, "status": status, "run": run, "source": source},
        )


def set_state(db: Database, slug: str, state: State, moment: datetime) -> None:
    """Store the state that a run found, and since when if it has changed.

    The caller holds the transaction.
    """
    db.execute(
        "UPDATE sources SET state = :state, state_since = :moment"
        " WHERE slug = :slug AND (state <> :state OR state_since IS NULL)",
        {"state": state, "moment": to_utc_iso(moment), "slug": slug},
    )


def set_dark(db: Database, dark: DarkSource) -> None:
    """Store since when a source is dark, and when it is asked again.

    The caller holds the transaction.
    """
    db.execute(
        "UPDATE sources SET dark_since = :since, ask_at = :ask_at WHERE slug = :slug",
        {
            "since": to_utc_iso(dark.since),
            "ask_at": to_utc_iso(dark.ask_at),
            "slug": dark.slug,
        },
    )


def set_answering(db: Database, slug: str) -> None:
    """Store that a source is asked in every run again. The caller holds the transaction."""
    db.execute(
        "UPDATE sources SET dark_since = NULL, ask_at = NULL"
        " WHERE slug = :slug AND ask_at NOT NULL",
        {"slug": slug},
    )


CONFIRM = """
WITH read AS (
    SELECT articles.id,
        (SELECT source FROM articles AS first WHERE first.id = articles.same_as) AS first_source,
        EXISTS (
            SELECT 1 FROM articles AS later
            WHERE later.same_as = articles.id AND later.source <> :slug
        ) AS is_shared
    FROM pages JOIN articles ON articles.id = pages.article
    WHERE pages.run = :run AND pages.source = :slug AND articles.source = :slug
        AND pages.outcome IN ('new', 'updated', 'unchanged')
)
UPDATE sources SET confirmed_at = :moment WHERE slug = :slug AND confirmed_at IS NULL AND (
    EXISTS (SELECT 1 FROM read WHERE coalesce(first_source, :slug) = :slug AND NOT is_shared)
    OR (SELECT total(is_shared) > total(first_source <> :slug) FROM read)
)
"""
"""An article is the source's own if no other source has its text. If others have all of its texts,
the source must have been the first with more of them than it took from others: of two sites with
the same articles, at most one is confirmed."""


def confirm(db: Database, run: int, slug: str, moment: datetime) -> None:
    """Store that a run has read articles of the source's own, if it has and no earlier run had.

    The caller holds the transaction.
    """
    db.execute(CONFIRM, {"run": run, "slug": slug, "moment": to_utc_iso(moment)})


def dark_sources(db: Database) -> dict[str, DarkSource]:
    """Return the sources that are dark, by slug, whenever they are asked again."""
    rows = db.execute(
        "SELECT slug, dark_since, ask_at FROM sources WHERE ask_at NOT NULL ORDER BY slug"
    ).fetchall()
    return {
        slug: DarkSource(slug, datetime.fromisoformat(since), datetime.fromisoformat(ask_at))
        for slug, since, ask_at in rows
    }


def record_skipped(db: Database, run: int, dark: Iterable[DarkSource]) -> None:
    """Store which dark sources a run leaves out."""
    with write_transaction(db):
        db.table("skipped_sources").insert_all(
            {
                "run": run,
                "source": one.slug,
                "since": to_utc_iso(one.since),
                "ask_at": to_utc_iso(one.ask_at),
            }
            for one in dark
        )


def skipped_in(db: Database, run: int) -> list[dict[str, Any]]:
    """Return the dark sources that a run left out: ``source``, ``since`` and ``ask_at``."""
    sql = "SELECT source, since, ask_at FROM skipped_sources WHERE run = ? ORDER BY source"
    return list(db.query(sql, [run]))


def read_sources(db: Database) -> set[str]:
    """Return the slugs of sources that have articles, or of which a run has found the state."""
    rows = db.execute(
        "SELECT slug FROM sources WHERE confirmed_at NOT NULL OR state_since NOT NULL"
        " OR EXISTS (SELECT 1 FROM articles WHERE articles.source = sources.slug)"
    )
    return {slug for (slug,) in rows.fetchall()}


FINDINGS = ("state", "state_since", "confirmed_at", "dark_since", "ask_at")


def read_findings(db: Database) -> dict[str, dict[str, Any]]:
    """Return what runs have found out about each source, by slug."""
    rows = db.execute(f"SELECT slug, {', '.join(FINDINGS)} FROM sources").fetchall()
    return {slug: dict(zip(FINDINGS, values, strict=True)) for slug, *values in rows}


def last_move(db: Database, slug: str) -> tuple[str | None, int | None]:
    """Return where the home page redirected last, and by which status, if no run has read since."""
    row = db.execute(
        "SELECT moved_to, moved_status FROM run_sources WHERE source = :slug"
        f" AND (moved_to NOT NULL OR {READ} > 0) ORDER BY run DESC LIMIT 1",
        {"slug": slug},
    ).fetchone()
    return row or (None, None)


def article_keys(db: Database, slug: str) -> list[str]:
    """Return the keys of the pages of a source that are articles, read or only named."""
    rows = db.execute(
        "SELECT url_key FROM pages WHERE source = ? AND (kind = 'article' OR article NOT NULL)",
        [slug],
    )
    return [row[0] for row in rows.fetchall()]


def stored_articles(db: Database, slug: str, keys: Iterable[str], hashes: Iterable[str]) -> int:
    """Return how many articles of a source are at one of the pages (keys) or have a text (hash)."""
    row = db.execute(
        "SELECT count(*) FROM articles WHERE source = :slug"
        " AND (page IN (SELECT value FROM json_each(:keys))"
        " OR content_hash IN (SELECT value FROM json_each(:hashes)))",
        {"slug": slug, "keys": json.dumps(list(keys)), "hashes": json.dumps(list(hashes))},
    ).fetchone()
    return int(row[0])
