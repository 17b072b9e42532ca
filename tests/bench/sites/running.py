"""Serves an unpacked site on this machine and crawls it with the real command."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

PATIENCE = 150
"""Seconds after which the crawl of a site is stopped."""

_STORED = (
    "SELECT pages.url, fetched_at, articles.id, title, section, articles.published_at, lede, body"
    " FROM pages LEFT JOIN articles ON articles.id = pages.article"
    " ORDER BY articles.id IS NOT NULL"
)


@dataclass(frozen=True)
class Stored:
    """The outcome of a page; ``article`` is None if none was stored."""

    is_fetched: bool
    article: dict[str, Any] | None


class _Handler(SimpleHTTPRequestHandler):
    """Serves files; pages are declared as UTF-8, as on the sites."""

    extensions_map = {  # noqa: RUF012 - as the library declares it
        **SimpleHTTPRequestHandler.extensions_map,
        ".html": "text/html; charset=utf-8",
    }

    def log_message(self, *_: object) -> None:
        """Log nothing."""


def unpack(archive: Path, root: Path) -> None:
    """Unpack a site into a folder."""
    with tarfile.open(archive) as tar:
        tar.extractall(root, filter="data")


@contextmanager
def serving(root: Path) -> Iterator[str]:
    """Serve a folder on a free port of 127.0.0.1; yield its URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(root)))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def crawl(address: str, home: Path) -> dict[str, Stored]:
    """Crawl a site into a home of its own; returns its pages by path.

    Raises CalledProcessError if the crawl fails, TimeoutExpired if it takes too long.
    """
    home.mkdir()
    database = home / "tinhuyen.db"
    options = ["--url", address, "--delay", "0.02", "--json", "--db", str(database)]
    environment = {
        "HOME": str(home),
        "TINHUYEN_HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "TINHUYEN_RESERVE": "0",
    }
    subprocess.run(
        [sys.executable, "-m", "scraper", "crawl", *options],
        env={name: value for name, value in os.environ.items() if name != "TINHUYEN_DB"}
        | environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    return _stored(database)


def _stored(database: Path) -> dict[str, Stored]:
    with closing(sqlite3.connect(database)) as db:
        db.row_factory = sqlite3.Row
        rows = [dict(row) for row in db.execute(_STORED)]
    return {
        unquote(urlsplit(row["url"]).path).removesuffix("index.html").rstrip("/"): Stored(
            row["fetched_at"] is not None, row if row["id"] is not None else None
        )
        for row in rows
    }
