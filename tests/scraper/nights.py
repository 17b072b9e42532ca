"""A daemon for the tests: the real command in a process, over a made-up portal."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.processes import run
from tests.shipped import ALL_DISABLED

SECONDS = 300
"""How long anything may take before the test fails."""


@dataclass(frozen=True, slots=True)
class House:
    """A data folder and a configuration of its own, with one source.

    ``settings`` are environment variables for all its processes.
    """

    folder: Path
    home_url: str
    delay: float = 0.01
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        config = self.folder / "config" / "tinhuyen"
        config.mkdir(parents=True, exist_ok=True)
        (config / "sources.toml").write_text(
            f'{ALL_DISABLED}[portal]\nname = "Cổng"\nhome_url = "{self.home_url}"\n'
            f"delay = {self.delay}\n"
        )

    @property
    def database(self) -> Path:
        return self.folder / "tinhuyen.db"

    @property
    def sources(self) -> Path:
        """The file of its sources."""
        return self.folder / "config" / "tinhuyen" / "sources.toml"

    def append(self, entry: str) -> None:
        """Register one more source."""
        self.sources.write_text(self.sources.read_text() + entry)

    @property
    def log(self) -> str:
        """What the daemons have logged."""
        return (self.folder / "daemon.log").read_text()

    def environment(self, **more: str) -> dict[str, str]:
        return {
            **os.environ,
            "TINHUYEN_HOME": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "TINHUYEN_JITTER": "0",
            "TINHUYEN_RESERVE": "0",
            "TINHUYEN_WORKERS": "1",
            **self.settings,
            **more,
        }

    def tinhuyen(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return run("scraper", *arguments, environment=self.environment(**more), timeout=SECONDS)

    @contextmanager
    def daemon(self, *options: str, **more: str) -> Iterator[subprocess.Popen[str]]:
        """Run the daemon and end it; its log is ``daemon.log`` in the folder."""
        with (self.folder / "daemon.log").open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "scraper", "daemon", *options],
                env=self.environment(**more),
                stderr=log,
                text=True,
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(SECONDS)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the database answers; nothing where there is none yet."""
        try:
            connection = sqlite3.connect(f"{self.database.as_uri()}?mode=ro", uri=True)
        except sqlite3.OperationalError:
            return []
        try:
            return connection.execute(sql).fetchall()
        except sqlite3.OperationalError:
            return []
        finally:
            connection.close()

    def write(self, sql: str) -> None:
        """Change what the database holds."""
        connection = sqlite3.connect(self.database)
        with connection:
            connection.execute(sql)
        connection.close()

    def runs(self) -> list[tuple[str, str]]:
        """The runs' triggers and states, oldest first."""
        return self.rows("SELECT trigger, state FROM runs ORDER BY id")

    def status(self) -> tuple[int, Any]:
        """The exit code of status, and what it says."""
        run = self.tinhuyen("status", "--json")
        return run.returncode, json.loads(run.stdout)


def until(condition: Callable[[], bool], seconds: float = SECONDS) -> None:
    """Wait for a condition, not for ever."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.1)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port
