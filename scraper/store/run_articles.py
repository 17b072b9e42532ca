"""The pages, and the articles read from them, behind the numbers of a run."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from pipelines.items import Outcome
from scraper.store.changes import articles_by_id

IN_SPAN = {
    Outcome.NEW: "first_seen_at BETWEEN :start AND :end",
    Outcome.UPDATED: "changed_at > first_seen_at AND changed_at BETWEEN :start AND :end",
    Outcome.GONE: "gone_at IS NOT NULL AND gone_at BETWEEN :start AND :end",
}
"""Conditions on the articles of an outcome. A page keeps only its latest run: what became of its
article in an earlier one is known by the time."""

STORED = "('new', 'updated', 'unchanged', 'duplicate')"
"""The outcomes of the partial index ``pages_stored``; ``pages_reasons`` has all others."""


def list_run_pages(
    db: Database, run: dict[str, Any], outcome: Outcome, source: str | None, limit: int, offset: int
) -> list[dict[str, Any]]:
    """Return the pages that ended so in a run, a row of ``runs``, of one source or of all.

    A row has ``source``, ``url``, ``reason``, and ``article``: what `articles_by_id` returns of it,
    or None. Articles that were changed so since then by a later run are not found.
    """
    values = {
        "run": run["id"],
        "source": source,
        "start": run["started_at"],
        "end": run["finished_at"] or "~",
        "limit": offset + limit,
    }
    found = _articles(db, outcome, values)
    if len(found) < offset + limit:
        found += _pages(db, outcome, values | {"limit": offset + limit - len(found)})
    shown = found[offset:]
    articles = articles_by_id(db, [row["article"] for row in shown if row["article"]])
    return [row | {"article": articles.get(row["article"])} for row in shown]


def _articles(db: Database, outcome: Outcome, values: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the articles to which it happened in the time of the run, by id."""
    if outcome not in IN_SPAN:
        return []
    of_source = " AND source = :source" if values["source"] else ""
    sql = (
        "SELECT id AS article, source, url, NULL AS reason FROM articles"
        f" WHERE {IN_SPAN[outcome]}{of_source} LIMIT :limit"
    )
    return list(db.query(sql, values))


def _pages(db: Database, outcome: Outcome, values: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the pages whose latest run it is, without those of articles that are found above."""
    sources = ":source" if values["source"] else "SELECT source FROM run_sources WHERE run = :run"
    known = f"SELECT 1 FROM articles WHERE id = article AND {IN_SPAN.get(outcome, '0')}"
    sql = (
        "SELECT article, source, url, reason FROM pages WHERE run = :run"
        f" AND source IN ({sources}) AND outcome = '{outcome.value}'"
        f" AND outcome {'' if outcome.is_stored else 'NOT '}IN {STORED}"
        f" AND NOT EXISTS ({known}) LIMIT :limit"
    )
    return list(db.query(sql, values))
