"""A search in a made-up province: what it finds, what it asks for, and what it never asks."""

from __future__ import annotations

import gzip
import signal
import sqlite3
import time
import tomllib
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from scraper.base.clock import now
from scraper.demo.server import Answer
from spiders.portal_search.limits import MAX_REQUESTS_PER_ADDRESS, MAX_REQUESTS_PER_HOST
from tests.spiders.portal_search.zone import Searching, Zone, links, portal, verdicts

PROVINCE = ("--province", "Cà Mau")
DAYS = ("24/11/2026", "23/11/2026", "20/11/2026")
LINKED = {
    "hongdan": "Xã Hồng Dân",
    "ninhquoi": "Xã Ninh Quới",
    "phuoclong": "Xã Phước Long",
    "vinhphuoc": "Xã Vĩnh Phước",
    "vinhthanh": "Xã Vĩnh Thanh",
    "phonghiep": "Xã Phong Hiệp",
    "hoabinh": "Xã Hòa Bình",
    "chauthoi": "Xã Châu Thới",
    "vinhloi": "Xã Vĩnh Lợi",
    "hunghoi": "Xã Hưng Hội",
    "phongthanh": "Xã Phong Thạnh",
    "ganhhao": "Xã Gành Hào",
    "longdien": "Xã Long Điền",
}
"""The communes that the province's portal links to, by their labels."""

ARTICLE = (
    "<!doctype html><html><body><article><h1>Hội nghị lần thứ 1 của Xã Vĩnh Lộc</h1>"
    "<time>22/11/2026 08:30</time>"
    + "<p>Sáng nay, Ủy ban nhân dân xã tổ chức hội nghị bàn về sản xuất vụ đông xuân năm nay.</p>"
    * 6
    + "</article></body></html>"
)


def host(label: str) -> str:
    return f"{label}.camau.gov.vn"


def provincial(zone: Zone, *entries: tuple[str, str]) -> None:
    """Serve the portal of the province, which links to a page of links."""
    further = '<a href="/lien-ket">Liên kết website</a>'
    zone.sites["camau.gov.vn", "/"] = Answer(portal("Tỉnh Cà Mau", *DAYS, extra=further))
    zone.sites["camau.gov.vn", "/lien-ket"] = Answer(f"<html><body>{links(*entries)}</body></html>")


def sites(zone: Zone) -> None:
    """Serve communes of every sort."""
    provincial(zone, *((f"http://{host(label)}/", name) for label, name in LINKED.items()))
    for label in ("hongdan", "ninhquoi", "hunghoi"):
        zone.sites[host(label), "/"] = Answer(portal(LINKED[label], *DAYS))
    zone.sites[host("ninhquoi"), "/robots.txt"] = Answer("User-agent: *\nDisallow: /\n")
    zone.sites[host("phuoclong"), "/"] = Answer("", 503)
    zone.sites[host("vinhphuoc"), "/"] = redirect(f"http://{host('xavinhphuoc')}/trang-chu")
    zone.sites[host("xavinhphuoc"), "/"] = Answer(portal(LINKED["vinhphuoc"], *DAYS))
    zone.sites[host("vinhthanh"), "/"] = redirect(f"{zone.base}/bi-mat")
    zone.sites[host("hoabinh"), "/"] = redirect("/a")
    zone.sites[host("hoabinh"), "/a"] = redirect("/")
    zone.sites[host("chauthoi"), "/"] = Answer("", 429, {"Retry-After": "8640000"})
    zone.sites[host("vinhloi"), "/"] = Answer(
        portal(LINKED["vinhloi"], extra='<a href="/tin-tuc">Tin tức</a>')
    )
    zone.sites[host("vinhloi"), "/tin-tuc"] = Answer(portal(LINKED["vinhloi"], *DAYS))
    for number in range(10):
        zone.sites[host("longdien"), "/" + "a" * number] = redirect("/a" + "a" * number)
    bomb = gzip.compress(bytes(30_000_000))
    packed = {"Content-Encoding": "gzip"}
    zone.sites[host("phongthanh"), "/"] = Answer(headers=packed, raw=bomb)
    zone.sites[host("ganhhao"), "/robots.txt"] = redirect(f"{zone.base}/bi-mat")
    zone.sites[host("ganhhao"), "/"] = Answer(portal(LINKED["ganhhao"], *DAYS))
    zone.sites[host("vinhloc"), "/"] = Answer(portal("Xã Vĩnh Lộc", "", ""))
    zone.sites[host("vinhloc"), "/tin-tuc/hoi-nghi-ban-ve-san-xuat-101.html"] = Answer(ARTICLE)


def redirect(url: str) -> Answer:
    return Answer("", 302, {"Location": url})


