"""Runs commands as processes that can be killed, and reads what their database has then."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.shipped import ALL_DISABLED

TIMEOUT_SECONDS = 1800

CONTENTS = (
    "SELECT url, kind, title, lede, body, author, published_at, section FROM articles"
    " ORDER BY 1, 3",
    "SELECT a.url, p.position, p.url, p.caption, p.credit FROM photos p"
    " JOIN articles a ON a.id = p.article ORDER BY 1, 2",
    "SELECT a.url, r.title, r.lede, r.body, r.author, r.section, r.photos, r.attachments"
    " FROM revisions r JOIN articles a ON a.id = r.article ORDER BY 1, 2, 4, 8",
    "SELECT a.url, f.position, f.url, f.name FROM attachments f JOIN articles a ON a.id = f.article"
    " ORDER BY 1, 2",
    "SELECT url, kind, digest, media_type, size, width, height FROM files ORDER BY 1",
    "SELECT url_key, digest FROM earlier_files ORDER BY 1, 2",
    "SELECT digest, pages, text, reason FROM file_texts ORDER BY 1",
    "SELECT digest, width, height FROM previews ORDER BY 1",
)


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start a command with the database and the configuration of a folder."""
    command = [sys.executable, "-m", "scraper", "--db", str(folder / "tinhuyen.db"), *arguments]
    environment = {**os.environ, "XDG_CONFIG_HOME": str(folder / "config")}
    return subprocess.Popen(
        command,
        env={**environment, "TINHUYEN_HOME": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def register(folder: Path, slug: str, home_url: str) -> None:
    """Make a source the only enabled one of a folder, so that no public site is crawled."""
    place = folder / "config" / "tinhuyen"
    place.mkdir(parents=True)
    entry = f'[{slug}]\nname = "Cổng thông tin"\nhome_url = "{home_url}"\ndelay = 0.01\n'
    (place / "sources.toml").write_text(entry + ALL_DISABLED, encoding="utf-8")


def complete(folder: Path, *arguments: str) -> float:
    """Run a command that must succeed; return the seconds that it took."""
    began = time.monotonic()
    with start(folder, *arguments) as process:
        _, errors = process.communicate(timeout=TIMEOUT_SECONDS)
    assert process.returncode == 0, errors
    return time.monotonic() - began


@dataclass(frozen=True, slots=True)
class Span:
    """The time in which a command works, in seconds after its start."""

    begins: float
    ends: float

    def moment(self, moments: random.Random) -> float:
        """Return a random time in which it works."""
        return moments.uniform(self.begins, self.ends)


def measure(folder: Path, *arguments: str) -> Span:
    """Run a command that must succeed; return when it worked at the current load."""
    idle = complete(folder, "--version")
    return Span(idle, max(complete(folder, *arguments), 1.1 * idle))


def kill_at_random(folder: Path, span: Span, moments: random.Random, *arguments: str) -> bool:
    """Kill a command at a random time; return whether it was still running."""
    with start(folder, *arguments) as process:
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=span.moment(moments))
        was_at_work = process.poll() is None
        process.kill()
        _, errors = process.communicate()
    assert was_at_work or process.returncode == 0, errors
    assert_whole(folder / "tinhuyen.db")
    return was_at_work


def contents(database: Path) -> list[list[tuple[object, ...]]]:
    """Return the contents of a database in an order that does not depend on its history."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        return [db.execute(sql).fetchall() for sql in CONTENTS]


def assert_whole(database: Path) -> None:
    """Assert that a database, if it exists, is not corrupt and that all foreign keys are valid."""
    if database.exists():
        with closing(sqlite3.connect(database, timeout=300)) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert db.execute("PRAGMA foreign_key_check").fetchall() == []
