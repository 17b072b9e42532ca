"""Who is answered: names that are ours, and passwords, which nobody can guess at speed."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from scraper.browse.access import Answer, PasswordCheck, answers_to, network_of
from tests.browse.serving import Browsing


def status(site: str, *lines: str, version: str = "1.1") -> int:
    """The status of an answer to a request with these header lines and no others."""
    parts = urlsplit(site)
    head = "\r\n".join([f"GET /tinhuyen.json HTTP/{version}", "Connection: close", *lines])
    with socket.create_connection((parts.hostname, parts.port or 80), timeout=300) as connection:
        connection.sendall(f"{head}\r\n\r\n".encode("latin-1"))
        return int(connection.makefile("rb").readline().split()[1])


@pytest.mark.fault(72, 85)
def test_only_our_own_names_are_answered(site: str) -> None:
    port = urlsplit(site).port
    ours = ["127.0.0.1", "localhost", "LOCALHOST", "localhost.", "[::1]", "[0:0:0:0:0:0:0:1]"]
    assert {name: status(site, f"Host: {name}:{port}") for name in ours} == dict.fromkeys(ours, 200)
    others = [f"evil.example:{port}", f"EVIL.example.:{port}", "127.0.0.1", "localhost:1"]
    others += [f"127.0.0.1.evil.example:{port}", f"localhost@evil.example:{port}", "", "a b", ":"]
    found = {name: status(site, f"Host: {name}") for name in others}
    assert {name: code for name, code in found.items() if code not in (400, 421)} == {}


@pytest.mark.fault(72)
def test_a_request_has_one_host_and_no_other_header_names_it(site: str) -> None:
    ours, other = f"Host: {urlsplit(site).netloc}", "Host: evil.example"
    refused: list[tuple[str, ...]] = [(), (ours, other), (other, ours), (ours, ours)]
    refused += [(other, f"X-Forwarded-{ours}"), (other, f"Forwarded: host={ours[6:]}")]
    assert all(status(site, *lines) in (400, 421) for lines in refused)
    assert status(site, version="1.0") in (400, 421)
    assert status(site, ours, "X-Forwarded-Host: evil.example") == 200


def test_a_name_that_is_configured_is_answered(library: Path) -> None:
    with Browsing(library, TINHUYEN_ALLOWED_HOSTS="tin.example other.example:8443") as browsing:
        names = ["tin.example", "tin.example:8443", "other.example:8443", "other.example"]
        found = [status(browsing.url, f"Host: {name}") for name in names]
        assert found == [200, 200, 200, 421]


class Clock:
    """A clock that only waiting moves on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def wait(self, seconds: float) -> None:
        self.now += seconds


def tried(check: PasswordCheck, addresses: Sequence[str], password: bytes) -> list[Answer]:
    async def each() -> list[Answer]:
        return [await check.judge(address, password) for address in addresses]

    return asyncio.run(each())


@pytest.mark.fault(85)
def test_a_hundred_wrong_passwords_of_one_address_take_long() -> None:
    clock = Clock()
    check = PasswordCheck("mật khẩu dài", clock, clock.wait)
    assert set(tried(check, ["192.0.2.1"] * 100, b"sai")) == {Answer.WRONG}
    assert clock.now - 1000 > 90
    before = clock.now
    right = "mật khẩu dài".encode()
    assert tried(check, ["192.0.2.1"] * 3, right) == [Answer.RIGHT] * 3
    assert clock.now - before <= 1, "the owner waits for one pause, and for no further one"


def test_wrong_passwords_of_many_addresses_are_slowed_in_total() -> None:
    clock = Clock()
    check = PasswordCheck("mật khẩu dài", clock, clock.wait)
    right = "mật khẩu dài".encode()
    tried(check, ["198.51.100.7"], right)
    tried(check, [f"192.0.2.{number}" for number in range(200)], b"sai")
    assert clock.now - 1000 > 15
    before = clock.now
    assert tried(check, ["198.51.100.7"], right) == [Answer.RIGHT]
    assert clock.now == before, "an address that knows the password does not wait for others"


def test_many_connections_at_once_try_no_more_than_one() -> None:
    waits: list[float] = []

    async def never(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.Event().wait()

    check = PasswordCheck("mật khẩu dài", lambda: 1000.0, never)

    async def at_once() -> list[Answer]:
        tries = [asyncio.ensure_future(check.judge("192.0.2.1", b"sai")) for _ in range(100)]
        for _ in range(10):
            await asyncio.sleep(0)
        answered = [each.result() for each in tries if each.done()]
        for each in tries:
            each.cancel()
        return answered

    answers = asyncio.run(at_once())
    assert answers.count(Answer.WRONG) == 1, "the others wait, or are turned away unread"
    assert answers.count(Answer.TOO_MANY) == 100 - 1 - len(waits)


def test_wrong_passwords_are_logged_without_them(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    with caplog.at_level(logging.WARNING):
        tried(PasswordCheck("mật khẩu dài", clock, clock.wait), ["192.0.2.1"], b"bi-mat-sai")
    assert [record.getMessage() for record in caplog.records] == [
        "password refused address=192.0.2.1 wrong=1"
    ]


def test_addresses_of_one_customer_are_one() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:2") != network_of("2001:db9::1")
    assert network_of("192.0.2.1") != network_of("192.0.2.2")


def test_of_two_names_none_is_believed() -> None:
    scope = {"scheme": "http", "server": ("127.0.0.1", 8001)}
    ours, foreign = (b"host", b"localhost:8001"), (b"host", b"xau.example:8001")
    assert answers_to({**scope, "headers": [ours]}, "127.0.0.1", ())
    for headers in ([], [foreign], [ours, foreign], [foreign, ours], [ours, ours]):
        assert not answers_to({**scope, "headers": headers}, "127.0.0.1", ())
