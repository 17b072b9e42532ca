"""The table ``pages``: one row for each known URL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from pipelines.items import Outcome
from scraper.base.clock import to_utc_iso


class Turn(StrEnum):
    """Why a page is fetched, which decides when: the column ``turn`` of ``pages``.

    ``home`` goes before everything. ``article`` are pages that a list or a feed links to,
    ``backlog`` those that only a sitemap names, ``recheck`` old stored articles that are fetched
    again, ``guess`` feeds and sitemaps at default paths, which no page links to.
    """

    HOME = "home"
    ARTICLE = "article"
    LISTING = "listing"
    FEED = "feed"
    SITEMAP = "sitemap"
    BACKLOG = "backlog"
    RECHECK = "recheck"
    GUESS = "guess"


def usual_turn(kind: str) -> Turn:
    """The turn of a page of this kind about which nothing else is known."""
    return Turn.ARTICLE if kind == "unknown" else Turn(kind)


BEFORE_SINCE = "before_since"
"""The reason of a page that was deferred because it is older than ``--since``."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """A URL that a run queues to fetch.

    ``kind`` is article, listing, feed, sitemap or unknown. Lower ``rank``, then lower ``place``
    is fetched first; ``depth`` counts the steps from the home page; ``list`` is the key of the
    first page of the list that it belongs to; ``named_by`` that of the sitemap that names it;
    ``form`` holds the fields to post, as JSON, None for a plain request; ``turn`` is the class
    with which it takes turns, None for the usual one of its kind.
    """

    url_key: str
    source: str
    url: str
    kind: str
    announced_at: str | None = None
    rank: int = 0
    place: int = 0
    depth: int = 0
    list: str | None = None
    named_by: str | None = None
    form: str | None = None
    turn: Turn | None = None


@dataclass(frozen=True, slots=True)
class PageRecord:
    """What earlier runs stored about a URL; times are ISO 8601 strings.

    ``published_at`` is the day of a page that was deferred because it is older than ``--since``.
    """

    url_key: str
    source: str
    url: str
    kind: str
    outcome: Outcome | None
    reason: str | None
    etag: str | None
    last_modified: str | None
    body_hash: str | None
    first_seen_at: str
    fetched_at: str | None
    due_at: str | None
    attempts: int
    announced_at: str | None
    article: int | None
    missing: int
    run: int | None
    list: str | None
    swept_at: str | None
    rank: int
    place: int
    depth: int
    named_by: str | None
    form: str | None
    turn: Turn = Turn.ARTICLE
    published_at: str | None = None

    @property
    def is_further(self) -> bool:
        """Whether it is a page of a list behind the first one."""
        return self.list is not None and self.list != self.url_key

    @property
    def list_key(self) -> str:
        """The key of the first page of the list that the page belongs to; its own if to none."""
        return self.list or self.url_key


KNOWN_COLUMNS = ", ".join(PageRecord.__dataclass_fields__)
"""The columns of ``pages`` that a PageRecord is made of."""


QUEUE = """
INSERT INTO pages (
    url_key, source, url, kind, first_seen_at, due_at, run, announced_at,
    rank, place, depth, list, named_by, form, turn
) VALUES (
    :url_key, :source, :url, :kind, :moment, :moment, :run, :announced_at,
    :rank, :place, :depth, :list, :named_by, :form, :turn
) ON CONFLICT (url_key) DO UPDATE SET
    outcome = NULL,
    url = excluded.url,
    kind = excluded.kind,
    due_at = excluded.due_at,
    run = excluded.run,
    announced_at = coalesce(excluded.announced_at, announced_at),
    rank = excluded.rank,
    place = excluded.place,
    depth = excluded.depth,
    list = coalesce(excluded.list, list),
    form = excluded.form,
    turn = excluded.turn,
    named_by = coalesce(excluded.named_by, named_by)
