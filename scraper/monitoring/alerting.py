"""After a run: note verdicts, tell whoever wants to know, give the sign of life."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from scraper.base.clock import now
from scraper.base.errors import UsageError
from scraper.config.configuration import Configuration
from scraper.config.registry import Catalogue
from scraper.monitoring.check_sources import check_sources
from scraper.monitoring.digest import NIGHTLY, Digest, write_digest
from scraper.monitoring.heartbeat import beat, last_beat
from scraper.monitoring.run_health import check_runs
from scraper.store.database import open_database
from scraper.store.runs import last_ended, nightly_runs, read_run
from scraper.store.verdicts import mark_reported, note_verdicts, unreported_changes

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Alert:
    """What there was to tell (None: nothing), and whether it went out to everybody."""

    digest: Digest | None
    was_sent: bool


def report_night(configuration: Configuration, catalogue: Catalogue) -> Alert:
    """Note the verdicts after a run, send what changed, and beat where the run was good.

    What cannot be sent is told with the next report. Raises StoreError where the database cannot
    be used, UsageError where alerts are wanted and Apprise is not installed.
    """
    with closing(open_database(configuration.database)) as db:
        judged = check_sources(db, now(), catalogue)
        healths = {slug: health for slug, (_, health) in judged.items()}
        note_verdicts(db, {NIGHTLY: check_runs(nightly_runs(db), now()), **healths}, now())
        latest = last_ended(db)
        if latest is not None and latest["state"] in ("done", "partial"):
            _beat_once(configuration, datetime.fromisoformat(latest["finished_at"]))
        changes = unreported_changes(db)
        if not changes:
            return Alert(None, was_sent=False)
        digest = write_digest(changes, read_run(db, latest["id"]) if latest else None)
        was_sent = bool(configuration.alerts) and send(digest, configuration.alerts)
        if was_sent or not configuration.alerts:
            mark_reported(db)
    return Alert(digest, was_sent)


def _beat_once(configuration: Configuration, finished: datetime) -> None:
    """Give one sign of life a run: a dead-man's switch that hears of an old one never falls."""
    before = last_beat(configuration.database)
    if before is None or finished > before:
        beat(configuration.database, finished, configuration.ping)


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
