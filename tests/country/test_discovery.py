"""Discovery in the simulated country: what it finds, never registers, and costs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from spiders.portal_search.limits import MAX_GUESSES, MAX_REQUESTS_PER_HOST
from tests.country.building import build_country
from tests.country.places import PROVINCES, Host, Kind
from tests.country.running import Household, known_bodies
from tests.country.serving import CountryServer, HostRequest, requests_by_host, sooner_than

SMALL = 30
SMALL_PROVINCE = PROVINCES[1]
PAUSE = 0.2
FOUND_SHARE = 0.98
AGAIN_SHARE = 0.1
"""What a second search may cost of the first."""


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((SMALL, (SMALL_PROVINCE,)), id="province"),
        pytest.param((10_000, PROVINCES), id="country", marks=pytest.mark.slow),
    ],
)
def searched(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Search]:
    """Two searches, one after the other."""
    folder = tmp_path_factory.mktemp("country")
    units, names = request.param
    with CountryServer(build_country(units, names), folder) as server:
        yield Search(Household(server, folder, PAUSE))


class Search:
    """What a user's two searches asked for and registered."""

    def __init__(self, household: Household) -> None:
        self.household = household
        self.country = household.country
        household.register(known_bodies(self.country))
        self.first = self._search()
        self.registered = household.registered()
        self.second = self._search()

    def _search(self) -> list[HostRequest]:
        names = [one.unit.short_name for one in self.country.provinces]
        chosen = [word for name in names for word in ("--province", name)]
        done = self.household.tinhuyen("sources", "discover", "--yes", *chosen)
        assert done.returncode == 0, done.stderr
        return self.household.server.take_log()

    @property
    def found(self) -> list[Host]:
        """The portals of units that are registered, at their own host or at one that mirrors it."""
        mirrors = {one.target: one.name for one in self.country.of_kind(Kind.MIRROR)}
        return [
            host
            for host in self.country.of_kind(Kind.LIVE)
            if host.name in self.registered or mirrors.get(host.name) in self.registered
        ]

    @property
    def figures(self) -> str:
        """What there is to report."""
        live = self.country.of_kind(Kind.LIVE)
        most = max(map(len, requests_by_host(self.first).values()))
        return (
            f"{len(self.country.hosts)} hosts, {len(live)} portals of units: {len(self.found)} "
            f"found, {len(self.registered)} registered with other bodies; {len(self.first)} "
            f"requests, {most} at most to a host; then {len(self.second)}"
        )


def test_the_live_portals_are_found(searched: Search) -> None:
    print(f"\ndiscovery: {searched.figures}")
    live = searched.country.of_kind(Kind.LIVE)
    missing = [host for host in live if host not in searched.found]
    assert len(searched.found) >= FOUND_SHARE * len(live), missing


def test_no_wrong_owner_is_registered(searched: Search) -> None:
    owners = {host: entry.get("unit_code") for host, entry in searched.registered.items()}
    wrong = {
        name: (code, host)
        for name, code in owners.items()
        if not (host := searched.country.host_at(name)) or not is_right(code, host)
    }
    assert wrong == {}


def is_right(code: str | None, host: Host) -> bool:
    """Whether a host may be registered as the portal of the unit with a code, None for none."""
    kinds = (Kind.LIVE, Kind.MIRROR, Kind.PROVINCE, Kind.PAPER, Kind.DISTRICT)
    if host.kind is Kind.DEPARTMENT:
        return code in (None, host.unit_code)
    return host.kind in kinds and code == host.unit_code


def test_a_unit_is_registered_once(searched: Search) -> None:
    codes = [
        entry["unit_code"]
        for entry in searched.registered.values()
        if entry.get("level") == "commune"
    ]
    assert len(codes) == len(set(codes))


def test_no_host_is_asked_more_often_than_is_stated(searched: Search) -> None:
    asked = {name: len(found) for name, found in requests_by_host(searched.first).items()}
    assert {name: count for name, count in asked.items() if count > MAX_REQUESTS_PER_HOST} == {}
    assert sooner_than(searched.first, PAUSE) == []


def test_names_are_looked_up_before_they_are_asked(searched: Search) -> None:
    log = searched.household.directory.with_suffix(".lookups").read_text().splitlines()
    unasked = set(log) - requests_by_host(searched.first).keys()
    assert unasked
    assert len(set(log)) <= len(searched.country.hosts) + MAX_GUESSES


def test_a_second_search_costs_a_tenth(searched: Search) -> None:
    assert len(searched.second) <= AGAIN_SHARE * len(searched.first)
    assert searched.household.registered() == searched.registered
