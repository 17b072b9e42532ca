"""Runs three nights of the demo, of the saved pages and of the test portals.

It uses only commands and the database, so it can run the code of any version.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit
from uuid import UUID

from tests.frozen.days import DAYS, FIRST, HOUR, MINUTE
from tests.frozen.dump import dump
from tests.frozen.sites import served, slug_of
from tests.scraper.moved_clock import Clock

REPOSITORY = Path(__file__).parents[2]
PAGES = REPOSITORY / "tests" / "pages"
ONE_BY_ONE = Path(__file__).with_name("one_by_one.py")
TIMEOUT_SECONDS = 3600
READ_AGAIN = "-reprocessed"


@dataclass(frozen=True, slots=True)
class Freezer:
    """Runs the nights with the code of ``tree`` in the folder ``work``, and dumps the databases."""

    tree: Path
    work: Path
    dumps: Path
    clock: Clock

    def demo(self) -> None:
        """Run three nights of the demo."""
        for _ in self._nights("demo"):
            self._run("demo", "demo")
        self._dump("demo")

    def saved_pages(self) -> None:
        """Import the saved pages three times, each under the URL that it was saved from."""
        pages = saved_pages()
        hosts = sorted({urlsplit(url).netloc for url in pages})
        self._register("pages", {slug_of(host): f"http://{host}/" for host in hosts})
        saved = self.work / "pages" / "saved.warc.gz"
        saved.write_bytes(as_warc(pages))
        for _ in self._nights("pages"):
            self._run("pages", "import", str(saved))
        self._dump("pages", portal="saved-pages")

    def portals(self) -> None:
        """Run three nights of every test portal."""
        with served() as sites:
            homes = sites.homes
            self._register("portals", homes)
            for night in self._nights("portals"):
                sites.live(night)
                self._run("portals", "crawl", *homes)
        self._dump("portals")

    def _nights(self, part: str) -> Iterator[int]:
        (self.work / part).mkdir(exist_ok=True)
        for night, day in enumerate(DAYS):
            self.clock.move(day, HOUR, MINUTE)
            yield night

    def _dump(self, part: str, portal: str | None = None) -> None:
        database = self.work / part / "tinhuyen.db"
        dump(database, self.dumps, portal)
        self._run(part, "reprocess")
        dump(database, self.dumps, portal, READ_AGAIN)

    def _register(self, part: str, homes: dict[str, str]) -> None:
        """Write the ``sources.toml`` of a part; ``filed_under`` makes URLs independent of ports."""
        folder = self.work / part / "config" / "tinhuyen"
        folder.mkdir(parents=True)
        entries = (
            f'[{slug}]\nname = "{slug}"\nhome_url = "{home}"\ndelay = 0.0\n'
            + ("" if ".example" in home else f'filed_under = "http://{slug}.example/"\n')
            for slug, home in homes.items()
        )
        (folder / "sources.toml").write_text("\n".join(entries), encoding="utf-8")

    def _run(self, part: str, *command: str) -> None:
        """Run a command of the tree on the database of a part. Raises RuntimeError if it fails."""
        folder = self.work / part
        database = str(folder / "tinhuyen.db")
        done = subprocess.run(
            [sys.executable, "-P", str(ONE_BY_ONE), "--db", database, *command],
            cwd=self.tree,
            env=self._environment(folder),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=TIMEOUT_SECONDS,
            text=True,
            check=False,
        )
        if done.returncode not in (0, 3):
            raise RuntimeError(f"{part}: {command[0]} ended with {done.returncode}:\n{done.stderr}")

    def _environment(self, folder: Path) -> dict[str, str]:
        usual = {name: value for name, value in os.environ.items() if "TINHUYEN" not in name}
        own = {
            "PYTHONPATH": str(self.tree),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "TINHUYEN_HOME": str(folder),
            "TINHUYEN_WORKERS": "1",
            "TINHUYEN_RESERVE": "0",
        }
        return usual | own | self.clock.environment


def saved_pages() -> dict[str, bytes]:
    """Return the saved pages by the URL that each was saved from."""
    truths = {path.stem: json.loads(path.read_bytes()) for path in sorted(PAGES.glob("*.json"))}
    return {truth["url"]: (PAGES / f"{name}.html").read_bytes() for name, truth in truths.items()}


def as_warc(pages: dict[str, bytes]) -> bytes:
    """Return pages as a WARC file, all with the same date."""
    records = []
    for number, (url, body) in enumerate(pages.items(), 1):
        head = (
            "WARC/1.1\r\nWARC-Type: resource\r\nWARC-Date: 2026-11-01T00:00:00Z\r\n"
            f"WARC-Record-ID: <urn:uuid:{UUID(int=number)}>\r\nWARC-Target-URI: {url}\r\n"
            f"Content-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        records.append(gzip.compress(head.encode() + body + b"\r\n\r\n"))
    return b"".join(records)


PARTS: dict[str, Callable[[Freezer], None]] = {
    "demo": Freezer.demo,
    "saved pages": Freezer.saved_pages,
    "portals": Freezer.portals,
}


def freeze(part: str, directory: Path, tree: Path = REPOSITORY) -> None:
    """Run one of ``PARTS`` with the code of ``tree``, and dump its database into ``directory``."""
    directory.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as work:
        PARTS[part](Freezer(tree, Path(work), directory, Clock(Path(work) / "clock", FIRST)))
