"""One night's crawl of the simulated country: complete, polite, in flat memory, told rightly."""

from __future__ import annotations

import json
from typing import Any

import pytest

import settings
from tests.country.building import build_country
from tests.country.places import Host, Kind
from tests.country.running import Household, slug_of
from tests.country.serving import CountryServer, HostRequest, requests_by_host, sooner_than
from tests.country.sites import STORIES, is_readable

PAUSE = 0.3
LATENCY = 1.0
"""Seconds that a server takes for an answer."""

DOWN = (Kind.REFUSES, Kind.SILENT, Kind.ERROR)
MOST_GROWTH = 1.15
"""Memory at the end of a night, of what it was at its middle."""

TOGETHER_SHARE = 0.8
"""How many of the hosts that may be crawled at a time are, in the busiest moment."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    """Two nights over all hosts."""
    folder = tmp_path_factory.mktemp("nights")
    with CountryServer(build_country(), folder, LATENCY) as server:
        return Nights(Household(server, folder, PAUSE))


class Nights:
    """What two nights asked for, and what `status` says after each."""

    def __init__(self, household: Household) -> None:
        country = household.country
        self.household = household
        self.readable = [host for host in country.hosts.values() if is_readable(host)]
        self.dark = country.of_kind(*DOWN)
        live = country.of_kind(Kind.LIVE)
        sites = household.server.sites
        self.quiet, self.failing = live[::10], live[1::10]
        sites.quiet |= {host.name for host in self.quiet}
        household.register([*self.readable, *self.dark])
        self.first = self._crawl()
        self.status = self._status()
        self.memory = household.memory
        sites.down |= {host.name for host in self.failing}
        self.second = self._crawl()
        self._crawl()
        self.later_status = self._status()

    def _crawl(self) -> list[HostRequest]:
        done = self.household.tinhuyen("crawl", "--quiet")
        assert done.returncode == 3, done.stderr  # some of the servers are down
        return self.household.server.take_log()

    def _status(self) -> dict[str, dict[str, Any]]:
        done = self.household.tinhuyen("--json", "status")
        return {one["source"]: one for one in json.loads(done.stdout)["sources"]}

    def verdicts(self, hosts: list[Host], *, later: bool = False) -> set[str]:
        """The verdicts on some hosts."""
        status = self.later_status if later else self.status
        return {status[slug_of(host)]["verdict"] for host in hosts}


def test_every_article_is_stored(nights: Nights) -> None:
    rows = nights.household.rows("SELECT source, count(*) FROM articles GROUP BY source")
    stored = dict(rows)
    few = {host.name for host in nights.readable if stored.get(slug_of(host), 0) < STORIES}
    assert few == set()


def test_as_many_hosts_as_are_allowed_are_crawled_at_a_time(nights: Nights) -> None:
    most = most_at_once(nights.first)
    grown = nights.memory[-1] / nights.memory[len(nights.memory) // 2]
    print(
        f"\nnight: {len(nights.first)} requests to {len(requests_by_host(nights.first))} hosts, "
        f"{most} at once; memory {nights.memory[0] // 1000}, "
        f"{nights.memory[len(nights.memory) // 2] // 1000}, {nights.memory[-1] // 1000} MB, "
        f"second half {grown:.3f}; second night {len(nights.second)} requests"
    )
    assert TOGETHER_SHARE * settings.CONCURRENT_REQUESTS <= most <= settings.CONCURRENT_REQUESTS


def test_memory_is_flat(nights: Nights) -> None:
    middle = nights.memory[len(nights.memory) // 2]
    assert nights.memory[-1] <= MOST_GROWTH * middle


@pytest.mark.parametrize("night", ["first", "second"])
def test_a_host_gets_one_request_at_a_time_and_its_pause(nights: Nights, night: str) -> None:
    assert sooner_than(getattr(nights, night), PAUSE) == []


def test_the_status_of_each_source_is_right(nights: Nights) -> None:
    read = [host for host in nights.readable if host not in nights.quiet]
    assert nights.verdicts(read) == {"fine"}
    assert nights.verdicts(nights.quiet) <= {"fine", "quiet"}
    assert nights.verdicts(nights.dark) == {"new"}
    well = [host for host in read if host not in nights.failing]
    assert nights.verdicts(well, later=True) == {"fine"}
    assert nights.verdicts(nights.failing, later=True) == {"unreachable"}
    assert nights.verdicts(nights.dark, later=True) == {"unreachable"}


def most_at_once(log: list[HostRequest]) -> int:
    """The most requests that were in flight at one moment."""
    moments = [(one.began, 1) for one in log] + [(one.ended, -1) for one in log]
    now = most = 0
    for _, change in sorted(moments):
        now += change
        most = max(most, now)
    return most
