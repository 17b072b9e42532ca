"""After a run: note verdicts, tell whoever wants to know, give the sign of life."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from scraper.clock import now
from scraper.configuration import Configuration
from scraper.errors import UsageError
from scraper.nightly.digest import NIGHTLY, Digest, write_digest
from scraper.nightly.heartbeat import beat
from scraper.nightly.judging import judge_sources
from scraper.nightly.punctuality import judge_runs
from scraper.store.database import open_database
from scraper.store.runs import list_runs, read_run
from scraper.store.verdicts import mark_told, note_verdicts, untold_changes

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Alert:
    """What there was to tell (None: nothing), and whether it went out to everybody."""

    digest: Digest | None
    was_sent: bool


def report_night(configuration: Configuration, problems: Mapping[str, str]) -> Alert:
    """Note the verdicts after a run, send what changed, and beat where the run was good.

    ``problems`` are what is wrong with entries of the registry. What cannot be sent is told with
    the next report. Raises StoreError where the database cannot be used, UsageError where alerts
    are wanted and Apprise is not installed.
    """
    db = open_database(configuration.database)
    runs = list_runs(db)
    judged = judge_sources(db, now(), problems)
    healths = {slug: health for slug, (_, health) in judged.items()}
    note_verdicts(db, {NIGHTLY: judge_runs(runs, now()), **healths}, now())
    if runs and runs[0]["state"] in ("done", "partial"):
        finished = datetime.fromisoformat(runs[0]["finished_at"])
        beat(configuration.database, finished, configuration.ping)
    changes = untold_changes(db)
    if not changes:
        return Alert(None, was_sent=False)
    digest = write_digest(changes, read_run(db, runs[0]["id"]) if runs else None)
    was_sent = bool(configuration.alerts) and send(digest, configuration.alerts)
    if was_sent or not configuration.alerts:
        mark_told(db)
    return Alert(digest, was_sent)


def send(digest: Digest, addresses: Sequence[str]) -> bool:
    """Send a digest to Apprise addresses (mailto://, json://, …); whether all of them took it.

    Raises UsageError where Apprise is not installed or does not understand an address; the
    address, which holds passwords, is named by its place only.
    """
    try:
        from apprise import Apprise
    except ImportError as error:
        raise UsageError("`alerts` needs Apprise: pip install tinhuyen[alerts]") from error
    for library in ("apprise", "urllib3"):  # their lines print addresses with passwords
        logging.getLogger(library).setLevel(logging.CRITICAL + 1)
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
