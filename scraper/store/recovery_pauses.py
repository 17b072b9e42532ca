"""When a web archive was last asked, and until when it asked for a pause: recovery_pauses."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlite_utils import Database

SELECT_PAUSES = """
SELECT index_at, page_at, stopped_until, stops, night FROM recovery_pauses WHERE service = ?
"""

UPSERT_PAUSES = """
INSERT INTO recovery_pauses (service, index_at, page_at, stopped_until, stops, night)
VALUES (:service, :index_at, :page_at, :stopped_until, :stops, :night)
ON CONFLICT (service) DO UPDATE SET index_at = excluded.index_at, page_at = excluded.page_at,
    stopped_until = excluded.stopped_until, stops = excluded.stops, night = excluded.night
"""


@dataclass(frozen=True, slots=True)
class Pauses:
    """A row of recovery_pauses.

    ``index_at`` and ``page_at`` are the times (UTC, with fractions of a second) of the latest
    requests for an index and for a capture. ``stops`` counts how often the service asked for a
    pause in the night that began on the day ``night`` (ISO 8601).
    """

    index_at: datetime | None = None
    page_at: datetime | None = None
    stopped_until: datetime | None = None
    stops: int = 0
    night: str | None = None


def read_pauses(db: Database, service: str) -> Pauses:
    """Return the row of a service, an empty one if it was never asked."""
    row = db.execute(SELECT_PAUSES, [service]).fetchone()
    if row is None:
        return Pauses()
    index_at, page_at, stopped_until, stops, night = row
    return Pauses(_moment(index_at), _moment(page_at), _moment(stopped_until), stops, night)


def write_pauses(db: Database, service: str, pauses: Pauses) -> None:
    """Store the row of a service; call it in a transaction."""
    values = {
        name: _text(value) if isinstance(value, datetime) else value
        for name, value in asdict(pauses).items()
    }
    db.execute(UPSERT_PAUSES, {"service": service, **values})


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _text(moment: datetime) -> str:
    """Return a time in UTC with microseconds: a pause of a second is shorter than its rounding."""
    plain = moment.astimezone(UTC).replace(tzinfo=None)
    return plain.isoformat(timespec="microseconds") + "Z"
