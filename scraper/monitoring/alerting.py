"""After a run: store the verdicts, alert about those that changed, write the heartbeat.

The heartbeat is the sign of life after each good run, for a dead-man's switch. It lies beside the
database as ``tinhuyen.heartbeat``: its time of change, like its text, is the end of that run.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from sqlite_utils import Database

from scraper.base.atomic_file import atomic_write
from scraper.base.clock import now, to_utc_iso
from scraper.base.lock import lock
from scraper.base.messages import VIETNAMESE
from scraper.base.watch import Watch
from scraper.config.configuration import Configuration
from scraper.config.registry import Catalogue
from scraper.monitoring.delivery import Failure, deliver
from scraper.monitoring.digest import (
    MAX_CHANGED,
    MAX_OF_SOURCE,
    Digest,
    DigestWriter,
    write_changes,
)
from scraper.monitoring.health import NIGHTLY_RUN, check_runs, check_sources
from scraper.monitoring.mail import list_name
from scraper.store.alerts import Message, new_id, queue_message
from scraper.store.article_changes import (
    News,
    advance,
    has_read,
    last_run_read,
    position,
    read_news,
)
from scraper.store.database import open_database, trial_transaction, write_transaction
from scraper.store.runs import last_ended, nightly_runs, read_run
from scraper.store.source_record import Health
from scraper.store.verdicts import Change, mark_reported, note_verdicts, unreported_changes
from scraper.store.watches import NOBODY, WatchHits, find_hits, last_night, mark_told

PING_SECONDS = 15

DEFAULT_LANGUAGE = VIETNAMESE

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Alert:
    """The alert after a run (None: there is nothing to tell), and the addresses that failed.

    ``others`` are the alerts of watches with addresses of their own.
    """

    digest: Digest | None
    others: Sequence[Digest] = ()
    failures: Sequence[Failure] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What is known after a run: the latest run, and how each source and the nightly run are."""

    moment: datetime
    latest: Mapping[str, Any] | None
    healths: Mapping[str, Health]


def report_run(
    configuration: Configuration, catalogue: Catalogue, language: str | None = None
) -> Alert:
    """Store the verdicts after a run, send what is to be told, and beat if the run was good.

    ``language`` is the one that is configured. Without it, all that is sent is in Vietnamese, as
    pages are.
    What cannot be sent is sent with the next report. Raises StoreError if the database cannot be
    used, UsageError if alerts are configured and Apprise is not installed, LockedError if another
    process sends alerts now.
    """
    with (
        lock(configuration.database, "alert"),
        closing(open_database(configuration.database)) as db,
    ):
        report = _examine(db, catalogue)
        latest = report.latest
        if latest is not None and latest["state"] in ("done", "partial"):
            finished = datetime.fromisoformat(latest["finished_at"])
            beat(configuration.database, finished, configuration.ping)
        with write_transaction(db):
            alert = _write(db, configuration, report, language)
        return replace(alert, failures=deliver(db, configuration))


def preview_report(
    configuration: Configuration, catalogue: Catalogue, language: str | None = None
) -> Alert:
    """Return what `report_run` would send now, and change nothing."""
    with closing(open_database(configuration.database)) as db:
        report = _examine(db, catalogue)
        with trial_transaction(db):
            return _write(db, configuration, report, language)


def _examine(db: Database, catalogue: Catalogue) -> Report:
    moment = now()
    checks = check_sources(db, moment, catalogue)
    healths = {slug: health for slug, (_, health) in checks.items()}
    nightly = check_runs(nightly_runs(db), moment)
    return Report(moment, last_ended(db), {NIGHTLY_RUN: nightly, **healths})


def _write(
    db: Database, configuration: Configuration, report: Report, language: str | None
) -> Alert:
    """Store what is new, write the alerts about it, and queue them.

    The caller holds the transaction.
    """
    note_verdicts(db, report.healths, report.moment)
    writer = DigestWriter(db, language or DEFAULT_LANGUAGE, configuration.browse_url)
    hits = find_hits(db, configuration.watch, report.moment)
    others = [
        _queue_watch(db, writer, found, report.moment)
        for found in hits
        if found.watch.alerts and found.articles
    ]
    shared = [found for found in hits if not found.watch.alerts]
    changes = unreported_changes(db)
    news = _news(db, configuration, report)
    digest = _digest(db, writer, report, shared, changes, news)
    if digest is None and changes:
        run = read_run(db, report.latest["id"]) if report.latest else None
        digest = write_changes(changes, run, language or DEFAULT_LANGUAGE)
    message = NOBODY
    if digest is not None and configuration.alerts:
        about = "changes" if digest.html is None else "digest"
        message = _queue(db, digest, about, configuration.alerts, report.moment)
    for found in shared:
        mark_told(db, found.watch.name, message)
    mark_reported(db)
    run = report.latest["id"] if report.latest else None
    advance(db, "watches", run)
    if news is not None or not configuration.digest:
        advance(db, "digest", run)
    return Alert(digest, others)


def _news(db: Database, configuration: Configuration, report: Report) -> News | None:
    """Return what is new since the last digest; None if no digest is due.

    One is due after each run. The first covers the last night.
    """
    if not configuration.digest or report.latest is None:
        return None
    if last_run_read(db, "digest") == report.latest["id"]:
        return None
    since = "" if has_read(db, "digest") else last_night(db, report.moment)
    return read_news(db, position(db, "digest"), since, MAX_OF_SOURCE, MAX_CHANGED)


def _digest(
    db: Database,
    writer: DigestWriter,
    report: Report,
    hits: Sequence[WatchHits],
    changes: Sequence[Change],
    news: News | None,
) -> Digest | None:
    """Return the news and hits with the health of sources, or None if there are neither."""
    count = sum(len(found.articles) for found in hits)
    if news is None and not count:
        return None
    t, day = writer.t, writer.day(report.moment)
    parts = [
        t("digest_title", date=day, count=news.count) if news is not None else "",
        t("digest_title_watched", count=count) if count else "",
        t("digest_title_changes", count=len(changes)) if changes else "",
    ]
    title = ", ".join(filter(None, parts))
    if news is None:
        title = f"{t('name')} {day}: {title}"
    sections = [
        *writer.of_watches(hits),
        *(writer.of_news(news) if news is not None else ()),
        writer.of_health(report.healths, changes),
    ]
    return writer.whole(title, sections)


def _queue_watch(db: Database, writer: DigestWriter, hits: WatchHits, moment: datetime) -> Digest:
    """Write and queue the alert of a watch with addresses of its own."""
    watch: Watch = hits.watch
    title = writer.t(
        "watch_title", name=watch.name, count=len(hits.articles), date=writer.day(moment)
    )
    digest = writer.whole(title, [writer.of_watch(hits)])
    mark_told(db, watch.name, _queue(db, digest, list_name(watch.name), watch.alerts, moment))
    return digest


def _queue(
    db: Database, digest: Digest, about: str, addresses: Sequence[str], moment: datetime
) -> str:
    """Queue an alert to addresses; returns its id."""
    message = Message(new_id(moment), about, digest.title, digest.body, digest.html)
    queue_message(db, message, addresses, moment)
    return message.id


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
