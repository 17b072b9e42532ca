"""After a run: store the verdicts, alert about those that changed, write the heartbeat.

The heartbeat is the sign of life after each good run, for a dead-man's switch. It lies beside the
database as ``tinhuyen.heartbeat``: its time of change, like its text, is the end of that run.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from scraper.base.atomic_file import atomic_write
from scraper.base.clock import now, to_utc_iso
from scraper.base.errors import UsageError
from scraper.config.configuration import Configuration
from scraper.config.registry import Catalogue
from scraper.monitoring.health import NIGHTLY_RUN, check_runs, check_sources
from scraper.store.database import open_database
from scraper.store.runs import last_ended, nightly_runs, read_run
from scraper.store.verdicts import Change, mark_reported, note_verdicts, unreported_changes

PING_SECONDS = 15

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Digest:
    """The text of an alert: a title of one line, and a body of a few."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Alert:
    """The alert after a run (None: nothing changed), and whether all addresses took it."""

    digest: Digest | None
    was_sent: bool


def report_run(configuration: Configuration, catalogue: Catalogue) -> Alert:
    """Store the verdicts after a run, send what changed, and beat if the run was good.

    What cannot be sent is sent with the next report. Raises StoreError if the database cannot be
    used, UsageError if alerts are configured and Apprise is not installed.
    """
    with closing(open_database(configuration.database)) as db:
        checks = check_sources(db, now(), catalogue)
        healths = {slug: health for slug, (_, health) in checks.items()}
        note_verdicts(db, {NIGHTLY_RUN: check_runs(nightly_runs(db), now()), **healths}, now())
        latest = last_ended(db)
        if latest is not None and latest["state"] in ("done", "partial"):
            finished = datetime.fromisoformat(latest["finished_at"])
            beat(configuration.database, finished, configuration.ping)
        changes = unreported_changes(db)
        if not changes:
            return Alert(None, was_sent=False)
        digest = write_digest(changes, read_run(db, latest["id"]) if latest else None)
        was_sent = bool(configuration.alerts) and send(digest, configuration.alerts)
        if was_sent or not configuration.alerts:
            mark_reported(db)
    return Alert(digest, was_sent)


def write_digest(changes: Sequence[Change], run: Mapping[str, Any] | None) -> Digest:
    """Write the text about changed verdicts and about the latest run, a row with its sources."""
    broke = [change for change in changes if not change.after.is_well]
    recovered = [change for change in changes if change.after.is_well and not change.before.is_well]
    other = [change for change in changes if change not in broke and change not in recovered]
    title = f"tinhuyen: {len(broke)} broke, {len(recovered)} recovered"
    parts = [
        _list_changes("Broke", broke),
        _list_changes("Recovered", recovered),
        _list_changes("Changed", other),
        _list_new(run) if run else "",
    ]
    return Digest(title, "\n\n".join(filter(None, parts)))


def _list_changes(heading: str, changes: Sequence[Change]) -> str:
    lines = [
        f"- {'the nightly run' if change.source == NIGHTLY_RUN else change.source}: "
        f"{change.before} → {change.after} ({change.reason})"
        for change in changes
    ]
    return "\n".join([f"{heading}:", *lines]) if lines else ""


def _list_new(run: Mapping[str, Any]) -> str:
    sources = sorted(run["sources"], key=lambda source: source["new"], reverse=True)
    lines = [f"- {source['source']}: {source['new']}" for source in sources if source["new"]]
    heading = f"Run {run['id']} ({run['state']}), new articles and notices: {run['new']}"
    return "\n".join([heading, *lines])


def send(digest: Digest, addresses: Sequence[str]) -> bool:
    """Send a digest to Apprise addresses (mailto://, json://, …); returns whether all took it.

    Raises UsageError if Apprise is not installed or does not understand an address. The message
    names the address by its number only, since it holds passwords.
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
