"""Which of several hosts of one portal is registered."""

from __future__ import annotations

from itertools import groupby

from sqlite_utils import Database

from pipelines.gazetteer.units import units
from scraper.store.candidates import exchange_verdicts, mirrored_portals
from scraper.store.database import write_transaction


def prefer_usual_hosts(db: Database, run: int) -> None:
    """Let the portal of a unit be the most usual of the hosts that show the same.

    A search looks at hosts in any order, and judges the first of them the portal.
    """
    with write_transaction(db):
        for portal, rows in groupby(mirrored_portals(db, run), lambda row: row["portal"]):
            pairs = [(row["mirror"], row["unit_code"]) for row in rows]
            code = pairs[0][1]
            usual = min((portal, *(host for host, _ in pairs)), key=lambda host: rank(host, code))
            if usual != portal:
                exchange_verdicts(db, portal, usual, f"shows the articles of {usual}")


def rank(host: str, unit_code: str) -> tuple[bool, int, str]:
    """Return what is least for the most usual host of a unit.

    That is the one with the name of the unit; otherwise the shortest.
    """
    unit = units().get(unit_code)
    return unit is None or host.partition(".")[0] != unit.label, len(host), host
