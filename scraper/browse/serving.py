"""Serving a database with Datasette, read-only and live."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from datasette.cli import cli

SETTINGS = {"default_page_size": "50", "sql_time_limit_ms": "1000", "facet_time_limit_ms": "500"}


def serve(database: Path, host: str, port: int, open_browser: bool) -> None:
    """Serve until interrupted. Datasette opens the file for reading only.

    The file is opened live and never as immutable: a crawl may write beside.
    """
    with as_file(files("scraper.browse") / "metadata.yaml") as metadata:
        arguments = ["serve", str(database), "--host", host, "--port", str(port)]
        arguments += ["--metadata", str(metadata)]
        for name, value in SETTINGS.items():
            arguments += ["--setting", name, value]
        if open_browser:
            arguments.append("--open")
        cli.main(arguments, prog_name="tinhuyen browse", standalone_mode=False)