WHERE source = excluded.source AND run IS NOT excluded.run
"""


def outcomes_in_sql(is_member: Callable[[Outcome], bool]) -> str:
    """Return the outcomes of a group as a list in SQL: ``('failed', 'broken', 'blocked')``."""
    return "(" + ", ".join(f"'{outcome}'" for outcome in Outcome if is_member(outcome)) + ")"


def page_record(db: Database, url_key: str) -> PageRecord | None:
    """Return the record of one URL, or None."""
    return next(iter(page_records(db, [url_key]).values()), None)


def page_records(db: Database, url_keys: Sequence[str]) -> dict[str, PageRecord]:
    """Return the records of the URLs, by key; unknown URLs are left out."""
    found: dict[str, PageRecord] = {}
    for start in range(0, len(url_keys), 500):
        some = url_keys[start : start + 500]
        marks = ", ".join("?" * len(some))
        rows = db.execute(f"SELECT {KNOWN_COLUMNS} FROM pages WHERE url_key IN ({marks})", some)
        found.update((row[0], known_of_row(row)) for row in rows)
    return found


def known_of_row(row: tuple[Any, ...]) -> PageRecord:
    """Return the record that a row of ``KNOWN_COLUMNS`` makes."""
    values = dict(zip(PageRecord.__dataclass_fields__, row, strict=True))
    values["outcome"] = Outcome(values["outcome"]) if values["outcome"] else None
    values["turn"] = Turn(values["turn"])
    return PageRecord(**values)


def due_pages(db: Database, source: str, moment: datetime) -> list[PageRecord]:
    """The pages of a source to be fetched by now: what an earlier run left, then what is due."""
    rows = db.execute(
        f"SELECT {KNOWN_COLUMNS} FROM pages WHERE source = ? AND due_at <= ? "
        "ORDER BY outcome IS NOT NULL, due_at, url_key",
        [source, to_utc_iso(moment)],
    )
    return [known_of_row(row) for row in rows]


def declare(db: Database, url_key: str, declared_key: str | None) -> None:
    """Store the URL that a page declares as its own. The caller holds the transaction."""
    db.execute("UPDATE pages SET declared_key = ? WHERE url_key = ?", [declared_key, url_key])


def declared_key(db: Database, url_key: str) -> str | None:
    """Return the key of the URL that a page declares as its own, or None."""
    row = db.execute("SELECT declared_key FROM pages WHERE url_key = ?", [url_key]).fetchone()
    return row[0] if row else None


def discover(db: Database, run: int | None, found: Iterable[Discovery], moment: datetime) -> None:
    """Queue URLs in a run; each is pending until it is settled.

    A URL that the run queued before, or that is another source's, stays as it is.

    The caller holds the write transaction, so that a list page and what it led to are stored
    together or not at all.
    """
    counts: dict[str, int] = {}
    time = to_utc_iso(moment)
    for page in found:
        values = {
            "url_key": page.url_key,
            "source": page.source,
            "url": page.url,
            "kind": page.kind,
            "moment": time,
            "run": run,
            "announced_at": page.announced_at,
            "rank": page.rank,
            "place": page.place,
            "depth": page.depth,
            "list": page.list,
            "named_by": page.named_by,
            "form": page.form,
            "turn": page.turn or usual_turn(page.kind),
        }
        taken = db.execute(QUEUE, values).rowcount
        counts[page.source] = counts.get(page.source, 0) + taken
    for source, count in counts.items():
        db.execute(
            "UPDATE run_sources SET discovered = discovered + ? WHERE run = ? AND source = ?",
            [count, run, source],
        )


def link_article(db: Database, url_key: str, article: int) -> None:
    """Store that a URL shows an article, unless it shows one already."""
    sql = "UPDATE pages SET article = coalesce(article, ?) WHERE url_key = ?"
    db.execute(sql, [article, url_key])


def set_reprocessed(db: Database, url_key: str, outcome: Outcome, article: int) -> None:
    """Set what a reprocess found in a page that earlier rules took for no article."""
    db.execute(
        "UPDATE pages SET kind = 'article', outcome = ?, reason = 'reprocessed', article = ?"
        " WHERE url_key = ?",
        [outcome, article, url_key],
    )


@dataclass(frozen=True, slots=True)
class LastState:
    """When an address was last seen (ISO 8601, UTC; "" if never), and the hash of its body.

    ``is_pending`` is True if a run discovered it and has not fetched it.
    """

    seen_at: str
    body_hash: str
    is_pending: bool


def last_state(db: Database, url_key: str) -> LastState | None:
    """Return when an address, or the article that it shows, was last seen; None if unknown."""
    row = db.execute(
        "SELECT outcome, run, settled_at, fetched_at, body_hash, last_seen_at FROM pages"
        " LEFT JOIN articles ON articles.id = pages.article WHERE url_key = ?",
        [url_key],
    ).fetchone()
    if row is None:
        return None
    outcome, run, settled_at, fetched_at, body_hash, last_seen_at = row
    is_pending = outcome in (None, Outcome.DEFERRED) and run is not None
    settled = settled_at if run is not None else fetched_at
    return LastState(max(settled or "", last_seen_at or ""), body_hash or "", is_pending)


def set_import_times(db: Database, url_key: str, moment: datetime, *, keeps_due: bool) -> None:
    """Set when an imported page was first seen; an import is settled when the page was fetched.

    A page whose address nobody knows is never due (``keeps_due`` False).
    """
    db.execute(
        "UPDATE pages SET first_seen_at = min(first_seen_at, ?),"
        " settled_at = iif(run IS NULL, fetched_at, settled_at),"
        " due_at = iif(?, due_at, NULL) WHERE url_key = ?",
        [to_utc_iso(moment), keeps_due, url_key],
    )
