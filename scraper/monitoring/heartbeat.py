"""Signs of life beside the database: when the last good run ended, and what the daemon plans.

``tinhuyen.heartbeat`` is for a dead-man's switch: its time of change, like its text, is the end
of the last good run. ``tinhuyen.daemon`` is the daemon's own, for ``status`` and the metrics.
"""

from __future__ import annotations

import json
import logging
from datetime import datetime
from pathlib import Path
from urllib.request import Request, urlopen

from scraper.base.atomic_file import atomic_write
from scraper.base.clock import to_utc_iso
from scraper.base.lock import is_held

PING_SECONDS = 15

logger = logging.getLogger(__name__)


def beat(database: Path, moment: datetime, ping: str | None) -> None:
    """Note a good run in the heartbeat file, then ask for the address of a dead-man's switch."""
    _write(database.with_suffix(".heartbeat"), to_utc_iso(moment) + "\n")
    if ping is None:
        return
    try:
        with urlopen(Request(ping, method="GET"), timeout=PING_SECONDS):  # its key is in the URL
            logger.info("ping sent")
    except (OSError, ValueError) as error:
        logger.warning("ping failed reason=%s", type(error).__name__)


def last_beat(database: Path) -> datetime | None:
    """When the last good run ended, None where none did."""
    try:
        return datetime.fromisoformat(database.with_suffix(".heartbeat").read_text().strip())
    except (OSError, ValueError):
        return None


def plan_next(database: Path, start: datetime | None) -> None:
    """Note when the daemon will start its next run, where that has changed."""
    text = json.dumps({"next_start_at": to_utc_iso(start) if start else None})
    path = database.with_suffix(".daemon")
    if not path.is_file() or path.read_text() != text:
        _write(path, text)


def next_start(database: Path) -> datetime | None:
    """When a living daemon will start its next run; None where no daemon lives."""
    return planned_start(database) if is_held(database, "daemon") else None


def planned_start(database: Path) -> datetime | None:
    """The start that the last daemon noted, None where there was none."""
    try:
        start = json.loads(database.with_suffix(".daemon").read_text())["next_start_at"]
    except (OSError, ValueError):
        return None
    return datetime.fromisoformat(start) if start else None


def _write(path: Path, text: str) -> None:
    with atomic_write(path) as out:
        out.write(text.encode())
