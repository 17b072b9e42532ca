"""The table ``article_changes``: what happened to articles since it was last reported.

Triggers of the database fill it, so that no way in (crawl, import, reprocess) is left out. New
articles are noted by `note_new_article`: with a trigger on them, SQLite would write the full-text
index after each article in place of once a transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from sqlite_utils import Database

Consumer = Literal["watches", "digest"]


@dataclass(frozen=True, slots=True)
class SourceNews:
    """How many articles of a source are new, and the newest of them."""

    slug: str
    name: str
    province: str | None
    count: int
    articles: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class News:
    """What is new by province and source, and how many articles were edited and removed."""

    sources: list[SourceNews] = field(default_factory=list)
    edited: int = 0
    removed: int = 0
    edited_articles: list[dict[str, Any]] = field(default_factory=list)
    removed_articles: list[dict[str, Any]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many articles are new."""
        return sum(source.count for source in self.sources)


def note_new_article(db: Database, row_id: int) -> None:
    """Note that an article is new. The caller holds the transaction in which it was inserted."""
    db.execute("INSERT INTO article_changes (article, change) VALUES (?, 'new')", [row_id])


def changed_since_position(db: Database, consumer: Consumer) -> set[int]:
    """Return the articles that are new or changed since the consumer last read."""
    rows = db.execute(
        "SELECT DISTINCT article FROM article_changes WHERE id > ? AND change <> 'removed'",
        [position(db, consumer)],
    )
    return {row[0] for row in rows.fetchall()}


def ids_changed_since(db: Database, moment: str) -> list[int]:
    """Return the articles that were first seen or edited since a time."""
    rows = db.execute(
        "SELECT id FROM articles WHERE first_seen_at >= :moment UNION SELECT id FROM articles"
        " WHERE changed_at > first_seen_at AND changed_at >= :moment",
        {"moment": moment},
    )
    return [row[0] for row in rows.fetchall()]


def position(db: Database, consumer: Consumer) -> int:
    """Return the last change that a consumer has read, 0 if it has read none."""
    row = _row(db, consumer)
    return int(row[0]) if row else 0


def last_run_read(db: Database, consumer: Consumer) -> int | None:
    """Return the last run of which a consumer has read the changes."""
    row = _row(db, consumer)
    return row[1] if row else None


def has_read(db: Database, consumer: Consumer) -> bool:
    """Whether a consumer has read changes before."""
    return _row(db, consumer) is not None


def advance(db: Database, consumer: Consumer, run: int | None) -> None:
    """Store that a consumer has read all changes. What all have read is deleted but the last row.

    That row stays, so that no later change gets its number. The caller holds the transaction.
    """
    db.execute(
        "INSERT INTO alert_positions (consumer, change, run)"
        " SELECT ?, coalesce(max(id), 0), ? FROM article_changes WHERE true"
        " ON CONFLICT (consumer) DO UPDATE SET"
        " change = max(change, excluded.change), run = excluded.run",
        [consumer, run],
    )
    if db.execute("SELECT count(*) FROM alert_positions").fetchone()[0] == 2:
        db.execute(
            "DELETE FROM article_changes WHERE id < (SELECT min(change) FROM alert_positions)"
        )


NEWS = """
SELECT article, CASE WHEN articles.gone_at NOTNULL AND max(change = 'removed') THEN 'removed'
    WHEN max(change = 'new') THEN 'new' WHEN max(change = 'edited') THEN 'edited' END AS what
FROM article_changes JOIN articles ON articles.id = article
WHERE article_changes.id > :after AND max(changed_at, coalesce(gone_at, '')) >= :since
GROUP BY article
"""

SHOWN = "articles.id, kind, url, title, source, published_at"


def read_news(db: Database, after: int, since: str, each: int, listed: int) -> News:
    """Return what happened behind a position to articles that changed since a time.

    At most ``each`` articles of a source and ``listed`` edited and removed ones are named.
    """
    values = {"after": after, "since": since, "each": each, "listed": listed}
    counts = dict(
        db.execute(f"SELECT what, count(*) FROM ({NEWS}) GROUP BY what", values).fetchall()
    )
    named = {
        what: list(
            db.query(
                f"SELECT {SHOWN} FROM ({NEWS}) JOIN articles ON articles.id = article"
                " WHERE what = :what ORDER BY published_at DESC LIMIT :listed",
                values | {"what": what},
            )
        )
        for what in ("edited", "removed")
    }
    return News(
        _new_by_source(db, values),
        counts.get("edited", 0),
        counts.get("removed", 0),
        named["edited"],
        named["removed"],
    )


def _new_by_source(db: Database, values: dict[str, Any]) -> list[SourceNews]:
    """Return the new articles by source, in the order of provinces and names."""
    rows = db.query(
        f"SELECT * FROM (SELECT {SHOWN}, name, province, count(*) OVER of_source AS count,"
        " row_number() OVER (of_source ORDER BY published_at DESC, articles.id DESC) AS place"
        f" FROM ({NEWS}) JOIN articles ON articles.id = article JOIN sources ON slug = source"
        " WHERE what = 'new' WINDOW of_source AS (PARTITION BY source))"
        " WHERE place <= :each ORDER BY province IS NULL, province, name, source, place",
        values,
    )
    found: dict[str, SourceNews] = {}
    for row in rows:
        of_source = SourceNews(row["source"], row["name"], row["province"], row["count"], [])
        found.setdefault(row["source"], of_source).articles.append(row)
    return list(found.values())


def _row(db: Database, consumer: Consumer) -> tuple[int, int | None] | None:
    row: tuple[int, int | None] | None = db.execute(
        "SELECT change, run FROM alert_positions WHERE consumer = ?", [consumer]
    ).fetchone()
    return row
