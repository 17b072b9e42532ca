"""A user with folders of their own, the three nights of the demo, and a browser."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browse.conftest import browser
from tests.scraper.commands.test_command_line import tinhuyen
from tests.scraper.nights import free_port, until

__all__ = ["browser"]

REPOSITORY = Path(__file__).parents[2]

THREE_NIGHTS = 3


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who has just installed the program, with their data and configuration.

    ``nights`` is what the demo printed.
    """

    home: Path
    lang: str = "en"
    nights: list[str] = field(default_factory=list)

    @property
    def database(self) -> Path:
        """The database that the demo names."""
        return self.home / "data" / "demo" / "demo.db"

    @property
    def settings(self) -> Path:
        """The user's tinhuyen.toml."""
        return self.home / "config" / "tinhuyen" / "tinhuyen.toml"

    @property
    def sources(self) -> Path:
        """The user's sources.toml."""
        return self.settings.with_name("sources.toml")

    def run(self, *arguments: str, code: int = 0, **environment: str) -> str:
        """Run a command to its end; return what it prints, and what it says beside."""
        done = self.tinhuyen(*arguments, **environment)
        assert done.returncode == code, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def tinhuyen(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        own = {"TINHUYEN_LANG": self.lang, "TINHUYEN_RESERVE": "0"} | environment
        return tinhuyen(*arguments, home=self.home, **own)

    def read(self, *arguments: str) -> Any:
        """Return what a command prints with `--json`."""
        return json.loads(self.tinhuyen(*arguments, "--json").stdout)

    def write_settings(self, text: str) -> None:
        """Write tinhuyen.toml as only its owner may read it."""
        self.settings.parent.mkdir(parents=True, exist_ok=True)
        self.settings.write_text(text, "utf-8")
        self.settings.chmod(0o600)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> User:
    """Somebody who ran `tinhuyen demo` three times, in Vietnamese."""
    user = User(tmp_path_factory.mktemp("first-hour"), "vi")
    user.nights.extend(user.run("demo") for _ in range(THREE_NIGHTS))
    return user


@contextmanager
def opened_by(command: str, user: User, place: Path, **environment: str) -> Iterator[str]:
    """Run a printed `browse … --open`; return the address that it asks a browser to open."""
    address, script = place / "opened", place / "open-browser"
    script.write_text(f'#!/bin/sh\nprintf %s "$1" > {shlex.quote(str(address))}\n')
    script.chmod(0o700)
    own = {
        "BROWSER": f"{script} %s",
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(REPOSITORY),
        "TINHUYEN_LANG": user.lang,
        "TINHUYEN_HOME": str(user.home / "data"),
        "XDG_CONFIG_HOME": str(user.home / "config"),
    }
    process = subprocess.Popen(
        [*shlex.split(command), "--port", str(free_port())],
        env=own | environment,
        cwd=REPOSITORY,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(
            lambda: process.poll() is not None or (address.exists() and bool(address.read_text()))
        )
        assert process.poll() is None, f"ended: {command}"
        yield address.read_text()
    finally:
        process.terminate()
        process.wait(300)


def browse_command(user: User) -> str:
    """Return the command with which the user's database is opened."""
    words = [sys.executable, "-m", "scraper", "browse", "--db", str(user.database), "--open"]
    return shlex.join(words)


def opened_page(browser: Browser, address: str, **options: Any) -> Page:
    """Return a page of the browser at an address, which is also the base of paths."""
    page = browser.new_context(base_url=address, **options).new_page()
    page.set_default_timeout(60_000)
    page.goto(address)
    return page
