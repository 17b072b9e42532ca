"""`tinhuyen status`: whether each source is well."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from scraper.commands.session import Session, Verb, table

if TYPE_CHECKING:
    from scraper.health import Health

COLUMNS = ("source", "verdict", "reason", "since", "last_success_at")


@click.command("status", cls=Verb)
@click.pass_obj
def command(session: Session) -> int:
    r"""Tell whether each source is well, against its own past. Exit code 3: one is not.

    \b
    Examples:
      tinhuyen status
      tinhuyen status --json
    """
    from scraper.clock import now
    from scraper.health import judge
    from scraper.store.history import read_record
    from scraper.store.runs import list_runs

    db = session.read_database()
    runs = list_runs(db, limit=1)
    rows = list(db.query("SELECT slug, last_success_at FROM sources WHERE enabled ORDER BY slug"))
    healths = [judge(read_record(db, row["slug"], now())) for row in rows]
    sources = [_row(row, health) for row, health in zip(rows, healths, strict=True)]
    value = {"last_run": runs[0] if runs else None, "sources": sources}
    head = _last(runs[0]) if runs else "no run yet"
    session.show(value, f"{head}\n\n{table(sources, COLUMNS)}")
    return 0 if all(health.verdict.is_well for health in healths) else 3


def _row(source: dict[str, Any], health: Health) -> dict[str, Any]:
    since: datetime | None = health.since
    return {
        **asdict(health),
        "source": source["slug"],
        "since": since.isoformat() if since else None,
        "last_success_at": source["last_success_at"],
    }


def _last(run: dict[str, Any]) -> str:
    return (
        f"last run {run['id']} ({run['trigger']}): {run['state']}, began {run['started_at']}, "
        f"{run['new']} new, {run['updated']} updated, {run['failed']} failed"
    )
