"""`tinhuyen alert`: send what changed."""

from __future__ import annotations

from dataclasses import asdict

import click

from scraper.commands.arguments import Verb
from scraper.commands.session import Session


@click.command("alert", cls=Verb)
@click.option("--test", "is_test", is_flag=True, help="Send a test message to all of `alerts`.")
@click.pass_obj
def command(session: Session, is_test: bool) -> int:
    """Note how each source is, and send what changed since the last alert to `alerts`.

    The daemon calls it after each run; a timer or cron does so after `tinhuyen crawl`. It also
    writes the heartbeat and asks for `ping` when the latest run was good. Exit code 1: it could
    not be sent, and is sent the next time.

    \b
    Examples:
      tinhuyen crawl; tinhuyen alert
      tinhuyen alert --test
    """
    from scraper.base.errors import UsageError
    from scraper.monitoring.alerting import Digest, report_run, send

    session.start_logging()
    configuration = session.configuration()
    if is_test:
        if not configuration.alerts:
            raise UsageError('`alerts` is not set: alerts = ["mailto://user:password@host"]')
        test = Digest("tinhuyen: a test", "Alerts will come this way.")
        was_sent = send(test, configuration.alerts)
        session.show({"sent": was_sent}, "a test was sent" if was_sent else "it could not be sent")
        return 0 if was_sent else 1
    alert = report_run(configuration, session.catalogue())
    if alert.digest is None:
        session.show(None, "nothing changed")
        return 0
    session.show(asdict(alert.digest), f"{alert.digest.title}\n\n{alert.digest.body}")
    return 0 if alert.was_sent or not configuration.alerts else 1
