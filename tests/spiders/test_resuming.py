"""A crawl that ends before its end: nothing lost, nothing fetched twice but the page in flight."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from scraper.base.source import Source
from tests.portals.faults import Call, FaultServer, article, paths_of
from tests.portals.platforms import NukeVietPortal
from tests.spiders.crawling import SECONDS, Crawled, Crawling, source_at

ARTICLES = 40


def rows(crawled: Crawled) -> list[tuple[str, str, str]]:
    """What is stored, without what the clock makes different."""
    return crawled.rows("SELECT url, title, content_hash FROM articles ORDER BY url")


def interrupt(crawling: Crawling, source: Source, portal: NukeVietPortal, after: int) -> int:
    """Start a crawl and end it by SIGTERM after so many requests; its exit code."""
    return _end(crawling, source, portal, after, signal.SIGTERM)


def kill(crawling: Crawling, source: Source, portal: NukeVietPortal, after: int) -> int:
    return _end(crawling, source, portal, after, signal.SIGKILL)


def _end(
    crawling: Crawling, source: Source, portal: NukeVietPortal, after: int, by: signal.Signals
) -> int:
    asked = len(portal.log) + after
    with crawling.start(source, delay=0.02) as process:
        until = time.monotonic() + SECONDS
        while len(portal.log) < asked and process.poll() is None and time.monotonic() < until:
            time.sleep(0.005)
        process.send_signal(by)
        process.communicate(timeout=SECONDS)
        return process.returncode


@pytest.mark.fault(67)
def test_sigterm_ends_a_run_soon_and_the_next_one_completes_it(tmp_path: Path) -> None:
    with NukeVietPortal(ARTICLES) as portal:
        crawling, source = Crawling(tmp_path), source_at(portal.home_url)
        assert interrupt(crawling, source, portal, 25) == 130
        first = Crawled(0, "", crawling.database)
        assert first.rows("SELECT state FROM runs") == [("interrupted",)]
        assert set(first.rows("SELECT DISTINCT reason FROM pages WHERE outcome = 'deferred'")) == {
            ("interrupted",)
        }
        crawled = crawling.crawl(source)
        assert crawled.titles() == sorted(portal.titles)
        articles = Counter(one.path for one in portal.log if one.path in portal.article_paths)
        assert articles.most_common(1)[0][1] == 1, "fetched twice"


def killed_and_resumed(tmp_path: Path, after: list[int]) -> None:
    with NukeVietPortal(ARTICLES) as portal:
        source = source_at(portal.home_url)
        undisturbed = rows(Crawling(tmp_path / "undisturbed").crawl(source))
        portal.log.clear()
        crawling = Crawling(tmp_path / "killed")
        for requests in after:
            kill(crawling, source, portal, requests)
        crawled = crawling.crawl(source)
        assert rows(crawled) == undisturbed
        assert crawled.rows("PRAGMA integrity_check") == [("ok",)]
        articles = Counter(one.path for one in portal.log if one.path in portal.article_paths)
        again = sum(count - 1 for count in articles.values())
        # The page in flight, and those whose text was in the workers' hands.
        assert again <= 4 * len(after)


@pytest.mark.fault(58)
def test_kills_cost_nothing_but_the_page_in_flight(tmp_path: Path) -> None:
    killed_and_resumed(tmp_path, [3, 17])


@pytest.mark.fault(58)
@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_twenty_five_kills_at_random_moments_cost_nothing(tmp_path: Path) -> None:
    moments = random.Random(20261123)
    killed_and_resumed(tmp_path, [moments.randint(1, 6) for _ in range(25)])


@pytest.mark.fault(60)
def test_a_full_disk_ends_the_run_and_says_so(tmp_path: Path) -> None:
    paths = paths_of(*(f"so-{n}" for n in range(30)))
    filler = random.Random(1).randbytes(80_000).hex()

    def page(call: Call) -> None:
        call.reply(article(call.request.path).replace("</body>", f"<!--{filler}--></body>"))

    with FaultServer(dict.fromkeys(paths, page)) as server:
        server.home(*paths)
        crawling = Crawling(tmp_path, limits={"guesses": 0})
        source = source_at(server.home_url)
        with crawling.start(source, largest_file=1_000_000) as process:
            _, errors = process.communicate(timeout=SECONDS)
        assert process.returncode == 1
        assert "storage" in errors
        half = Crawled(1, errors, crawling.database)
        assert half.rows("PRAGMA integrity_check") == [("ok",)]
        assert 0 < len(half.titles()) < len(paths)
        assert len(crawling.crawl(source).titles()) == len(paths)


@pytest.mark.fault(33)
def test_a_spent_budget_leaves_the_rest_to_the_next_run(tmp_path: Path) -> None:
    with NukeVietPortal(ARTICLES) as portal:
        crawling = Crawling(tmp_path)
        first = crawling.crawl(portal, max_pages=10)
        assert len([one for one in portal.log if one.path != "/robots.txt"]) == 10
        assert first.outcomes["deferred"] > 0
        assert crawling.crawl(portal).titles() == sorted(portal.titles)
