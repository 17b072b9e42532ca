"""What is known of URLs: the frontier that survives a kill, and how each URL ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlite_utils import Database

from pipelines.items import Outcome, Page
from scraper.base.clock import to_utc_iso
from scraper.store.turns import Turn, usual_turn

BEFORE_SINCE = "before_since"
"""The reason of a page that was put off since it is older than a run asked for."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """A URL that a run takes up to fetch.

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
    """What earlier runs know of a URL; times are ISO 8601 strings.

    ``published_at`` is the day of a page that was put off since it is older than ``--since``.
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


@dataclass(frozen=True, slots=True)
class Capture:
    """Where the archive keeps a page as it came; the hash is of its body without encodings."""

    warc_file: str
    warc_offset: int
    body_hash: str
    http_status: int
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class FetchResult:
    """How one discovered URL ended in a run.

    ``due_at`` says when it is to be looked at again (None: never); ``capture`` is None where
    nothing came or the body was like the last one; ``article`` is the row that the URL shows;
    ``run`` is None for an import, which is no run; ``published_at`` is the day for which a page
    was put off.
    A deferred URL keeps its validators, its form and the counts of its attempts and absences.
    """

    run: int | None
    source: str
    url_key: str
    outcome: Outcome
    reason: str | None = None
    kind: str | None = None
    http_status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    fetched_at: datetime | None = None
    due_at: datetime | None = None
    capture: Capture | None = None
    article: int | None = None
    missing: int = 0
    published_at: str | None = None

    @classmethod
    def of_page(
        cls,
        page: Page,
        run: int | None,
        source: str,
        url_key: str,
        outcome: Outcome,
        reason: str | None = None,
        **more: Any,
    ) -> Self:
        """The result of a page that was read, with what its answer says of it."""
        return cls(
            run,
            source,
            url_key,
            outcome,
            reason,
            http_status=page.status,
            etag=page.headers.get("etag"),
            last_modified=page.headers.get("last-modified"),
            fetched_at=page.fetched_at,
            **more,
        )

    @classmethod
    def deferred(cls, run: int, source: str, url_key: str, reason: str, due_at: datetime) -> Self:
        """The result of a page that is left to a later run."""
        return cls(run, source, url_key, Outcome.DEFERRED, reason, due_at=due_at)


KNOWN_COLUMNS = ", ".join(PageRecord.__dataclass_fields__)
"""The columns of ``pages`` that a KnownPage is made of."""


def outcomes_in_sql(is_member: Callable[[Outcome], bool]) -> str:
    """Return the outcomes of a group as a list in SQL: ``('failed', 'broken', 'blocked')``."""
    return "(" + ", ".join(f"'{outcome}'" for outcome in Outcome if is_member(outcome)) + ")"


def page_record(db: Database, url_key: str) -> PageRecord | None:
    """What is known of one URL, or None."""
    return next(iter(page_records(db, [url_key]).values()), None)


def page_records(db: Database, url_keys: Sequence[str]) -> dict[str, PageRecord]:
    """What is known of the URLs, by key; unknown ones are left out."""
    found: dict[str, PageRecord] = {}
    for start in range(0, len(url_keys), 500):
        some = url_keys[start : start + 500]
        marks = ", ".join("?" * len(some))
        rows = db.execute(f"SELECT {KNOWN_COLUMNS} FROM pages WHERE url_key IN ({marks})", some)
        found.update((row[0], known_of_row(row)) for row in rows)
    return found


def known_of_row(row: tuple[Any, ...]) -> PageRecord:
    """What is known of a URL, from a row of ``KNOWN_COLUMNS``."""
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


def last_capture(db: Database, url_key: str) -> tuple[str, str] | None:
    """Hash and time of the latest body of a URL that the archive keeps, or None."""
    row = db.execute(
        "SELECT body_hash, coalesce((SELECT max(fetched_at) FROM revisits WHERE capture = id),"
        " fetched_at) AS latest FROM captures WHERE url_key = ?"
        " ORDER BY latest DESC, id DESC LIMIT 1",
        [url_key],
    ).fetchone()
    return (row[0], row[1]) if row else None


def capture_of_body(db: Database, url_key: str, body_hash: str) -> Capture | None:
    """Where the archive keeps this body of a URL, or None; of several captures the latest."""
    row = db.execute(
        "SELECT warc_file, warc_offset, body_hash, http_status, fetched_at FROM captures"
        " WHERE url_key = ? AND body_hash = ? ORDER BY id DESC LIMIT 1",
        [url_key, body_hash],
    ).fetchone()
    if row is None:
        return None
    warc_file, warc_offset, kept_hash, status, fetched_at = row
    return Capture(warc_file, warc_offset, kept_hash, status, datetime.fromisoformat(fetched_at))


def is_kept(db: Database, url_key: str, body_hash: str, fetched_at: datetime) -> bool:
    """Whether the body that a URL had at a moment is in the archive already."""
    row = db.execute(
        "SELECT EXISTS (SELECT 1 FROM captures LEFT JOIN revisits ON capture = id"
        " WHERE url_key = ? AND body_hash = ? AND ? IN (captures.fetched_at, revisits.fetched_at))",
        [url_key, body_hash, to_utc_iso(fetched_at)],
    ).fetchone()
    return bool(row[0])


def article_capture(db: Database, url_key: str, article: int) -> int | None:
    """The id of the latest capture of a URL that shows an article, or None."""
    row = db.execute(
        "SELECT id FROM captures LEFT JOIN revisits ON capture = id"
        " WHERE url_key = ? AND article = ?"
        " ORDER BY coalesce(revisits.fetched_at, captures.fetched_at) DESC, id DESC LIMIT 1",
        [url_key, article],
    ).fetchone()
    return row[0] if row else None


def declare(db: Database, url_key: str, declared_key: str | None) -> None:
    """Note what a page declares as its own address. The caller holds the transaction."""
    db.execute("UPDATE pages SET declared_key = ? WHERE url_key = ?", [declared_key, url_key])


def declared_key(db: Database, url_key: str) -> str | None:
    """The key of the address that a page declares as its own, or None."""
    row = db.execute("SELECT declared_key FROM pages WHERE url_key = ?", [url_key]).fetchone()
    return row[0] if row else None


def discover(db: Database, run: int | None, found: Iterable[Discovery], moment: datetime) -> None:
    """Take URLs up into a run, as pending until each is settled.

    One that the run took up before, or that is another source's, stays as it is.

    The caller holds the write transaction, so that a list page and what it led to are stored
    together or not at all.
    """
    counts: dict[str, int] = {}
    time = to_utc_iso(moment)
    for page in found:
        taken = db.execute(
            "INSERT INTO pages (url_key, source, url, kind, first_seen_at, due_at, run,"
            " announced_at, rank, place, depth, list, named_by, form, turn)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (url_key) DO UPDATE SET outcome = NULL, url = excluded.url,"
            " kind = excluded.kind, due_at = excluded.due_at, run = excluded.run,"
            " announced_at = coalesce(excluded.announced_at, announced_at),"
            " rank = excluded.rank, place = excluded.place, depth = excluded.depth,"
            " list = coalesce(excluded.list, list), form = excluded.form, turn = excluded.turn,"
            " named_by = coalesce(excluded.named_by, named_by)"
            " WHERE source = excluded.source AND run IS NOT excluded.run",
            [
                page.url_key,
                page.source,
                page.url,
                page.kind,
                time,
                time,
                run,
                page.announced_at,
                page.rank,
                page.place,
                page.depth,
                page.list,
                page.named_by,
                page.form,
                page.turn or usual_turn(page.kind),
            ],
        ).rowcount
        counts[page.source] = counts.get(page.source, 0) + taken
    for source, count in counts.items():
        db.execute(
            "UPDATE run_sources SET discovered = discovered + ? WHERE run = ? AND source = ?",
            [count, run, source],
        )


def record_outcome(db: Database, end: FetchResult, moment: datetime) -> int | None:
    """Give a discovered URL its outcome and count it once; returns the id of its new capture.

    The caller holds the write transaction: an article, its photos, its revision and this
    outcome are stored together or not at all.
    """
    capture = add_capture(db, end.url_key, end.capture, end.article) if end.capture else None
    failed = end.outcome.is_retried
    is_deferred = end.outcome is Outcome.DEFERRED
    db.execute(
        "UPDATE pages SET outcome = ?, reason = ?, kind = coalesce(?, kind), http_status = ?,"
        " etag = iif(?, etag, ?), last_modified = iif(?, last_modified, ?),"
        " body_hash = coalesce(?, body_hash),"
        " fetched_at = coalesce(?, fetched_at), due_at = ?,"
        " attempts = CASE WHEN ? THEN attempts WHEN ? THEN attempts + 1 ELSE 0 END,"
        " capture = coalesce(?, capture), run = ?, article = coalesce(?, article),"
        " missing = iif(?, missing, ?), settled_at = ?, form = iif(?, form, NULL),"
        " published_at = iif(?, coalesce(?, published_at), NULL)"
        " WHERE url_key = ?",
        [
            end.outcome,
            end.reason,
            end.kind,
            end.http_status,
            is_deferred,
            end.etag,
            is_deferred,
            end.last_modified,
            end.body_hash,
            to_utc_iso(end.fetched_at) if end.fetched_at else None,
            to_utc_iso(end.due_at) if end.due_at else None,
            is_deferred,
            failed,
            capture,
            end.run,
            end.article,
            is_deferred,
            end.missing,
            to_utc_iso(moment),
            is_deferred,
            is_deferred,
            end.published_at,
            end.url_key,
        ],
    )
    db.execute(
        f'UPDATE run_sources SET "{end.outcome}" = "{end.outcome}" + 1'
        " WHERE run = ? AND source = ?",
        [end.run, end.source],
    )
    return capture


def ends_in_run(db: Database, run: int, url_key: str) -> tuple[str | None, str | None] | None:
    """The outcome of a page in a run and its reason, None where the run did not settle it."""
    row = db.execute(
        "SELECT outcome, reason FROM pages WHERE url_key = ? AND run = ?", [url_key, run]
    ).fetchone()
    return (row[0], row[1]) if row else None


def defer_pending(db: Database, run: int, reason: str, moment: datetime) -> None:
    """Settle what a run discovered and did not fetch as deferred, due at once in the next run.

    The caller holds the write transaction.
    """
    pending = db.execute(
        "SELECT url_key, source FROM pages WHERE run = ? AND outcome IS NULL", [run]
    ).fetchall()
    for url_key, source in pending:
        end = FetchResult.deferred(run, source, url_key, reason, moment)
        record_outcome(db, end, moment)


def add_capture(db: Database, url_key: str, kept: Capture, article: int | None = None) -> int:
    """Note where the archive keeps a page; returns the id. The caller holds the transaction.

    ``article`` is the row that the page shows. A place that is noted already is that of a body that
    came again: only when it came is new.
    """
    known = db.execute(
        "SELECT id, fetched_at FROM captures WHERE warc_file = ? AND warc_offset = ?",
        [kept.warc_file, kept.warc_offset],
    ).fetchone()
    if known is not None:
        if known[1] != to_utc_iso(kept.fetched_at):
            values = [known[0], to_utc_iso(kept.fetched_at)]
            db.execute("INSERT OR IGNORE INTO revisits (capture, fetched_at) VALUES (?, ?)", values)
        return int(known[0])
    row_id = db.execute(
        "INSERT INTO captures (url_key, fetched_at, http_status, body_hash, warc_file,"
        " warc_offset, article) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            url_key,
            to_utc_iso(kept.fetched_at),
            kept.http_status,
            kept.body_hash,
            kept.warc_file,
            kept.warc_offset,
            article,
        ],
    ).lastrowid
    assert row_id is not None
    return row_id


@dataclass(frozen=True, slots=True)
class LastState:
    """When an address was last seen (ISO 8601, UTC; "" if never), and the hash of its body.

    ``is_pending`` tells that a run discovered it and has not fetched it.
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
    """Set when an imported page was first seen, and that an import is settled when it was fetched.

    A page whose address nobody knows is never due (``keeps_due`` False).
    """
    db.execute(
        "UPDATE pages SET first_seen_at = min(first_seen_at, ?),"
        " settled_at = iif(run IS NULL, fetched_at, settled_at),"
        " due_at = iif(?, due_at, NULL) WHERE url_key = ?",
        [to_utc_iso(moment), keeps_due, url_key],
    )


def link_article(db: Database, url_key: str, article: int) -> None:
    """Have an address show an article, unless it shows one already."""
    sql = "UPDATE pages SET article = coalesce(article, ?) WHERE url_key = ?"
    db.execute(sql, [article, url_key])


def set_reprocessed(db: Database, url_key: str, outcome: Outcome, article: int) -> None:
    """Set what a reprocess found in a page that earlier rules took for no article."""
    db.execute(
        "UPDATE pages SET kind = 'article', outcome = ?, reason = 'reprocessed', article = ?"
        " WHERE url_key = ?",
        [outcome, article, url_key],
    )
