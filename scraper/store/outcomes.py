"""How pages ended in a run: the outcomes in ``pages``, and their counts in ``run_sources``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlite_utils import Database

from pipelines.items import Outcome, Page
from scraper.base.clock import to_utc_iso
from scraper.store.captures import Capture, add_capture

GUESSED = "guessed"
"""The reason of a default URL of feeds or sitemaps that the site does not have."""

UNDISCOVERED = "discovered = discovered - 1"


@dataclass(frozen=True, slots=True)
class FetchResult:
    """How one discovered URL ended in a run.

    ``due_at`` is when it is fetched again (None: never); ``capture`` is None if nothing came or
    the body was the same as the last one; ``article`` is the row that the URL shows; ``run`` is
    None for an import, which is no run; ``published_at`` is the day of a page that was deferred
    because it is older than ``--since``. ``is_counted`` is False for a guessed URL that the site
    does not have: it counts neither as discovered nor with its outcome.
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
    is_counted: bool = True

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
        """Return the result of a page that was read, with the fields of its response."""
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
        """Return the result of a page that is left to a later run."""
        return cls(run, source, url_key, Outcome.DEFERRED, reason, due_at=due_at)


SET_OUTCOME = """
UPDATE pages SET
    outcome = :outcome,
    reason = :reason,
    kind = coalesce(:kind, kind),
    http_status = :http_status,
    etag = iif(:is_deferred, etag, :etag),
    last_modified = iif(:is_deferred, last_modified, :last_modified),
    body_hash = coalesce(:body_hash, body_hash),
    fetched_at = coalesce(:fetched_at, fetched_at),
    due_at = :due_at,
    attempts = CASE WHEN :is_deferred THEN attempts WHEN :is_retried THEN attempts + 1 ELSE 0 END,
    capture = coalesce(:capture, capture),
    run = :run,
    article = coalesce(:article, article),
    missing = iif(:is_deferred, missing, :missing),
    settled_at = :settled_at,
    form = iif(:is_deferred, form, NULL),
    published_at = iif(:is_deferred, coalesce(:published_at, published_at), NULL)
WHERE url_key = :url_key
"""


def record_outcome(db: Database, end: FetchResult, moment: datetime) -> int | None:
    """Store the outcome of a discovered URL and count it once; returns the id of its new capture.

    The caller holds the write transaction: an article, its photos, its revision and this
    outcome are stored together or not at all.
    """
    capture = add_capture(db, end.url_key, end.capture, end.article) if end.capture else None
    values = {
        "url_key": end.url_key,
        "outcome": end.outcome,
        "reason": end.reason,
        "kind": end.kind,
        "http_status": end.http_status,
        "etag": end.etag,
        "last_modified": end.last_modified,
        "body_hash": end.body_hash,
        "fetched_at": to_utc_iso(end.fetched_at) if end.fetched_at else None,
        "due_at": to_utc_iso(end.due_at) if end.due_at else None,
        "is_deferred": end.outcome is Outcome.DEFERRED,
        "is_retried": end.outcome.is_retried,
        "capture": capture,
        "run": end.run,
        "article": end.article,
        "missing": end.missing,
        "settled_at": to_utc_iso(moment),
        "published_at": end.published_at,
    }
    db.execute(SET_OUTCOME, values)
    change = f'"{end.outcome}" = "{end.outcome}" + 1' if end.is_counted else UNDISCOVERED
    db.execute(
        f"UPDATE run_sources SET {change} WHERE run = ? AND source = ?", [end.run, end.source]
    )
    return capture


def ends_in_run(db: Database, run: int, url_key: str) -> tuple[str | None, str | None] | None:
    """Return outcome and reason of a page in a run, None if the run did not settle it."""
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
