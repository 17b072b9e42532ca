"""`tinhuyen daemon`: a crawl every night."""

from __future__ import annotations

import sys
from datetime import time

import click

from scraper.commands.session import Session, Verb
from scraper.errors import UsageError

NIGHTLY = "02:00"
JITTER_SECONDS = 120
SPARE_MINUTES = 30
"""What a run may take beyond the time of its slowest source before it is ended."""


@click.command("daemon", cls=Verb)
@click.option("--at", "times", multiple=True, metavar="HH:MM", help="When; repeatable.")
@click.option("--cron", help='When, as a crontab line: "0 2 * * *".')
@click.option("--now", "run_now", is_flag=True, help="Run once at the start, too.")
@click.pass_obj
def command(session: Session, times: tuple[str, ...], cron: str | None, run_now: bool) -> None:
    r"""Crawl every night (by default at 02:00) until SIGTERM or SIGINT.

    Times are Vietnam's, whatever zone this machine is in. A night missed while the machine was
    off is caught up at the start.

    \b
    Examples:
      tinhuyen daemon
      tinhuyen daemon --at 02:00 --at 13:30
      tinhuyen daemon --cron "0 2 * * 1-5" --now
    """
    from scraper.crawl import require_contact
    from scraper.daemon import Daemon, Timetable
    from scraper.schedule import crontab, daily

    session.verbosity = session.verbosity or 1
    session.start_logging()
    configuration = session.configuration()
    sources = [source for source in session.catalogue().sources.values() if source.enabled]
    require_contact(sources, configuration.contact)
    if cron and times:
        raise UsageError("--at and --cron exclude each other: name one of them")
    nightly = [crontab(cron)] if cron else [daily(_time(at)) for at in times or (NIGHTLY,)]
    timetable = Timetable(
        nightly=nightly,
        slugs=[source.slug for source in sources if source.at is None],
        own={source.slug: daily(source.at) for source in sources if source.at is not None},
    )
    Daemon(
        _crawl_command(session),
        configuration.database,
        timetable,
        seconds=60 * (configuration.max_minutes + SPARE_MINUTES),
        jitter=JITTER_SECONDS,
    ).serve(run_now=run_now)


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--at {text!r}: write a time of day like 02:00") from error


def _crawl_command(session: Session) -> list[str]:
    command = [sys.executable, "-m", "scraper", "--verbose"]
    if session.db:
        command += ["--db", str(session.db)]
    if session.config:
        command += ["--config", str(session.config)]
    return [*command, "crawl"]