Night = tuple[Searching, dict[str, Any], list[Any]]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """A search in the province, what it printed, and the requests that it sent."""
    with Zone() as zone:
        sites(zone)
        zone.seconds = 0.02
        searching = Searching(tmp_path_factory.mktemp("search"), zone)
        labels = (*LINKED, "xavinhphuoc", "vinhloc")
        searching.names = {"camau.gov.vn", *map(host, labels)} - {host("hunghoi")}
        searching.private = {host("phonghiep")}
        found = searching.search(*PROVINCE)
        yield searching, found, list(zone.log)


def test_portals_are_found_by_links_by_usual_names_and_behind_redirects(night: Night) -> None:
    by_host = {row["host"]: row for row in night[1]["candidates"] if row["verdict"] == "portal"}
    assert {name: row["found_by"] for name, row in by_host.items()} == {
        host("hongdan"): "link",
        host("xavinhphuoc"): "link",
        host("vinhloi"): "link",
        host("ganhhao"): "link",
        host("vinhloc"): "pattern",
    }
    assert by_host[host("hongdan")]["found_on"].endswith("camau.gov.vn/lien-ket")
    assert by_host[host("hongdan")]["newest_article"] == "2026-11-24"
    assert by_host[host("vinhloc")]["newest_article"] == "2026-11-22"


@pytest.mark.parametrize(
    ("label", "verdict", "reason"),
    [
        ("ninhquoi", "refused", "robots"),
        ("phuoclong", "down", "http_503"),
        ("vinhphuoc", "moved", "redirects to xavinhphuoc.camau.gov.vn"),
        ("vinhthanh", "moved", "redirects to 127.0.0.1"),
        ("phonghiep", "refused", "private_address"),
        ("hoabinh", "down", "redirect_loop"),
        ("chauthoi", "down", "http_429"),
        ("phongthanh", "refused", "too_large"),
        ("longdien", "down", "too_many_requests"),
        ("hunghoi", "no_name", "dns"),
        ("langtron", "no_name", "dns"),
    ],
)
def test_every_other_host_has_a_verdict_and_its_reason(
    night: Night, label: str, verdict: str, reason: str
) -> None:
    (row,) = (row for row in night[1]["candidates"] if row["host"] == host(label))
    assert (row["verdict"], row["reason"]) == (verdict, reason)


def test_no_host_is_asked_more_often_than_the_limit_and_some_never(night: Night) -> None:
    asked = night[0].zone.requests_by_host()
    assert max(asked.values()) <= MAX_REQUESTS_PER_HOST
    without_address = {host("hunghoi"), host("langtron"), host("phonghiep")}
    assert not without_address & asked.keys()
    assert [request.path for request in night[2] if "bi-mat" in request.path] == []
    assert night[0].zone.paths_of(host("ninhquoi")) == ["/robots.txt"]
    assert sum(asked.values()) <= night[1]["run"]["requests"]


def test_robots_is_asked_first_by_an_agent_with_a_contact(night: Night) -> None:
    first = {request.headers["host"]: request for request in reversed(night[2])}
    assert {request.path for request in first.values()} == {"/robots.txt"}
    assert all("tests@example.org" in request.headers["user-agent"] for request in night[2])


def test_few_requests_at_a_time_go_to_one_address(night: Night) -> None:
    assert 1 < night[0].zone.most_at_once <= MAX_REQUESTS_PER_ADDRESS


def test_a_host_is_asked_one_request_at_a_time_with_a_pause(night: Night) -> None:
    by_host: dict[str, list[float]] = {}
    for request in night[2]:
        by_host.setdefault(request.headers["host"], []).append(request.at)
    gaps = [b - a for times in by_host.values() for a, b in pairwise(times)]
    assert min(gaps) >= 0.04  # the answer and the pause


def test_what_a_host_asks_for_is_waited_for(night: Night) -> None:
    due = {row["host"]: datetime.fromisoformat(row["due_at"]) for row in night[1]["candidates"]}
    assert 6 <= (due[host("phuoclong")] - now()).days <= 7
    assert (due[host("chauthoi")] - now()).days > 80
    assert (due[host("langtron")] - now()).days in (29, 30)


def test_a_second_search_asks_nothing_and_registers_what_was_found(night: Night) -> None:
    searching, first, log = night
    del searching.zone.log[:]
    again = searching.search(*PROVINCE, "--yes")
    assert searching.zone.log == []
    assert again["verdicts"] == {}
    assert len(again["registered"]) == first["verdicts"]["portal"] == 5
    entries = tomllib.loads(searching.sources.read_text())
    assert entries["hongdan-camau"]["unit_code"] == "31843"
    assert entries["hongdan-camau"]["home_url"] == f"http://{host('hongdan')}/"
    assert entries["hongdan-camau"]["evidence"].startswith("found by a link on http")
    assert [entry["enabled"] for entry in entries.values()] == [False] * 5
    assert {entry["level"] for entry in entries.values()} == {"commune"}
    before = searching.sources.read_text()
    assert searching.search(*PROVINCE, "--yes", "--enable")["registered"] == []
    assert searching.sources.read_text() == before
    searching.zone.log[:] = log


