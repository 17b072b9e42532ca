"""What the articles that a search finds have to meet."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from scraper.store.changes import Change
from scraper.store.source_conditions import PLACE_FIELDS, source_condition

CONDITIONS = {
    "source": "source = ?",
    "slugs": "source IN (SELECT value FROM json_each(?))",
    "district": "source IN (SELECT slug FROM sources WHERE district = ?)",
    "section": "section = ?",
    "author": "author = ?",
    "kind": "kind = ?",
    "since": "published_at >= ?",
    "until": "published_at < date(?, '+1 day')",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What articles have to meet. ``since`` and ``until`` are ISO 8601 days, both included.

    ``change`` is a mark of an article: edited, removed, republished. ``slugs`` are sources, a list
    in JSON: one of them has published the article. The other ones, and ``province``, are those of
    its source (`SourceConditions`).
    """

    source: str | None = None
    province: str | None = None
    district: str | None = None
    section: str | None = None
    author: str | None = None
    kind: str | None = None
    since: str | None = None
    until: str | None = None
    change: str | None = None
    level: str | None = None
    platform: str | None = None
    state: str | None = None
    enabled: str | None = None
    unit: str | None = None
    slugs: str | None = None

    def condition(self) -> tuple[str, list[str]]:
        """The SQL condition on a row of ``articles``, and its values."""
        given = {name: value for name, value in asdict(self).items() if value is not None}
        change = given.pop("change", None)
        of_source = {name: given.pop(name) for name in PLACE_FIELDS if name in given}
        conditions, values = [CONDITIONS[name] for name in given], list(given.values())
        if of_source:
            condition, more = source_condition(of_source)
            conditions.append(f"source IN (SELECT slug FROM sources WHERE {condition})")
            values += more
        if change:
            conditions.append(self._changed(Change(change)))
        return " AND ".join(conditions) or "1", values

    def _changed(self, change: Change) -> str:
        """Return the condition of a change.

        With a column that no index has together with it, the articles that changed are read from
        an index of their own, for the rows of all that have the value are far more to read.
        """
        if self.section is None and self.author is None:
            return change.condition
        return f"+articles.id IN (SELECT id FROM articles WHERE {change.condition})"


EVERYTHING = Filters()
