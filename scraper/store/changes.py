"""What changed: articles that are new, edited, removed, or republished from another source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlite_utils import Database


class Change(StrEnum):
    """What happened to an article."""

    NEW = "new"
    EDITED = "edited"
    REMOVED = "removed"
    REPUBLISHED = "republished"

    @property
    def condition(self) -> str:
        """The SQL condition on a row of ``articles``, as in the partial indexes."""
        return CONDITIONS[self]

    @property
    def moment(self) -> str:
        """The column of ``articles`` that says when it happened last."""
        return MOMENTS[self]


CONDITIONS = {
    Change.NEW: "1",
    Change.EDITED: "changed_at > first_seen_at",
    Change.REMOVED: "gone_at IS NOT NULL",
    Change.REPUBLISHED: "same_as IS NOT NULL",
}

MOMENTS = {
    Change.NEW: "first_seen_at",
    Change.EDITED: "changed_at",
    Change.REMOVED: "gone_at",
    Change.REPUBLISHED: "first_seen_at",
}

MARKED = (Change.EDITED, Change.REMOVED, Change.REPUBLISHED)
"""What an article is marked with. That it is new says only when it was found."""

MARKS = ", ".join(f"({change.condition}) AS {change}" for change in MARKED)
"""SQL columns that are 1 if an article has a mark."""

COLUMNS = (
    f"id, source, title, lede, kind, section, published_at, {MARKS},"
    " EXISTS (SELECT 1 FROM revisions WHERE article = articles.id) AS has_versions"
)


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """Which changes to list: of these kinds, of one source, in a span of time (ISO 8601, UTC).

    ``until`` is not included. A republished article is new, too: it is listed once.
    """

    changes: Sequence[Change] = (Change.NEW, Change.EDITED, Change.REMOVED)
    source: str | None = None
    since: str | None = None
    until: str | None = None


def list_changes(
    db: Database, wanted: ChangeFilter, limit: int, offset: int = 0
) -> list[dict[str, Any]]:
    """Return the latest changes, each with ``change``, ``moment`` and ``marks``.

    An article that was edited twice is listed with its latest edit. Each kind is read from its
    index, up to the last row that is asked for; those of one time stand as they do there.
    """
    found = [
        (moment, article, change)
        for change in wanted.changes
        for moment, article in _latest(db, wanted, change, offset + limit)
    ]
    found.sort(key=lambda each: each[0], reverse=True)
    shown = found[offset : offset + limit]
    rows = articles_by_id(db, [article for _, article, _ in shown])
    return [
        rows[article] | {"change": change.value, "moment": moment}
        for moment, article, change in shown
        if article in rows
    ]


def articles_by_id(db: Database, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return what a list shows of articles, by id, with ``marks`` and ``has_versions``."""
    rows = db.query(
        f"SELECT {COLUMNS} FROM articles WHERE id IN (SELECT value FROM json_each(?))",
        [str(list(ids))],
    )
    return {row["id"]: row | {"marks": marks_of(row)} for row in rows}


def marks_of(row: dict[str, Any]) -> tuple[str, ...]:
    """Return the marks of a row that has the columns of MARKS."""
    return named_marks([row[change] for change in MARKED])


def named_marks(columns: Sequence[int]) -> tuple[str, ...]:
    """Return the marks of an article from the values of its columns of MARKS."""
    return tuple(change.value for change, is_so in zip(MARKED, columns, strict=True) if is_so)


def _latest(
    db: Database, wanted: ChangeFilter, change: Change, limit: int
) -> list[tuple[str, int]]:
    values = {"source": wanted.source, "since": wanted.since, "until": wanted.until}
    conditions = {
        "source": "source = :source",
        "since": f"{change.moment} >= :since",
        "until": f"{change.moment} < :until",
    }
    given = [condition for name, condition in conditions.items() if values[name]]
    return db.execute(
        f"SELECT {change.moment}, id FROM articles"
        f" WHERE {' AND '.join([change.condition, *given])}"
        f" ORDER BY {change.moment} DESC LIMIT :limit",
        values | {"limit": limit},
    ).fetchall()
