"""What becomes of a host whose rules cannot be taken in for a fault of ours."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from scrapy.exceptions import CloseSpider
from scrapy.http import TextResponse

from spiders.outcomes import OutcomeRecorder
from spiders.requests import RobotsFetch
from spiders.robots_checker import RobotsChecker
from spiders.run import CrawlRun
from tests.spiders.crawling import source_at
from tests.spiders.runs import begin

SOURCE = source_at("http://xa.example/")
ROBOTS = "http://xa.example/robots.txt"


@pytest.fixture
def run(tmp_path: Path) -> CrawlRun:
    return begin(tmp_path, SOURCE)


@pytest.fixture
def fetch(run: CrawlRun) -> RobotsFetch:
    return RobotsFetch(run.source_crawls["portal"].home, ROBOTS, SOURCE)


def answer(run: CrawlRun, fetch: RobotsFetch, body: bytes) -> None:
    """Have an answer come."""
    robots = RobotsChecker(run, OutcomeRecorder(run))
    robots.parse(TextResponse(ROBOTS, body=body), fetch)


def fail(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have reading an answer fail."""

    def raise_it(*_: object) -> None:
        raise error

    monkeypatch.setattr("spiders.robots_checker.rules_of", raise_it)


def test_rules_that_cannot_be_read_are_asked_for_again_a_little_later(
    run: CrawlRun, fetch: RobotsFetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(RuntimeError("ours"), monkeypatch)
    answer(run, fetch, b"User-agent: *")
    assert (fetch.tries, fetch.host.rules, fetch.host.given_up) == (1, None, None)
    assert fetch.host.ready_at > 0


def test_a_database_that_takes_nothing_more_ends_the_crawl(
    run: CrawlRun, fetch: RobotsFetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(sqlite3.OperationalError("database is locked"), monkeypatch)
    with pytest.raises(CloseSpider) as raised:
        answer(run, fetch, b"User-agent: *")
    assert raised.value.reason == "storage: database is locked"


def test_rules_are_obeyed_and_the_sitemaps_of_the_source_itself_are_taken_up(
    run: CrawlRun, fetch: RobotsFetch
) -> None:
    body = (
        b"User-agent: *\nDisallow: /tim-kiem\nSitemap: http://xa.example/sitemap.xml\n"
        b"Sitemap: http://khac.example/sitemap.xml\n"
    )
    answer(run, fetch, body)
    rules, source_crawl = fetch.host.rules, run.source_crawls["portal"]
    assert rules is not None
    assert not rules.allows("http://xa.example/tim-kiem?q=1")
    assert source_crawl.names_sitemap
    urls = [row[0] for row in run.db.execute("SELECT url FROM pages WHERE kind = 'sitemap'")]
    assert urls == ["http://xa.example/sitemap.xml"]
