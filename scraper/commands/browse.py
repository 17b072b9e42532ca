"""`tinhuyen browse`: the database in Datasette."""

from __future__ import annotations

import sys

import click

import scraper
from scraper.commands.arguments import Verb
from scraper.commands.session import Session


@click.command("browse", cls=Verb)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8001,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0: any free one.",
)
@click.option("--open", "open_browser", is_flag=True, help="Open a browser on it.")
@click.option("--sql", "allow_sql", is_flag=True, help="Let readers run SQL of their own.")
@click.option("--public", is_flag=True, help="Let everybody read who can reach --host.")
@click.option(
    "--manage/--no-manage", default=None, help="Let who knows the password change the sources."
)
@click.pass_obj
def command(
    session: Session,
    host: str,
    port: int,
    open_browser: bool,
    allow_sql: bool,
    public: bool,
    manage: bool | None,
) -> None:
    """Browse the database in Datasette, also while a crawl writes to it.

    With a password, sources are added, checked and disabled on the page /manage; with --public
    only if you say --manage.

    \b
    Examples:
      tinhuyen browse --open
      tinhuyen browse --db demo.db --port 8080 --sql
    """
    from scraper.base.ports import check_port
    from scraper.browse.management import Management, is_managed
    from scraper.browse.serving import serve

    session.start_logging()
    check_port(host, port)
    session.read_database().close()
    configuration = session.configuration()
    managed = is_managed(configuration.password, public=public, manage=manage)
    session.note(f"http://{host}:{port}/ (Ctrl-C ends it)")
    serve(
        configuration.database,
        host,
        port,
        open_browser=open_browser,
        allow_sql=allow_sql,
        password=configuration.password,
        public=public,
        allowed_hosts=configuration.allowed_hosts,
        management=Management(session.sources_file, _own_command(session)) if managed else None,
    )


def _own_command(session: Session) -> list[str]:
    """The command line of this program with the configuration of this call."""
    options = ["--config", str(session.config)] if session.config else []
    return [sys.executable, "-m", scraper.__name__, *options]
