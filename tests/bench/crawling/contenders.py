"""The compared programs: how to run each, and how to read its result."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.bench.crawling.running import Finished, run
from tests.bench.crawling.site import Site

HERE = Path(__file__).parent
PEERS_PYTHON = Path(".venv-bench-peers/bin/python")
"""Libraries that need older versions of dependencies have a separate environment."""

SCRAPY = {
    "Scrapy, parses none": "bare",
    "Scrapy + CSS, 2 fields": "fields",
    "Scrapy + trafilatura": "trafilatura",
}
LIBRARIES = {
    "newspaper4k": (Path(sys.executable), "newspaper4k"),
    "news-please": (PEERS_PYTHON, "news-please"),
    "Fundus": (PEERS_PYTHON, "fundus"),
}
SLOW = 500
"""The most articles that libraries get; their pace does not depend on the number."""


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one run; times are those of the whole process, in seconds."""

    articles: int
    seconds: float
    processor_seconds: float
    megabytes: float

    @property
    def pace(self) -> float:
        """Articles per second."""
        return self.articles / self.seconds


def result(articles: int, finished: Finished) -> Result:
    """Return the result of a finished process."""
    return Result(articles, finished.seconds, finished.processor_seconds, finished.megabytes)


def by_scrapy(kind: str, sites: Sequence[Site], folder: Path) -> Result:
    """Run one of the spiders of ``scrapy_peers.py`` on all sites."""
    return _peer([sys.executable, HERE / "scrapy_peers.py", kind], sites, folder)


def by_library(name: str, sites: Sequence[Site], folder: Path) -> Result:
    """Run one of ``library_peers.py`` on the first articles of each site.

    Raises RuntimeError if it is not installed.
    """
    python, peer = LIBRARIES[name]
    few = [Site(site.home_url, site.lists, site.articles[: SLOW // len(sites)]) for site in sites]
    if not python.exists():
        raise RuntimeError(f"{python} does not exist: see the Makefile")
    return _peer([python, HERE / "library_peers.py", peer], few, folder)


def _peer(command: list[str | Path], sites: Sequence[Site], folder: Path) -> Result:
    output = _emptied(folder / "peer")
    plan = output / "plan.json"
    plan.write_text(json.dumps([asdict(site) for site in sites]))
    finished = run([*command, plan, output], {})
    return result(int(finished.output.split()[-1]), finished)


@dataclass(frozen=True, slots=True)
class Crawl:
    """A crawl of ours: its result, its state, and what it fetched."""

    result: Result
    state: str
    requests: int
    bytes: int


class Ours:
    """Runs the real command on a new database; a second ``crawl`` is the incremental one.

    No other program asks for photos, so this one does only with ``photos``. The sites name two for
    each article and have none: what counts is a request for each.
    """

    def __init__(self, sites: Sequence[Site], folder: Path, *, photos: bool = False) -> None:
        self.folder = _emptied(folder / "ours")
        self.slugs = [f"site-{number}" for number in range(len(sites))]
        entries = [
            f'[{slug}]\nname = "{slug}"\nhome_url = "{site.home_url}"\nlevel = "district"\n'
            for slug, site in zip(self.slugs, sites, strict=True)
        ]
        (self.folder / "sources.toml").write_text("\n".join(entries))
        (self.folder / "tinhuyen.toml").write_text(f"reserve = 0\nphotos = {str(photos).lower()}\n")

    def crawl(self) -> Crawl:
        """Crawl once. Raises RuntimeError if a source fails."""
        options: list[str | Path] = [
            "--config",
            self.folder / "tinhuyen.toml",
            "--json",
            "crawl",
            "--delay",
            "0",
        ]
        finished = run(
            [sys.executable, "-m", "scraper", *options, *self.slugs],
            {"TINHUYEN_HOME": str(self.folder)},
        )
        report: dict[str, Any] = json.loads(finished.output)
        new, requests, size = (
            sum(source[name] for source in report["sources"])
            for name in ("new", "requests", "bytes")
        )
        return Crawl(result(new, finished), report["run"]["state"], requests, size)


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
