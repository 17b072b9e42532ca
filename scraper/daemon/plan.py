"""The daemon's next start, in ``tinhuyen.daemon`` beside the database: for status and metrics."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from scraper.base.atomic_file import atomic_write
from scraper.base.clock import to_utc_iso
from scraper.base.lock import is_held


def write_plan(database: Path, start: datetime | None) -> None:
    """Write when the daemon will start its next run, if that has changed."""
    text = json.dumps({"next_start_at": to_utc_iso(start) if start else None})
    path = _path(database)
    if not path.is_file() or path.read_text() != text:
        with atomic_write(path) as out:
            out.write(text.encode())


def next_start(database: Path) -> datetime | None:
    """When a running daemon will start its next run; None if no daemon is running."""
    return planned_start(database) if is_held(database, "daemon") else None


def planned_start(database: Path) -> datetime | None:
    """The start that the last daemon planned; None if there was no daemon."""
    try:
        start = json.loads(_path(database).read_text())["next_start_at"]
    except (OSError, ValueError):
        return None
    return datetime.fromisoformat(start) if start else None


def _path(database: Path) -> Path:
    return database.with_suffix(".daemon")
