"""Names: those that do not exist, never answer, or lead to an address that is not theirs."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.resolver import dnscache

from spiders.http.resolver import Endpoint, GuardedResolver
from tests.portals.faults import FaultServer, article, paths_of
from tests.spiders.crawling import Crawled, Crawling, source_at
from tests.spiders.name_service import LOOKUP, NameService

(PAGE,) = paths_of("mot")
PUBLIC = "113.160.0.1"


class Receiver:
    """What a connection is told."""

    def __init__(self) -> None:
        self.addresses: list[str] = []

    def resolutionBegan(self, lookup: Any) -> None:  # noqa: N802
        """Take note of nothing."""

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        self.addresses.append(address.host)

    def resolutionComplete(self) -> None:  # noqa: N802
        """Take note of nothing."""


@pytest.fixture
def cache() -> Iterator[None]:
    dnscache.clear()
    yield
    dnscache.clear()


def guard_over(service: NameService, cache_size: int, *allowed: Endpoint) -> GuardedResolver:
    guard = GuardedResolver(SimpleNamespace(nameResolver=service), cache_size)
    guard.allowed = frozenset(allowed)
    return guard


def connected(guard: GuardedResolver, name: str, port: int = 80) -> list[str]:
    receiver: Any = Receiver()
    guard.resolveHostName(receiver, name, port)
    return receiver.addresses  # type: ignore[no-any-return]


@pytest.mark.fault(22)
@pytest.mark.parametrize("private", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1"])
@pytest.mark.usefixtures("cache")
def test_a_name_that_changes_to_a_private_address_is_refused_at_the_connection(
    private: str,
) -> None:
    guard = guard_over(NameService(xa_example=[PUBLIC, private]), 0)
    assert connected(guard, "xa.example") == [PUBLIC]
    assert connected(guard, "xa.example") == []
    assert guard.refused == {("xa.example", 80)}


@pytest.mark.fault(22)
@pytest.mark.usefixtures("cache")
def test_what_is_cached_for_ones_own_port_opens_no_other_one() -> None:
    guard = guard_over(NameService(may_nha=["127.0.0.1"]), 100, ("may.nha", 8001))
    assert connected(guard, "may.nha", 8001) == ["127.0.0.1"]
    assert connected(guard, "may.nha", 22) == []


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Crawled, FaultServer]]:
    """A crawl of names of every sort, and the server to which those that exist lead."""
    crawling = Crawling(tmp_path_factory.mktemp("names"), limits={"guesses": 0, "tries": 2})
    crawling.settings = {
        "DOWNLOAD_TIMEOUT": 5,
        "TWISTED_DNS_RESOLVER": "tests.spiders.name_service.TestedResolver",
    }
    with FaultServer({PAGE: lambda call: call.reply(article())}) as server:
        server.home(PAGE)
        port = server.home_url.rstrip("/").rpartition(":")[2]
        named = {"absent": "http://absent.example/", "slow": "http://slow.example/"}
        named |= {"intranet": f"http://portal:{port}/", "private": f"http://xa.example:{port}/"}
        sources = [source_at(url, name) for name, url in named.items()]
        yield crawling.crawl(*sources, source_at(server.home_url, "own")), server


@pytest.mark.fault(2)
@pytest.mark.parametrize(("name", "reason"), [("absent", "dns"), ("slow", "timeout")])
def test_a_name_without_an_answer_is_told_after_few_lookups(
    night: tuple[Crawled, FaultServer], name: str, reason: str
) -> None:
    rows = night[0].rows("SELECT outcome, reason FROM pages WHERE source = ?", name)
    assert rows == [("failed", reason)]
    assert 1 <= night[0].errors.count(LOOKUP % f"{name}.example") <= 2


@pytest.mark.fault(20, 22)
@pytest.mark.parametrize("name", ["intranet", "private"])
def test_a_name_that_leads_to_this_machine_gets_no_byte(
    night: tuple[Crawled, FaultServer], name: str
) -> None:
    crawled, server = night
    rows = crawled.rows("SELECT outcome, reason FROM pages WHERE source = ?", name)
    assert rows == [("refused", "private_address")]
    assert {request.headers["host"] for request in server.log} == {
        server.home_url.removeprefix("http://").rstrip("/")
    }


@pytest.mark.fault(2)
def test_nobody_waits_for_the_names_of_others(night: tuple[Crawled, FaultServer]) -> None:
    assert night[0].rows("SELECT source FROM articles") == [("own",)]
    assert night[0].error("own") is None
