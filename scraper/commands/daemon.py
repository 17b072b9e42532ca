"""`tinhuyen daemon`: a crawl every night."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import time
from typing import TYPE_CHECKING

import click

import scraper
from scraper.base.errors import UsageError
from scraper.commands.arguments import Verb, shard_option
from scraper.commands.session import Session

if TYPE_CHECKING:
    from apscheduler.triggers.cron import CronTrigger

    from scraper.base.source import Source
    from scraper.config.configuration import Configuration

DEFAULT_START = "02:00"
SPARE_MINUTES = 30
"""What a run may take beyond the time of its slowest source before it is ended."""


@click.command("daemon", cls=Verb)
@click.option("--at", "times", multiple=True, metavar="HH:MM", help="When; repeatable.")
@click.option("--cron", help='When, as a crontab line: "0 2 * * *".')
@click.option("--now", "run_now", is_flag=True, help="Run once at the start, too.")
@shard_option("Only the sources of shard I of N; another machine crawls those of the others.")
@click.option("--metrics-port", type=click.IntRange(1, 65535), help="Serve /metrics, /healthz.")
@click.pass_obj
def command(
    session: Session,
    times: tuple[str, ...],
    cron: str | None,
    run_now: bool,
    metrics_port: int | None,
) -> None:
    """Crawl every night (by default at 02:00) until SIGTERM or SIGINT.

    Times are Vietnam's, whatever zone this machine is in. A night missed while the machine was
    off is caught up at the start.

    \b
    Examples:
      tinhuyen daemon
      tinhuyen daemon --at 02:00 --at 13:30
      tinhuyen daemon --cron "0 2 * * 1-5" --now
    """
    from scraper.base.shard import WHOLE
    from scraper.daemon.daemon import Daemon
    from scraper.daemon.runner import RunnerConfig
    from scraper.daemon.schedule import timetable

    session.start_logging()
    configuration = session.configuration()
    session.shard = configuration.shard or str(WHOLE)  # until it ends, whatever the file says
    configuration.require_contact(_own_sources(session))
    _refuse_unknown_sources(session, configuration)
    triggers = _triggers(times, cron)
    limit = 60 * (configuration.max_minutes + SPARE_MINUTES)
    config = RunnerConfig(
        database=configuration.database,
        crawl=[*_own_command(session, "crawl"), "--shard", session.shard],
        report=_own_command(session, "alert"),
        seconds=limit,
        jitter=configuration.jitter,
        patience=limit,
    )
    if metrics_port is not None:
        from scraper.monitoring.metrics import serve_metrics

        serve_metrics(configuration.database, metrics_port)
    daemon = Daemon(config, lambda: timetable(triggers, _own_sources(session)))
    daemon.serve(run_now=run_now)


def _own_sources(session: Session) -> list[Source]:
    """The sources that this daemon crawls, as they are registered now."""
    return session.own_catalogue(from_last_run=False).enabled


def _refuse_unknown_sources(session: Session, configuration: Configuration) -> None:
    """Raise UsageError if a watch names a source that neither registry nor database has."""
    from contextlib import closing

    from scraper.config.watches import unknown_sources
    from scraper.store.database import open_database
    from scraper.store.sources import source_names

    if not configuration.watch:
        return
    with closing(open_database(configuration.database)) as db:
        stored = source_names(db)
    if problems := unknown_sources(configuration.watch, session.catalogue(), stored):
        raise UsageError("\ntinhuyen: ".join(problems))


def _triggers(times: Sequence[str], cron: str | None) -> dict[str, CronTrigger]:
    from scraper.daemon.schedule import crontab, daily

    if cron and times:
        raise UsageError("--at and --cron exclude each other: name one of them")
    if cron:
        return {cron: crontab(cron)}
    starts = [_time(at) for at in times or (DEFAULT_START,)]
    return {f"{start:%H:%M}": daily(start) for start in starts}


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--at {text!r}: write a time of day like 02:00") from error


def _own_command(session: Session, verb: str) -> list[str]:
    """The command line of another verb with the global options of this call."""
    command = [sys.executable, "-m", scraper.__name__]
    if session.verbosity:
        command.append("--verbose" if session.verbosity > 0 else "--quiet")
    if session.db:
        command += ["--db", str(session.db)]
    if session.config:
        command += ["--config", str(session.config)]
    return [*command, verb]
