"""The sign of life after each good run, for a dead-man's switch.

``tinhuyen.heartbeat`` lies beside the database: its time of change, like its text, is the end of
the last good run.
"""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path
from urllib.request import Request, urlopen

from scraper.base.atomic_file import atomic_write
from scraper.base.clock import to_utc_iso

PING_SECONDS = 15

logger = logging.getLogger(__name__)


def beat(database: Path, moment: datetime, ping: str | None) -> None:
    """Write the end of a good run to the heartbeat file and request ``ping``, once for each run.

    A second request for the same run would keep a dead-man's switch from noticing that no run
    came after it.
    """
    before = last_beat(database)
    if before is not None and moment <= before:
        return
    with atomic_write(_path(database)) as out:
        out.write(f"{to_utc_iso(moment)}\n".encode())
    if ping is None:
        return
    try:
        with urlopen(Request(ping, method="GET"), timeout=PING_SECONDS):  # its key is in the URL
            logger.info("ping sent")
    except (OSError, ValueError) as error:
        logger.warning("ping failed reason=%s", type(error).__name__)


def last_beat(database: Path) -> datetime | None:
    """When the last good run ended; None if there was none."""
    try:
        return datetime.fromisoformat(_path(database).read_text().strip())
    except (OSError, ValueError):
        return None


def _path(database: Path) -> Path:
    return database.with_suffix(".heartbeat")
