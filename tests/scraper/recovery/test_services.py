"""Which web archives a user can name, and what their clients may connect to."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from scraper.base.errors import UsageError
from scraper.base.web_archive_entry import WebArchiveEntry
from scraper.recovery.services import PUBLIC_SERVICES, ArchiveService, chosen_services, open_archive
from scraper.recovery.web_archive import IndexQuery, Match, ServiceError
from tests.scraper.recovery.opened_archives import CONTACT, batches
from tests.scraper.recovery.services import Answer, serving
from tests.scraper.recovery.stepped_clock import SteppedClock
from tests.scraper.stores import new_database

OWN = WebArchiveEntry(
    name="thu-vien",
    kind="pywb",
    index="http://127.0.0.1:8080/kept-index",
    captures="http://127.0.0.1:8080/kept",
)


def test_the_public_services_are_chosen_by_default() -> None:
    assert chosen_services([], [OWN]) == list(PUBLIC_SERVICES)
    assert all(service.is_public and not service.private for service in PUBLIC_SERVICES)


def test_an_entry_adds_a_service_or_replaces_one() -> None:
    (service,) = chosen_services(["thu-vien"], [OWN])
    assert (service.index, service.captures) == (OWN.index, f"{OWN.captures}/")
    assert service.private == {("127.0.0.1", 8080)}
    assert not service.is_public
    mine = OWN.model_copy(update={"name": "common-crawl", "kind": "common-crawl"})
    assert chosen_services([], [mine])[1].index == f"{OWN.index}/"


def test_a_collection_is_named_by_its_address() -> None:
    addresses = ["http://127.0.0.1:8080/kept", "http://127.0.0.1:8080/kept/"]
    (service,) = chosen_services(addresses, [])
    assert service == ArchiveService(
        "http://127.0.0.1:8080/kept",
        "pywb",
        "http://127.0.0.1:8080/kept/cdx",
        "http://127.0.0.1:8080/kept/",
        frozenset({("127.0.0.1", 8080)}),
    )


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("internet-archiv", "did you mean internet-archive"),
        ("ftp://a.vn/", "name internet-archive, common-crawl"),
        ("http:///kept", "no address of a collection"),
        ("http://a.vn:99999/kept", "no address of a collection"),
        ("http://a.vn/kept?url=b", "no address of a collection"),
        ("http://nga:mat@a.vn/kept", "without a password"),
    ],
)
def test_what_is_no_service(name: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        chosen_services([name], [])


QUERY = IndexQuery("a.vn", Match.HOST)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433"])
def test_a_private_address_is_asked_only_if_it_was_named(tmp_path: Path, host: str) -> None:
    db = new_database(tmp_path)
    with serving(lambda request: Answer(200, [])) as service:
        root = service.url.replace("127.0.0.1", host)
        named = ArchiveService("a", "pywb", f"{root}/cdx", f"{root}/", frozenset())
        with (
            open_archive(named, db, CONTACT, SteppedClock()) as archive,
            pytest.raises(ServiceError, match="private address"),
        ):
            batches(archive, QUERY)
        assert service.requests == []
        (chosen,) = chosen_services([f"{root}/kept"], [])
        with open_archive(chosen, db, CONTACT, SteppedClock()) as archive:
            assert batches(archive, QUERY)[0].captures == []


def test_a_service_that_does_not_listen_is_out_of_reach(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        (chosen,) = chosen_services([f"http://127.0.0.1:{unused.getsockname()[1]}/kept"], [])
        clock = SteppedClock()
        with (
            open_archive(chosen, new_database(tmp_path), CONTACT, clock) as archive,
            pytest.raises(ServiceError, match="out of reach") as raised,
        ):
            batches(archive, QUERY)
    assert raised.value.until is not None
    assert [pause for pause in clock.sleeps if pause >= 5] == [5, 15, 45]
