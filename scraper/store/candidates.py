"""The table ``candidates``: hosts that may be the portals of units, and what a look showed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from scraper.base.clock import to_utc_iso

ADD = """
INSERT INTO candidates (
    host, url, unit_code, name, level, province_code, found_by, found_on, first_seen_at, due_at
) VALUES (
    :host, :url, :unit_code, :name, :level, :province_code, :found_by, :found_on, :now, :now
) ON CONFLICT (host) DO UPDATE SET
    url = excluded.url,
    name = excluded.name,
    level = excluded.level,
    found_by = excluded.found_by,
    found_on = excluded.found_on,
    due_at = iif(unit_code IS excluded.unit_code OR verdict IS 'no_name', due_at, excluded.due_at),
    verdict = iif(unit_code IS excluded.unit_code OR verdict IS 'no_name', verdict, NULL),
    unit_code = excluded.unit_code
WHERE found_by IN ('pattern', 'catalogue') AND excluded.found_by NOT IN ('pattern', 'catalogue')
    AND verdict IS NOT 'portal'
"""
"""A link is better evidence than a usual name or the catalogue: it may even name another unit."""

RECORD = """
UPDATE candidates SET
    attempts = iif(verdict IS :verdict, attempts + 1, 1),
    verdict = :verdict,
    reason = :reason,
    platform = :platform,
    newest_article = :newest_article,
    landed_url = :landed_url,
    fingerprint = :fingerprint,
    looked_at = :looked_at,
    due_at = :due_at,
    requests = :requests,
    run = :run
WHERE host = :host
"""

GIVE = """
UPDATE candidates SET unit_code = :unit_code, name = :name, level = :level WHERE host = :host
"""

DUE = """
SELECT * FROM candidates
WHERE province_code IN (SELECT value FROM json_each(:provinces)) AND due_at <= :now
    AND run IS NOT :run
    AND (found_by NOT IN ('pattern', 'catalogue') OR verdict IS NOT 'no_name')
ORDER BY found_by, first_seen_at, host
"""

SHOWN = """
SELECT candidates.*, run IS :run AS is_new FROM candidates
WHERE province_code IN (SELECT value FROM json_each(:provinces))
    AND (run IS :run OR verdict = 'portal')
