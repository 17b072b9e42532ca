"""After a run: note verdicts, tell whoever wants to know, give the sign of life."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from scraper.clock import now
from scraper.configuration import Configuration
from scraper.digest import NIGHTLY, Digest, write_digest
from scraper.errors import UsageError
from scraper.health import Health, judge, judge_runs
from scraper.heartbeat import beat
from scraper.store.database import open_database
from scraper.store.history import read_record
from scraper.store.runs import list_runs, read_run
from scraper.store.verdicts import mark_told, note_verdicts, untold_changes

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Alert:
    """What there was to tell (None: nothing), and whether it went out to everybody."""

    digest: Digest | None
    was_sent: bool


def report_night(configuration: Configuration) -> Alert:
    """Note the verdicts after a run, send what changed, and beat where the run was good.

    What cannot be sent is told with the next report. Raises StoreError where the database cannot
    be used, UsageError where alerts are wanted and Apprise is not installed.
    """
    db = open_database(configuration.database)
    note_verdicts(db, healths(db, now()), now())
    runs = list_runs(db, limit=1)
    if runs and runs[0]["state"] in ("done", "partial"):
        finished = datetime.fromisoformat(runs[0]["finished_at"])
        beat(configuration.database, finished, configuration.ping)
    changes = untold_changes(db)
    if not changes:
        return Alert(None, was_sent=False)
    row = read_run(db, runs[0]["id"]) if runs else None
    articles = {source["source"]: source["new"] for source in row["sources"]} if row else {}
    digest = write_digest(changes, articles, row)
    was_sent = bool(configuration.alerts) and send(digest, configuration.alerts)
    if was_sent or not configuration.alerts:
        mark_told(db)
    return Alert(digest, was_sent)


def healths(db: Database, moment: datetime) -> dict[str, Health]:
    """How each enabled source is, and the nightly run."""
    slugs = [row[0] for row in db.execute("SELECT slug FROM sources WHERE enabled ORDER BY slug")]
    judged = {slug: judge(read_record(db, slug, moment)) for slug in slugs}
    return {NIGHTLY: judge_runs(list_runs(db)), **judged}


def send(digest: Digest, addresses: Sequence[str]) -> bool:
    """Send a digest to Apprise addresses (mailto://, json://, …); whether all of them took it.

    Raises UsageError where Apprise is not installed or does not understand an address; the
    address, which holds passwords, is named by its place only.
    """
    try:
        from apprise import Apprise
    except ImportError as error:
        raise UsageError("`alerts` needs Apprise: pip install tinhuyen[alerts]") from error
    logging.getLogger("apprise").disabled = True  # its lines print addresses with passwords
    service = Apprise()
    for number, address in enumerate(addresses, 1):
        if not service.add(address):
            raise UsageError(f"`alerts`: number {number} is no address that Apprise understands")
    was_sent = bool(service.notify(title=digest.title, body=digest.body))
    if was_sent:
        logger.info("alert sent")
    else:
        logger.error("alert failed addresses=%d", len(addresses))
    return was_sent
