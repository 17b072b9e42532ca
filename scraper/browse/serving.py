"""Serving a database with Datasette, read-only and live."""

from __future__ import annotations

import logging
import webbrowser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.resources import files
from ipaddress import ip_address
from pathlib import Path
from socket import socket
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn
from datasette.app import Datasette
from datasette.plugins import pm

from scraper.base.errors import UsageError
from scraper.base.messages import LANGUAGES
from scraper.browse import plugin
from scraper.browse.bounded import BoundedDatabase, bound_heap
from scraper.browse.language import METADATA, in_language
from scraper.browse.management import Management
from scraper.browse.middleware import guarded
from scraper.store.copying import copy_database
from scraper.store.database import is_outdated, is_read_as_fixed

logger = logging.getLogger(__name__)

ARCHIVE = "archive"
"""The folder of the archive, beside the database."""

FOLDER = Path(str(files("scraper.browse")))

SETTINGS = {
    "default_page_size": 50,
    "sql_time_limit_ms": 2000,
    "facet_time_limit_ms": 1000,
    "suggest_facets": False,
    "truncate_cells_html": 200,
    "allow_download": False,
}


def serve(
    database: Path,
    host: str,
    port: int,
    *,
    open_browser: bool = False,
    allow_sql: bool = False,
    password: str | None = None,
    public: bool = False,
    allowed_hosts: Sequence[str] = (),
    management: Management | None = None,
) -> None:
    """Serve until interrupted. The file is opened for reading only, and live: a crawl may write.

    If its schema is older and cannot be brought up to date, a copy of it is served instead.
    ``allow_sql`` lets readers run SQL of their own; ``password`` is required from everybody who
    connects; ``allowed_hosts`` are the names of a proxy in front of this server; ``management``
    lets who knows the password change the sources. Raises
    UsageError for an address that others reach, unless there is a password or
    ``public`` says that everybody may read.
    """
    if not (is_loopback(host) or password or public):
        raise UsageError(
            f"others can reach {host}: set `password` in tinhuyen.toml (TINHUYEN_PASSWORD), "
            "or say --public if everybody may read"
        )
    with _up_to_date(database) as current:
        bound_heap()
        site = application(current, database.parent / ARCHIVE, allow_sql, management)
        app = guarded(site.app(), password, host, allowed_hosts)
        configuration = uvicorn.Config(
            app,
            host=host,
            port=port,
            log_level="warning",
            ws="none",
            proxy_headers=bool(allowed_hosts),
            forwarded_allow_ips="127.0.0.1",
        )
        server = (_Opening if open_browser else uvicorn.Server)(configuration)
        with suppress(KeyboardInterrupt):
            server.run()
        if management is not None:
            management.looks.stop()


@contextmanager
def _up_to_date(database: Path) -> Iterator[Path]:
    """Yield a database, or a copy of one whose schema is older and that cannot be written."""
    if not is_outdated(database):
        yield database
        return
    with TemporaryDirectory(prefix="tinhuyen-") as folder:
        copy = Path(folder) / database.name
        copy_database(database, copy)
        logger.warning("copy served reason=%s path=%s", "older_schema", database)
        yield copy


class _Opening(uvicorn.Server):
    """A server that opens the user's browser when it listens."""

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        webbrowser.open(f"http://{self.config.host}:{self.config.port}/")


def application(
    database: Path, archive: Path, allow_sql: bool, management: Management | None = None
) -> Datasette:
    """Datasette on the database and the archive's folder with our pages and texts."""
    if not pm.has_plugin("tinhuyen"):
        pm.register(plugin, "tinhuyen")
    site = Datasette(
        metadata=_metadata(database.stem),
        settings={**SETTINGS, "default_allow_sql": allow_sql},
        template_dir=str(FOLDER / "templates"),
        static_mounts=[("-/tinhuyen", str(FOLDER / "static"))],
    )
    site.remove_database("_memory")
    is_fixed = is_read_as_fixed(database)
    bounded = BoundedDatabase(site, path=str(database), is_mutable=not is_fixed)
    bounded.archive, bounded.management = archive, management
    site.add_database(bounded)
    return site


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _metadata(name: str) -> dict[str, Any]:
    """Return the descriptions of the tables, under Datasette's name of the database."""
    shipped = in_language(METADATA, LANGUAGES[0])
    return {"title": shipped["title"], "databases": {name: shipped["database"]}}