@pytest.fixture
def small(tmp_path: Any) -> Iterator[Searching]:
    """A province whose portal links to one commune."""
    with Zone() as zone:
        provincial(zone, (f"http://{host('hongdan')}/", "Xã Hồng Dân"))
        zone.sites[host("hongdan"), "/"] = Answer(portal("Xã Hồng Dân", *DAYS))
        yield Searching(tmp_path, zone, {"camau.gov.vn", host("hongdan")})


def test_without_a_terminal_and_in_a_dry_run_nothing_is_registered(small: Searching) -> None:
    for options in ((), ("--dry-run", "--yes")):
        done = small.run(*PROVINCE, *options)
        assert done.returncode == 0, done.stderr
        assert "--yes would register 1 portal" in done.stdout
        assert "Xã Hồng Dân" in done.stdout
        assert not small.sources.exists()


def test_a_url_is_read_and_judged_and_no_name_is_guessed(small: Searching) -> None:
    found = small.search(f"http://{host('hongdan')}/")
    assert verdicts(found) == {host("hongdan"): "portal"}
    assert found["run"]["lookups"] <= 3
    assert small.zone.requests_by_host() == {host("hongdan"): 2}


@pytest.mark.parametrize(
    ("number", "code", "error"),
    [(signal.SIGKILL, -9, "the process was killed"), (signal.SIGINT, 130, None)],
)
def test_a_search_that_was_ended_goes_on_where_it_stopped(
    small: Searching, number: int, code: int, error: str | None
) -> None:
    labels = list(LINKED)
    provincial(small.zone, *((f"http://{host(label)}/", LINKED[label]) for label in labels))
    for label in labels:
        small.zone.sites[host(label), "/"] = Answer(portal(LINKED[label], *DAYS))
    small.names |= set(map(host, labels))
    small.values = {"spiders.portal_search.search.MAX_HOSTS_AT_ONCE": 2}
    small.zone.seconds = 0.1
    with small.start(*PROVINCE, "--yes") as process:
        while len(small.zone.log) < 10 and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(number)
    assert process.returncode == code
    assert not small.sources.exists()
    found = small.search(*PROVINCE)
    asked = small.zone.requests_by_host()
    twice = [name for name, count in asked.items() if count > 2 and name != "camau.gov.vn"]
    assert len(twice) <= 2
    assert asked["camau.gov.vn"] == 3
    portals = {name for name, verdict in verdicts(found).items() if verdict == "portal"}
    assert portals == set(map(host, labels))
    with sqlite3.connect(small.database) as db:
        states = db.execute("SELECT state, error FROM discoveries ORDER BY id").fetchall()
    assert states == [("interrupted", error), ("done", None)]


def test_a_zone_in_which_every_name_has_an_address_is_asked_for_little(small: Searching) -> None:
    small.wildcards = {"camau.gov.vn"}
    small.zone.sites["*", "/"] = Answer(portal("Tập đoàn Ví Dụ", *DAYS))
    small.zone.sites[host("baclieu"), "/"] = Answer(portal("Phường Bạc Liêu", *DAYS))
    small.values = {
        "spiders.portal_search.zones.MAX_WILDCARD_MISSES": 3,
        "spiders.portal_search.search.MAX_HOSTS_AT_ONCE": 1,
    }
    found = small.search(*PROVINCE)
    portals = {name for name, verdict in verdicts(found).items() if verdict == "portal"}
    assert portals == {host("hongdan"), host("baclieu")}
    assert found["verdicts"]["no_name"] > 50
    assert found["verdicts"].keys() == {"no_name", "portal"}
    assert len(small.zone.requests_by_host()) <= 3 + 3 + 1


def test_a_night_guesses_so_many_names_and_no_more(small: Searching) -> None:
    small.values = {"spiders.portal_search.search.MAX_GUESSES": 10}
    first, again = (small.search(*PROVINCE) for _ in range(2))
    assert first["verdicts"] == {"no_name": 10, "portal": 1}
    assert again["verdicts"] == {}
    assert again["run"]["guesses_left"] == first["run"]["guesses_left"] > 40


def test_a_portal_of_the_province_that_cannot_be_read_is_exit_code_3(small: Searching) -> None:
    small.zone.sites["camau.gov.vn", "/"] = Answer("", 403)
    done = small.run(*PROVINCE)
    assert done.returncode == 3
    assert "https://camau.gov.vn/ could not be read: http_403" in done.stdout


def test_without_a_name_service_nothing_is_recorded(small: Searching) -> None:
    small.names = set()
    done = small.run(*PROVINCE)
    assert done.returncode == 1
    assert "no host name could be looked up" in done.stderr
    with sqlite3.connect(small.database) as db:
        assert db.execute("SELECT count(*) FROM candidates").fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM link_lists").fetchone() == (0,)
        assert db.execute("SELECT state FROM discoveries").fetchall() == [("failed",)]
