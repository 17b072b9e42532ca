"""Runs the command `tinhuyen` within the simulated country, and reads what it left behind."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.country.command import MEMORY, PAUSE
from tests.country.names import DIRECTORY
from tests.country.places import Country, Host, Kind
from tests.country.serving import CountryServer
from tests.processes import REPOSITORY, run

SECONDS = 1800
"""How long a command may take before the test fails."""


@dataclass(slots=True)
class Household:
    """A user's files in ``folder``, and the commands of theirs. ``pause`` is between requests."""

    server: CountryServer
    folder: Path
    pause: float

    def __post_init__(self) -> None:
        self.directory.write_text(json.dumps(self.server.directory()))
        self.config.write_text(
            f'contact = "tests@example.org"\ndelay = {self.pause}\nreserve = 0\n'
            "photos = false\nattachments = false\n"
        )

    @property
    def country(self) -> Country:
        """What is served."""
        return self.server.country

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.folder / "tinhuyen.toml"

    @property
    def directory(self) -> Path:
        """The file of names; that of lookups is beside it."""
        return self.folder / "names.json"

    @property
    def memory(self) -> list[int]:
        """The resident memory after every 100 responses of crawls, in kilobytes."""
        lines = (self.folder / "memory").read_text().splitlines()
        return [int(line.split()[1]) for line in lines]

    def register(self, hosts: Iterable[Host]) -> None:
        """Write the registry: a source for each host."""
        provinces = {one.unit.code: one.unit.short_name for one in self.country.provinces}
        entries = [
            f'[{slug_of(host)}]\nname = "{host.title or host.name}"\nhome_url = "{host.url}"\n'
            f'level = "{host.level}"\n'
            + (f'unit_code = "{host.unit_code}"\n' if host.unit_code else "")
            + (f'province = "{provinces[host.unit_code]}"\n' if host.unit_code in provinces else "")
            for host in hosts
        ]
        (self.folder / "sources.toml").write_text("\n".join(entries))

    def tinhuyen(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        environment = {
            **os.environ,
            DIRECTORY: str(self.directory),
            PAUSE: str(self.pause),
            MEMORY: str(self.folder / "memory"),
            "SSL_CERT_FILE": str(self.server.trusted),
            "TINHUYEN_HOME": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder),
        }
        return run(
            "tests.country.command",
            *("--config", str(self.config), "--lang", "en", *words),
            environment=environment,
            folder=REPOSITORY,
            timeout=SECONDS,
        )

    def registered(self) -> dict[str, dict[str, Any]]:
        """The entries of the registry by host."""
        entries = tomllib.loads((self.folder / "sources.toml").read_text()).values()
        return {
            (urlsplit(one["home_url"]).hostname or "").removeprefix("www."): one for one in entries
        }

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the database answers."""
        with sqlite3.connect(self.folder / "tinhuyen.db") as connection:
            return connection.execute(sql).fetchall()


def slug_of(host: Host) -> str:
    """The slug of a host in the registry."""
    return host.name.replace(".", "-")


def known_bodies(country: Country) -> list[Host]:
    """The portals and papers of the provinces, which a registry knows from the start."""
    return country.of_kind(Kind.PROVINCE, Kind.PAPER)
