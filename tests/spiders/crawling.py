"""Real crawls for the tests: one child process each, since a reactor starts once."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.items import Outcome
from scraper.base.source import Source
from scraper.demo.server import Server
from tests.processes import REPOSITORY, Process, start

SECONDS = 300
"""How long one crawl may take before the test fails."""


@dataclass(frozen=True, slots=True)
class Crawled:
    """A finished crawl: its exit code, what it printed, and its database."""

    code: int
    errors: str
    database: Path

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database answers."""
        connection = sqlite3.connect(self.database)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    @property
    def outcomes(self) -> Counter[str]:
        """How many addresses of the latest run had each outcome."""
        names = ", ".join(f'sum("{name}")' for name in Outcome)
        row = self.rows(f"SELECT {names} FROM run_sources WHERE run = (SELECT max(id) FROM runs)")[
            0
        ]
        return Counter({name: count for name, count in zip(Outcome, row, strict=True) if count})

    def ends(self) -> dict[str, tuple[str, str | None]]:
        """The outcome and its reason for each path and query that is known."""
        rows = self.rows("SELECT url, outcome, reason FROM pages")
        return {"/" + url.split("/", 3)[3]: (outcome, reason) for url, outcome, reason in rows}

    def end(self, path: str) -> tuple[str, str | None]:
        """The outcome of one path and query, and its reason."""
        return self.ends()[path]

    def titles(self) -> list[str]:
        """The titles that are stored."""
        return sorted(row[0] for row in self.rows("SELECT title FROM articles"))

    def error(self, slug: str = "portal") -> str | None:
        """What the latest run says went wrong with a source."""
        row = self.rows("SELECT error FROM run_sources WHERE source = ? ORDER BY run DESC", slug)
        return row[0][0]  # type: ignore[no-any-return]


@dataclass(slots=True)
class Crawling:
    """A database in a folder of the test, and the crawls into it."""

    folder: Path
    plan: dict[str, Any] = field(default_factory=dict)
    limits: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    busy_seconds: float = 30
    """How long a writer waits for another one."""
    reserve: int = 0
    """Megabytes of the disk that are left free."""
    module: str = "tests.spiders.crawl_once"
    """What is run."""

    @property
    def database(self) -> Path:
        """Where the crawls store."""
        return self.folder / "tinhuyen.db"

    def start(self, *sources: Source, largest_file: int | None = None, **plan: Any) -> Process:
        """Start a crawl of the sources in a process of its own.

        ``largest_file`` is the size in bytes beyond which no file can grow: a disk that is full.
        """
        order = {
            "folder": str(self.folder),
            "sources": [source.model_dump(mode="json") for source in sources],
            "plan": {"delay": 0.0, **self.plan, **plan},
            "limits": self.limits,
            "settings": self.settings,
            "largest_file": largest_file,
            "busy_seconds": self.busy_seconds,
            "reserve": self.reserve,
        }
        return start(self.module, json.dumps(order), folder=REPOSITORY)

    def crawl(self, *portals: Server | Source, **plan: Any) -> Crawled:
        """Crawl portals, or sources, from their home pages to the end; the sums must close."""
        sources = [one if isinstance(one, Source) else source_at(one.home_url) for one in portals]
        with self.start(*sources, **plan) as process:
            try:
                _, errors = process.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        crawled = Crawled(process.returncode, errors, self.database)
        assert process.returncode in (0, 3), errors
        assert_sums_close(crawled)
        return crawled


def source_at(home_url: str, slug: str = "portal", **more: Any) -> Source:
    """The source that a user would add: a home page, nothing else."""
    return Source(slug=slug, name="Cổng thông tin xã Suối Thử", home_url=home_url, **more)


def assert_sums_close(crawled: Crawled) -> None:
    """Every address that a run took up has exactly one outcome, counted once."""
    names = " + ".join(f'"{name}"' for name in Outcome)
    open_runs = crawled.rows(f"SELECT * FROM run_sources WHERE discovered <> {names}")
    assert open_runs == [], open_runs
    assert crawled.rows("SELECT url FROM pages WHERE outcome IS NULL") == []
