"""Counting what came again as it had been: archived bodies, and earlier texts of articles."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

PAGES_LOOKED_AT = 5_000
"""Pages of a source whose answers are counted: each takes two more look-ups, and a source may have
some hundred thousand."""


@dataclass(frozen=True, slots=True)
class SeenAgain:
    """The number of answers with an archived body, and of returns of an earlier text.

    ``has_more`` is whether there were more pages of the source than are looked at for the bodies.
    """

    bodies: int
    texts: int
    has_more: bool = False


def seen_again_between(db: Database, since: str, until: str | None) -> SeenAgain:
    """Count both within a span of time (ISO 8601, UTC), up to now if ``until`` is None."""
    span = {"since": since, "until": until or "~"}
    bodies, texts = db.execute(
        "SELECT (SELECT count(*) FROM revisits WHERE fetched_at BETWEEN :since AND :until),"
        " (SELECT count(*) FROM returns WHERE seen_at BETWEEN :since AND :until)",
        span,
    ).fetchone()
    return SeenAgain(bodies, texts)


def seen_again_at(db: Database, source: str) -> SeenAgain:
    """Count both of one source, the bodies among the pages that are looked at."""
    pages, bodies, texts = db.execute(
        "WITH known AS MATERIALIZED"
        " (SELECT url_key FROM pages INDEXED BY pages_due WHERE source = :source LIMIT :most)"
        " SELECT (SELECT count(*) FROM known), (SELECT count(*) FROM known"
        " CROSS JOIN captures ON captures.url_key = known.url_key"
        " CROSS JOIN revisits ON revisits.capture = captures.id),"
        " (SELECT count(*) FROM returns CROSS JOIN revisions ON revisions.id = returns.revision"
        " CROSS JOIN articles ON articles.id = revisions.article WHERE articles.source = :source)",
        {"source": source, "most": PAGES_LOOKED_AT + 1},
    ).fetchone()
    return SeenAgain(bodies, texts, has_more=pages > PAGES_LOOKED_AT)
