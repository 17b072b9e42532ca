"""`tinhuyen alert`: send what is to be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scraper.base.messages import translate
from scraper.commands.arguments import Verb
from scraper.commands.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.config.configuration import Configuration
    from scraper.config.registry import Catalogue
    from scraper.monitoring.delivery import Failure


@click.command("alert", cls=Verb)
@click.option("--test", "is_test", is_flag=True, help="Send a test message to all addresses.")
@click.option("--dry-run", is_flag=True, help="Print what would be sent, and change nothing.")
@click.pass_obj
def command(session: Session, is_test: bool, dry_run: bool) -> int:
    """Note how each source is, and send what changed since the last alert to `alerts`.

    So are the new hits of each [[watch]], and with `digest` the news of the night. The daemon
    calls it after each run; a timer or cron does so after `tinhuyen crawl`. It also
    writes the heartbeat and asks for `ping` when the latest run was good. Exit code 1: it could
    not be sent, and is sent the next time.

    \b
    Examples:
      tinhuyen crawl; tinhuyen alert
      tinhuyen alert --test
      tinhuyen alert --dry-run
    """
    from scraper.monitoring.alerting import preview_report, report_run

    session.start_logging()
    configuration = session.configuration()
    if is_test:
        return _test(session, configuration)
    catalogue = session.own_catalogue()
    report = preview_report if dry_run else report_run
    alert = report(configuration, catalogue, session.lang or configuration.lang)
    digests = [*([alert.digest] if alert.digest else []), *alert.others]
    value = {"title": digests[0].title, "body": digests[0].body} if digests else None
    text = "\n\n\n".join(f"{one.title}\n\n{one.body}" for one in digests)
    session.show(value, text or "nothing changed")
    _show_failures(session, alert.failures)
    _refuse_unknown_sources(configuration, catalogue)
    return 1 if alert.failures else 0


def _test(session: Session, configuration: Configuration) -> int:
    from scraper.base.clock import now, to_utc_iso
    from scraper.base.errors import UsageError
    from scraper.monitoring.alerting import DEFAULT_LANGUAGE
    from scraper.monitoring.delivery import send_test
    from scraper.store.alerts import Message, new_id

    if not (configuration.alerts or any(watch.alerts for watch in configuration.watch)):
        raise UsageError('`alerts` is not set: alerts = ["mailto://user:password@host"]')
    language = session.lang or configuration.lang or DEFAULT_LANGUAGE
    title = translate("tinhuyen: a test", language)
    text = translate("Alerts will come this way.", language)
    test = Message(new_id(now()), "test", title, text, created_at=to_utc_iso(now()))
    failures = send_test(test, configuration)
    was_sent = not failures
    session.show({"sent": was_sent}, "a test was sent" if was_sent else "it could not be sent")
    _show_failures(session, failures)
    return 0 if was_sent else 1


def _show_failures(session: Session, failures: Sequence[Failure]) -> None:
    for failure in failures:
        session.note(f"{failure.address} failed: {failure.reason}")


def _refuse_unknown_sources(configuration: Configuration, catalogue: Catalogue) -> None:
    """Raise UsageError for watches of sources that do not exist; the others were reported."""
    from contextlib import closing

    from scraper.base.errors import UsageError
    from scraper.config.watches import unknown_sources
    from scraper.store.database import open_for_reading
    from scraper.store.sources import source_names

    with closing(open_for_reading(configuration.database)) as db:
        stored = source_names(db)
    if problems := unknown_sources(configuration.watch, catalogue, stored):
        raise UsageError("\ntinhuyen: ".join(problems))
