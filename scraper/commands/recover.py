"""`tinhuyen archive recover`: what web archives hold of a source, brought back."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import date, datetime, time, timedelta
from functools import partial
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING

import click

from scraper.base.clock import VIETNAM
from scraper.base.errors import UsageError
from scraper.base.messages import say_count
from scraper.commands.arguments import Verb, read_day
from scraper.commands.recovery_report import exit_code_of, report_text, report_value
from scraper.commands.session import Session

if TYPE_CHECKING:
    from scraper.base.source import Source
    from scraper.config.configuration import Configuration
    from scraper.recovery.options import RecoveryOptions
    from scraper.recovery.report import RecoveryReport
    from scraper.recovery.services import ArchiveService

INTERRUPTED = 130

LONGEST_PAUSE = timedelta(minutes=5)
"""The longest pause of a web archive that is waited for. One that asks for a longer one, or is out
of reach, is left to another call."""


@click.command("recover", cls=Verb)
@click.argument("slug", metavar="SOURCE")
@click.option(
    "--service", "names", multiple=True, metavar="NAME|URL", help="This web archive; repeatable."
)
@click.option("--since", metavar="DATE", callback=read_day, help="No capture before this day.")
@click.option("--until", metavar="DATE", callback=read_day, help="No capture after this day.")
@click.option("--dry-run", is_flag=True, help="Ask the indexes, fetch nothing, show the cost.")
@click.pass_obj
def recover(
    session: Session,
    slug: str,
    names: tuple[str, ...],
    since: date | None,
    until: date | None,
    dry_run: bool,
) -> int:
    """Bring back what web archives hold of a source, as if it had been crawled then.

    Asks the Internet Archive and Common Crawl, or the archives that are named with --service: as
    the address of a collection (pywb), or by the name of a [[web_archive]] of tinhuyen.toml. Each
    is asked for at most one capture a second. What is fetched stays: the same command goes on where
    one ended.

    Exit code 3: a capture could not be had, or an archive asked for a pause; 4: another recovery is
    at work.

    \b
    Examples:
      tinhuyen archive recover hamyen --dry-run
      tinhuyen archive recover hamyen --since 2019-01-01 --until 2025-06-30
      tinhuyen archive recover hamyen --service https://archive.example.org/gov
    """
    from scraper.config.shards import require_own

    catalogue = session.own_catalogue()
    source = catalogue.find(slug)
    require_own(catalogue, source)
    session.warn_of_second_writer()
    services = _services(session.configuration(), names)
    with _stopping() as stop:
        options = _options(session.configuration(), source, since, until, stop, dry_run=dry_run)
        report = _last_report(session, source, services, options, stop)
    is_interrupted = stop.is_set()
    value = report_value(report, is_dry_run=dry_run, is_interrupted=is_interrupted)
    session.show(value, report_text(report, is_dry_run=dry_run, is_interrupted=is_interrupted))
    return INTERRUPTED if is_interrupted else exit_code_of(report, is_dry_run=dry_run)


def _last_report(
    session: Session,
    source: Source,
    services: Sequence[ArchiveService],
    options: RecoveryOptions,
    stop: Event,
) -> RecoveryReport:
    """Recover until nothing is left or the user stops it; shows how far it is."""
    from scraper.recovery.pace import SystemClock
    from scraper.recovery.recover import recover as recover_source
    from scraper.recovery.report import RecoveryReport, ServiceReport
    from scraper.recovery.services import open_archive
    from scraper.store.collected_shards import refuse_collected
    from scraper.store.database import open_database

    configuration, clock = session.configuration(), SystemClock(partial(wait_or_stop, stop))
    report = RecoveryReport(source.slug, {one.name: ServiceReport() for one in services})
    with closing(open_database(configuration.database)) as db, ExitStack() as opened:
        refuse_collected(db, configuration.database)
        archives = [
            opened.enter_context(open_archive(one, db, configuration.contact, clock))
            for one in services
        ]
        reports = opened.enter_context(
            closing(
                recover_source(
                    db, configuration.database, configuration.archive, source, archives, options
                )
            )
        )
        with suppress(StoppedError):
            for report in reports:
                _show_progress(session, report)
                if stop.is_set():
                    break
    return report


class StoppedError(Exception):
    """The user asked to stop while a web archive was waited for."""


def wait_or_stop(stop: Event, seconds: float) -> None:
    """Wait so long. Raises StoppedError as soon as the user asks to stop."""
    if stop.wait(seconds):
        raise StoppedError


def _services(configuration: Configuration, names: Sequence[str]) -> list[ArchiveService]:
    """Return the web archives that are asked. Raises UsageError if they could not reach us."""
    from scraper.recovery.services import chosen_services

    services = chosen_services(names, configuration.web_archive)
    public = next((one for one in services if one.is_public), None)
    if public is not None and not configuration.contact:
        raise UsageError(
            f"{public.name} is a public web archive and `contact` is not set: it must be able to "
            'reach whoever asks it. Put contact = "you@example.org" into tinhuyen.toml, or set '
            "TINHUYEN_CONTACT"
        )
    return services


def _show_progress(session: Session, report: RecoveryReport) -> None:
    """Write how far a recovery is: what it waits for, or what it has done."""
    services = report.services.values()
    captures = say_count(sum(one.settled for one in services), "capture")
    lines = say_count(sum(one.lines for one in services), "line")
    if report.is_waiting:
        session.progress(f"waiting for a run to end, or for a web archive; {captures} settled")
    else:
        session.progress(f"{captures} settled, {lines} of indexes read")


def _options(
    configuration: Configuration,
    source: Source,
    since: date | None,
    until: date | None,
    stop: Event,
    *,
    dry_run: bool,
) -> RecoveryOptions:
    from scraper.recovery.options import RecoveryOptions
    from scraper.store.files import FileKind

    kept = {
        FileKind.PHOTO: configuration.photos and source.photos,
        FileKind.ATTACHMENT: configuration.attachments and source.attachments,
    }
    return RecoveryOptions(
        since=_start_of(since) if since else None,
        until=_start_of(until + timedelta(days=1)) - timedelta(seconds=1) if until else None,
        is_dry_run=dry_run,
        file_kinds=frozenset(kind for kind, is_kept in kept.items() if is_kept),
        longest_pause=LONGEST_PAUSE,
        pause=stop.wait,
    )


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)


@contextmanager
def _stopping() -> Iterator[Event]:
    """Set the event at the first SIGINT or SIGTERM; another one interrupts at once."""
    stop = Event()

    def ask(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, ask) for number in numbers]
    try:
        yield stop
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