ORDER BY province_code, unit_code IS NULL, unit_code, host
"""

MIRRORED = """
SELECT portal.host AS portal, mirror.host AS mirror, portal.unit_code AS unit_code
FROM candidates AS portal JOIN candidates AS mirror USING (fingerprint, unit_code, run)
WHERE run = :run AND portal.verdict = 'portal' AND mirror.verdict = 'mirror'
ORDER BY portal.host, mirror.host
"""

JUDGE_AGAIN = """
UPDATE candidates SET verdict = :verdict, reason = :reason, due_at = :due_at WHERE host = :host
"""


def add_candidates(db: Database, rows: Iterable[Mapping[str, Any]], moment: datetime) -> None:
    """Add hosts to look at; one that is known keeps its verdict. The caller holds the transaction.

    ``rows`` have the columns of the table up to ``found_on``.
    """
    for row in rows:
        db.execute(ADD, {**row, "now": to_utc_iso(moment)})


def due_candidates(
    db: Database, provinces: Collection[str], run: int, moment: datetime
) -> list[dict[str, Any]]:
    """Return the hosts that are to be looked at in a run.

    Names without a link that do not exist are not among them: they are tried again.
    """
    values = {"provinces": json.dumps(list(provinces)), "now": to_utc_iso(moment), "run": run}
    return list(db.query(DUE, values))


def attempts_with(db: Database, host: str, verdict: str) -> int:
    """Return how many looks in a row at a host ended with a verdict."""
    row = db.execute(
        "SELECT attempts FROM candidates WHERE host = ? AND verdict = ?", [host, verdict]
    ).fetchone()
    return row[0] if row else 0


def record_look(db: Database, values: Mapping[str, Any]) -> None:
    """Store what a look at a host showed. The caller holds the transaction."""
    db.execute(RECORD, dict(values))


def give_to(db: Database, host: str, unit_code: str | None, name: str, level: str) -> None:
    """Store whose a host is by its page. The caller holds the transaction."""
    db.execute(GIVE, {"host": host, "unit_code": unit_code, "name": name, "level": level})


def known_hosts(db: Database, moment: datetime) -> set[str]:
    """Return the candidates, without names that did not exist and are due again."""
    rows = db.execute(
        "SELECT host FROM candidates WHERE verdict IS NOT 'no_name' OR due_at > ?",
        [to_utc_iso(moment)],
    )
    return {host for (host,) in rows.fetchall()}


def found_units(db: Database) -> set[str]:
    """Return the codes of units of which a portal was found."""
    return {code for code, _ in found_portals(db)}


def found_portals(db: Database) -> list[tuple[str, str]]:
    """Return the portals of units that were found: unit (code) and URL."""
    rows = db.execute(
        "SELECT unit_code, url FROM candidates WHERE verdict = 'portal' AND unit_code NOT NULL"
    )
    return [(code, url) for code, url in rows.fetchall()]


def portal_urls(db: Database) -> dict[str, str]:
    """Return the URLs of the portals that were found, by the fingerprint of their home page."""
    rows = db.execute(
        "SELECT fingerprint, url FROM candidates WHERE verdict = 'portal' AND fingerprint NOT NULL"
    )
    return dict(rows.fetchall())


def count_guesses(db: Database, since: datetime) -> int:
    """Return how many names to which nobody links were asked for since a moment."""
    sql = (
        "SELECT count(*) FROM candidates"
        " WHERE found_by IN ('pattern', 'catalogue') AND looked_at > ?"
    )
    return int(db.execute(sql, [to_utc_iso(since)]).fetchone()[0])


def count_verdicts(db: Database, run: int) -> dict[str, int]:
    """Return how many hosts a discovery judged, by verdict, most first."""
    rows = db.execute(
        "SELECT verdict, count(*) FROM candidates WHERE run = ? GROUP BY verdict"
        " ORDER BY count(*) DESC, verdict",
        [run],
    )
    return dict(rows.fetchall())


def shown_candidates(db: Database, provinces: Collection[str], run: int) -> list[dict[str, Any]]:
    """Return the hosts that a discovery looked at, and all portals found in its provinces before.

    ``is_new`` is 1 for the former.
    """
    return list(db.query(SHOWN, {"provinces": json.dumps(list(provinces)), "run": run}))


def live_units(db: Database) -> set[str]:
    """Return the codes of units of which a run has read a source."""
    rows = db.execute("SELECT unit_code FROM sources WHERE unit_code NOT NULL AND state = 'live'")
    return {code for (code,) in rows.fetchall()}


def mirrored_portals(db: Database, run: int) -> list[dict[str, Any]]:
    """Return the portals that a discovery found, with each host that shows the same for the unit.

    The columns are ``portal``, ``mirror`` and ``unit_code``.
    """
    return list(db.query(MIRRORED, {"run": run}))


def exchange_verdicts(db: Database, portal: str, mirror: str, reason: str) -> None:
    """Make a mirror the portal, and the portal its mirror for a reason.

    The caller holds the transaction.
    """
    rows = {
        host: next(
            db.query("SELECT verdict, reason, due_at FROM candidates WHERE host = ?", [host])
        )
        for host in (portal, mirror)
    }
    db.execute(JUDGE_AGAIN, {**rows[portal], "host": mirror})
    db.execute(JUDGE_AGAIN, {**rows[mirror], "host": portal, "reason": reason})


def lost_units(db: Database) -> set[str]:
    """Return the codes of units whose sources have all moved, died or been taken over."""
    rows = db.execute(
        "SELECT unit_code FROM sources WHERE unit_code NOT NULL GROUP BY unit_code"
        " HAVING min(state IN ('moved', 'dead', 'hijacked'))"
    )
    return {code for (code,) in rows.fetchall()}
