"""What becomes of a host whose rules cannot be taken in for a fault of ours."""

from __future__ import annotations

import sqlite3
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.exceptions import CloseSpider
from scrapy.http import TextResponse

from spiders.http.hosts import Host
from spiders.limits import CrawlPlan, Limits
from spiders.requests import RobotsFetch
from spiders.robots_checker import RobotsChecker
from tests.spiders.crawling import source_at

SOURCE = source_at("http://xa.example/")
ROBOTS = "http://xa.example/robots.txt"


@pytest.fixture
def fetch() -> RobotsFetch:
    return RobotsFetch(Host("xa.example", 1.0, Limits()), ROBOTS, SOURCE)


def answer(fetch: RobotsFetch, error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have an answer come, and reading it fail."""

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("spiders.robots_checker.rules_of", fail)
    scheduler: Any = SimpleNamespace(release=lambda *_: None)
    spider: Any = SimpleNamespace(plan=CrawlPlan())
    RobotsChecker(scheduler, spider).parse(TextResponse(ROBOTS, body=b"User-agent: *"), fetch)


def test_rules_that_cannot_be_read_are_asked_for_again_a_little_later(
    fetch: RobotsFetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(fetch, RuntimeError("ours"), monkeypatch)
    assert (fetch.tries, fetch.host.rules, fetch.host.given_up) == (1, None, None)
    assert fetch.host.ready_at > 0


def test_a_database_that_takes_nothing_more_ends_the_crawl(
    fetch: RobotsFetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CloseSpider) as raised:
        answer(fetch, sqlite3.OperationalError("database is locked"), monkeypatch)
    assert raised.value.reason == "storage: database is locked"
