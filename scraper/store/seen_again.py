"""Counts of bodies that the archive held already, and of earlier texts that stood again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class SeenAgain:
    """The number of answers with an archived body, and of returns of an earlier text."""

    bodies: int
    texts: int


def count_seen_again(
    db: Database,
    source: str | None = None,
    since: str | None = None,
    until: str | None = None,
) -> SeenAgain:
    """Count both, of one source or of all, within a span of time or ever."""
    values = {"source": source, "since": since, "until": until}
    bodies, texts = db.execute(
        "SELECT (SELECT count(*) FROM revisits JOIN captures ON captures.id = revisits.capture"
        " JOIN pages ON pages.url_key = captures.url_key"
        " WHERE (:source IS NULL OR pages.source = :source)"
        " AND revisits.fetched_at BETWEEN coalesce(:since, '') AND coalesce(:until, '~')),"
        " (SELECT count(*) FROM returns JOIN revisions ON revisions.id = revision"
        " JOIN articles ON articles.id = revisions.article"
        " WHERE (:source IS NULL OR articles.source = :source)"
        " AND returns.seen_at BETWEEN coalesce(:since, '') AND coalesce(:until, '~'))",
        values,
    ).fetchone()
    return SeenAgain(bodies, texts)
