"""The plan of a recovery from web archives: a row of ``archived_captures`` for each capture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from scraper.base.clock import to_utc_iso

MAX_ATTEMPTS = 3
"""Attempts that may fail before a capture counts as failed for good."""

NO_TIME = ""
LAST_TIME = "9999"


class CaptureOutcome(StrEnum):
    """How a capture of a web archive ended. Each has exactly one; NULL is a capture that waits.

    ``article``: archived, and it shows an article, which ``reason`` says is new, updated,
    unchanged, a duplicate or an earlier state. ``listing``: archived, a list, feed or sitemap.
    ``not_article``: archived, neither. ``file``: a photo or an attachment, archived. ``broken``:
    archived, but it cannot be read. ``same_body``: the archive holds these bytes, so that nothing
    was fetched. ``redirect``: the site redirected to another address. ``gone``: the site had no
    such page. ``left_out``: not fetched on purpose. ``not_held``: the service does not have it.
    ``refused``: what the service sent is not what the site had sent. ``failed``: every attempt
    failed.
    """

    ARTICLE = "article"
    LISTING = "listing"
    NOT_ARTICLE = "not_article"
    FILE = "file"
    BROKEN = "broken"
    SAME_BODY = "same_body"
    REDIRECT = "redirect"
    GONE = "gone"
    LEFT_OUT = "left_out"
    NOT_HELD = "not_held"
    REFUSED = "refused"
    FAILED = "failed"


class CaptureKind(StrEnum):
    """What the address of a capture looks like."""

    ARTICLE = "article"
    LISTING = "listing"
    FEED = "feed"
    SITEMAP = "sitemap"
    UNKNOWN = "unknown"
    FILE = "file"
    OTHER = "other"


class Rank:
    """The order in which captures are fetched: the lowest first, then the earliest.

    Records of the kind revisit come after the records with bodies, and pages at an address that
    redirects to another one after the pages of that one.
    """

    REDIRECT = 0
    LISTING = 10
    PAGE = 20
    FILE = 30
    REVISIT = 1
    REDIRECTED = 4


@dataclass(frozen=True, slots=True)
class PlannedCapture:
    """A capture as its index lists it; ``captured_at`` is ISO 8601 in UTC."""

    url: str
    url_key: str
    captured_at: str
    kind: CaptureKind
    rank: int
    http_status: int | None
    media_type: str
    digest: str
    warc_file: str | None
    warc_offset: int | None
    length: int | None
    is_revisit: bool


@dataclass(frozen=True, slots=True)
class ListedCapture(PlannedCapture):
    """A line of an index, with an outcome if the line itself says all."""

    outcome: CaptureOutcome | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class WaitingCapture(PlannedCapture):
    """A row of the plan that waits to be fetched."""

    id: int
    source: str
    service: str
    attempts: int

    @property
    def moment(self) -> datetime:
        """When the site sent it."""
        return datetime.fromisoformat(self.captured_at)


@dataclass(frozen=True, slots=True)
class CaptureResult:
    """How a capture ended. ``capture`` is the row of ``captures`` that holds its body."""

    outcome: CaptureOutcome
    reason: str | None = None
    redirects_to: str | None = None
    same_as: int | None = None
    capture: int | None = None
    digest_matches: bool | None = None


LISTED_COLUMNS = ", ".join(one.name for one in fields(ListedCapture))
WAITING_COLUMNS = ", ".join(one.name for one in fields(WaitingCapture))

ADD = (
    "INSERT OR IGNORE INTO archived_captures"
    f" (source, service, query, settled_at, {LISTED_COLUMNS})"
    f" VALUES (?, ?, ?, ?, {', '.join('?' * len(fields(ListedCapture)))})"
)


def add_listed(
    db: Database,
    source: str,
    service: str,
    query: int,
    listed: Sequence[ListedCapture],
    moment: datetime,
) -> int:
    """Add lines of an index to the plan; returns how many are new.

    The caller holds the transaction.
    """
    before, settled_at = db.conn.total_changes, to_utc_iso(moment)
    db.conn.executemany(
        ADD,
        (
            (source, service, query, settled_at if one.outcome else None, *astuple(one))
            for one in listed
        ),
    )
    return db.conn.total_changes - before


@dataclass(frozen=True, slots=True)
class Span:
    """The captures that a recovery is about: of these times (ISO 8601, UTC), both included."""

    since: str = NO_TIME
    until: str = LAST_TIME

    @classmethod
    def between(cls, since: datetime | None, until: datetime | None) -> Span:
        """Return the span between two moments, None without limit."""
        return cls(
            to_utc_iso(since) if since else NO_TIME, to_utc_iso(until) if until else LAST_TIME
        )


def next_waiting(
    db: Database,
    source: str,
    services: Sequence[str],
    span: Span,
    tried_before: datetime,
    below: int | None = None,
) -> WaitingCapture | None:
    """Return the capture that is to be fetched next from one of the services, or None.

    One that was tried before comes after all others, so that it does not keep them back; if it was
    tried since ``tried_before``, it is left to the next recovery. ``below`` is the rank from which
    on captures are left for later.
    """
    for tried in ("tried_at IS NULL", "tried_at < :before"):
        found = [
            _waiting_of(row)
            for service in services
            for row in db.execute(
                f"SELECT {WAITING_COLUMNS} FROM archived_captures WHERE outcome IS NULL"
                " AND source = :source AND service = :service"
                " AND captured_at BETWEEN :since AND :until"
                f" AND rank < :below AND {tried}"
                " ORDER BY rank, captured_at, id LIMIT 1",
                {
                    "source": source,
                    "service": service,
                    "since": span.since,
                    "until": span.until,
                    "before": to_utc_iso(tried_before),
                    "below": 1_000 if below is None else below,
                },
            ).fetchall()
        ]
        if found:
            return min(found, key=lambda one: (one.rank, one.captured_at, one.id))
    return None


def _waiting_of(row: tuple[Any, ...]) -> WaitingCapture:
    values = dict(zip((one.name for one in fields(WaitingCapture)), row, strict=True))
    kind, is_revisit = CaptureKind(values["kind"]), bool(values["is_revisit"])
    return WaitingCapture(**values | {"kind": kind, "is_revisit": is_revisit})


def set_outcome(db: Database, row: int, result: CaptureResult, moment: datetime) -> None:
    """Store how a capture ended. The caller holds the transaction."""
    db.execute(
        "UPDATE archived_captures SET outcome = :outcome, reason = :reason,"
        " settled_at = :moment, redirects_to = :target, same_as = :same_as, capture = :capture,"
        " digest_matches = coalesce(:matches, digest_matches) WHERE id = :id",
        {
            "outcome": result.outcome,
            "reason": result.reason,
            "moment": to_utc_iso(moment),
            "target": result.redirects_to,
            "same_as": result.same_as,
            "capture": result.capture,
            "matches": result.digest_matches,
            "id": row,
        },
    )


def postpone_capture(db: Database, row: int, moment: datetime) -> None:
    """Let a capture wait until all others were tried. The caller holds the transaction."""
    db.execute("UPDATE archived_captures SET tried_at = ? WHERE id = ?", [to_utc_iso(moment), row])


def note_attempt(db: Database, row: int, reason: str, moment: datetime) -> bool:
    """Count an attempt that failed; returns whether it was the last one.

    The caller holds the transaction.
    """
    db.execute(
        "UPDATE archived_captures SET attempts = attempts + 1, tried_at = :moment,"
        " reason = :reason, outcome = iif(attempts + 1 >= :most, 'failed', NULL),"
        " settled_at = iif(attempts + 1 >= :most, :moment, NULL) WHERE id = :id",
        {"moment": to_utc_iso(moment), "reason": reason, "most": MAX_ATTEMPTS, "id": row},
    )
    outcome = db.execute("SELECT outcome FROM archived_captures WHERE id = ?", [row]).fetchone()[0]
    return outcome is not None


def reopen_files(db: Database, source: str) -> None:
    """Let files wait again that no article named, or that the source did not keep.

    The caller holds the transaction.
    """
    db.execute(
        "UPDATE archived_captures SET outcome = NULL, reason = NULL, settled_at = NULL"
        " WHERE source = ? AND outcome = 'left_out' AND kind = 'file'"
        " AND reason IN ('files_not_kept', 'not_named')",
        [source],
    )
