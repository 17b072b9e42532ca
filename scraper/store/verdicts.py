"""The table ``verdicts``: each change of a source's verdict, and whether it was reported."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from scraper.base.clock import to_utc_iso
from scraper.store.source_record import Health, Verdict

logger = logging.getLogger(__name__)

CALM = (Verdict.NEW, Verdict.FINE)
"""Verdicts between which a change is not reported; a source starts with one of them."""


RENEW = """
UPDATE verdicts SET reason = :reason, since = :since
WHERE rowid = (SELECT max(rowid) FROM verdicts WHERE source = :source)
    AND (reason IS NOT :reason OR since IS NOT :since)
"""

STANDING = """
SELECT source, verdict, reason, since, max(rowid) FROM verdicts AS each GROUP BY source
HAVING coalesce(
    (SELECT max(run) FROM run_sources WHERE source = each.source AND run <= :ended), 0
) <= :reported
"""


@dataclass(frozen=True, slots=True)
class Change:
    """A source (its slug, ``*`` for the nightly run) whose verdict changed, and why."""

    source: str
    before: Verdict
    after: Verdict
    reason: str


def note_verdicts(db: Database, healths: Mapping[str, Health], moment: datetime) -> None:
    """Store each verdict that differs from the last stored one, and why the others hold now.

    The caller holds the transaction.
    """
    noted = latest_verdicts(db)
    for source, health in healths.items():
        before = noted.get(source, Verdict.NEW)
        since = to_utc_iso(health.since) if health.since else None
        if source in noted and before is health.verdict:
            db.execute(RENEW, {"source": source, "reason": health.reason, "since": since})
            continue
        is_news = not (before in CALM and health.verdict in CALM)
        if is_news:
            logger.warning(
                "verdict changed source=%s before=%s after=%s reason=%r",
                source, before, health.verdict, health.reason,
            )  # fmt: skip
        db.table("verdicts").insert(
            {
                "source": source,
                "noted_at": to_utc_iso(moment),
                "verdict": health.verdict,
                "reason": health.reason,
                "since": since,
                "told": not is_news,
            }
        )


def latest_verdicts(db: Database, reported_only: bool = False) -> dict[str, Verdict]:
    """Return the latest verdict of each source; with ``reported_only`` the latest reported one."""
    told = "WHERE told" if reported_only else ""
    rows = db.execute(f"SELECT source, verdict FROM verdicts {told} ORDER BY rowid").fetchall()
    return {source: Verdict(verdict) for source, verdict in rows}


def standing_verdicts(db: Database, ended: int, reported: int) -> dict[str, Health]:
    """Return the latest verdicts of the sources that no run has crawled since they were noted.

    ``ended`` is the run that ended last, ``reported`` the one after which verdicts were noted.
    """
    rows = db.execute(STANDING, {"ended": ended, "reported": reported}).fetchall()
    return {
        source: Health(Verdict(verdict), reason, since and datetime.fromisoformat(since))
        for source, verdict, reason, since, _ in rows
    }


def noted_since(db: Database, source: str, verdict: Verdict) -> datetime | None:
    """Return since when a source has this verdict, None if its latest one is another."""
    row = db.execute(
        "SELECT noted_at, verdict FROM verdicts WHERE source = ? ORDER BY rowid DESC LIMIT 1",
        [source],
    ).fetchone()
    return datetime.fromisoformat(row[0]) if row and row[1] == verdict else None


def unreported_changes(db: Database) -> list[Change]:
    """Return what changed since the last report, one change a source, none if it changed back."""
    before = latest_verdicts(db, reported_only=True)
    rows = db.execute(
        "SELECT source, verdict, reason FROM verdicts WHERE NOT told ORDER BY rowid"
    ).fetchall()
    latest = {source: (Verdict(verdict), reason) for source, verdict, reason in rows}
    changes = [
        Change(source, before.get(source, Verdict.NEW), after, reason)
        for source, (after, reason) in latest.items()
    ]
    return [change for change in changes if change.before is not change.after]


def mark_reported(db: Database) -> None:
    """Store that every change was reported. The caller holds the transaction."""
    db.execute("UPDATE verdicts SET told = 1 WHERE NOT told")
