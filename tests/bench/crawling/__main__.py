"""Compares a whole crawl with other programs: ``python -m tests.bench.crawling``.

A crawl discovers, fetches, archives, extracts, cleans, compares and stores the pages of invented
sites on this machine. Writes ``bench-results/crawling.json`` and the chart
``bench-results/crawling.svg``, and prints what is slower than in the last result of ``--keep``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.bench.crawling.contenders import LIBRARIES, SCRAPY, Ours, Result, by_library, by_scrapy
from tests.bench.crawling.reporting import OURS, chart_of, ratios_of, table_of
from tests.bench.crawling.running import use_two_cores
from tests.bench.crawling.serving import free_port, hosts, serving
from tests.bench.crawling.site import Site, build
from tests.bench.history import keep, last_kept, losses
from tests.bench.results import RESULTS

HOSTS = 3
"""Hosts of the comparison, one per platform."""
MANY = 200
"""Hosts that are crawled at once."""
HELP = 5
"""Runs of ``--help``; the fastest one counts."""


@contextmanager
def served(articles: int, host_count: int) -> Iterator[tuple[list[Site], Path, str]]:
    """Serve sites with so many articles; yield them, a working folder, and the server's name."""
    with tempfile.TemporaryDirectory() as name:
        folder, addresses, port = Path(name), hosts(host_count), free_port()
        folder.chmod(0o755)  # nginx reads as another user
        bases = [f"http://{address}:{port}" for address in addresses]
        sites = build(folder / "sites", bases, articles)
        with serving(folder, addresses, port) as server:
            yield sites, folder, server


def compare(articles: int, rounds: int) -> dict[str, Any]:
    """Run every program on the same sites and take the best round; run ours twice."""
    results: dict[str, list[Result]] = {}
    problems: dict[str, str] = {}
    with served(articles, HOSTS) as (sites, folder, server):
        for _ in range(rounds):
            for name, kind in SCRAPY.items():
                results.setdefault(name, []).append(by_scrapy(kind, sites, folder))
            ours = Ours(sites, folder)
            first, second = ours.crawl(), ours.crawl()
            results.setdefault(OURS, []).append(first.result)
        with_photos = Ours(sites, folder, photos=True).crawl()
        for name in LIBRARIES:
            try:
                results[name] = [by_library(name, sites, folder)]
            except RuntimeError as error:
                problems[name] = str(error)
    best = {name: max(found, key=lambda one: one.pace) for name, found in results.items()}
    return {
        "articles": articles,
        "server": server,
        "contenders": {name: figures_of(result) for name, result in best.items()},
        "not_measured": problems,
        "with_photos": figures_of(with_photos.result) | {"requests": with_photos.requests},
        "incremental": {
            "requests": second.requests,
            "seconds": round(second.result.seconds, 2),
            "share_of_bytes": round(second.bytes / first.bytes, 4),
        },
    }


def alone(articles: int, host_count: int) -> dict[str, float]:
    """Run ours on so many articles and hosts."""
    with served(articles, host_count) as (sites, folder, _):
        return figures_of(Ours(sites, folder).crawl().result)


def figures_of(result: Result) -> dict[str, float]:
    """Return the result of a run for the report."""
    figures = asdict(result) | {
        "pages_per_second": result.pace,
        "processor_ms_per_page": 1000 * result.processor_seconds / result.articles,
    }
    return {name: round(value, 2) for name, value in figures.items()}


def help_seconds() -> float:
    """Return the seconds of ``tinhuyen --help``."""

    def once() -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "scraper", "--help"], check=True, capture_output=True)
        return time.perf_counter() - began

    return round(min(once() for _ in range(HELP)), 3)


def write_down(figures: dict[str, Any]) -> None:
    """Write results and chart, print the table and what is slower than before."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "crawling.json").write_text(json.dumps(figures, indent=2) + "\n")
    (RESULTS / "crawling.svg").write_text(chart_of(figures["contenders"]))
    rest = {name: found for name, found in figures.items() if name != "contenders"}
    lost = [f"LOSS {loss}" for loss in losses(figures["ratios"], last_kept())]
    report = [table_of(figures["contenders"]), json.dumps(rest, indent=2), *lost]
    sys.stdout.write("\n".join(report) + "\n")


def main() -> None:
    """Measure on two cores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=3, help="the best one counts")
    parser.add_argument("--large", type=int, help="pages of one more crawl, as 50000")
    parser.add_argument("--keep", action="store_true", help="add the result to the history")
    options = parser.parse_args()
    use_two_cores()
    figures = compare(options.pages, options.rounds)
    figures[f"hosts_{MANY}"] = alone(options.pages, MANY)
    figures["help_seconds"] = help_seconds()
    if options.large:
        figures[f"articles_{options.large}"] = alone(options.large, HOSTS)
    figures["ratios"] = ratios_of(figures["contenders"])
    write_down(figures)
    if options.keep:
        keep(figures["ratios"])


if __name__ == "__main__":
    main()
