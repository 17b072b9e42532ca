"""TLS: verified for everybody but the sources that the registry excepts by name."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.portals.certificates import Authority
from tests.portals.faults import Call, FaultServer, article, paths_of
from tests.spiders.crawling import Crawled, Crawling, source_at

(PAGE,) = paths_of("mot")


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """A crawl of servers with certificates of every sort, which trusts one authority."""
    folder = tmp_path_factory.mktemp("tls")
    authority = Authority(folder)
    contexts = {
        "sound": authority.context("sound"),
        "expired": authority.context("expired", age=30),
        "other-host": authority.context("other-host", host="127.0.0.2"),
        "self-signed": authority.context("self-signed", is_signed=False),
        "excepted": authority.context("excepted", is_signed=False),
    }
    crawling = Crawling(folder, limits={"guesses": 0, "tries": 1})
    crawling.settings = {"DOWNLOAD_TIMEOUT": 10}
    with ExitStack() as stack, pytest.MonkeyPatch.context() as environment:
        environment.setenv("SSL_CERT_FILE", str(authority.trusted))
        servers = {
            name: stack.enter_context(FaultServer({PAGE: page}, tls=context))
            for name, context in contexts.items()
        }
        mute = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        for server in servers.values():
            server.home(PAGE)
        sources = [
            source_at(server.home_url, name, verify_tls=name != "excepted")
            for name, server in servers.items()
        ]
        stalled = source_at(f"https://127.0.0.1:{mute.getsockname()[1]}/", "stalled")
        yield crawling.crawl(*sources, stalled)


def page(call: Call) -> None:
    call.reply(article())


@pytest.mark.fault(3)
@pytest.mark.parametrize("name", ["expired", "other-host", "self-signed"])
def test_a_certificate_that_does_not_hold_is_a_failure_of_that_name(
    crawled: Crawled, name: str
) -> None:
    rows = crawled.rows("SELECT outcome, reason FROM pages WHERE source = ?", name)
    assert rows == [("failed", "tls")]
    assert "tls" in str(crawled.error(name))


@pytest.mark.fault(3)
def test_a_handshake_that_stalls_ends(crawled: Crawled) -> None:
    rows = crawled.rows("SELECT outcome, reason FROM pages WHERE source = 'stalled'")
    assert rows == [("failed", "timeout")]


@pytest.mark.fault(3)
def test_a_sound_certificate_and_one_excepted_by_name_pass(crawled: Crawled) -> None:
    rows = crawled.rows("SELECT source FROM articles ORDER BY source")
    assert rows == [("excepted",), ("sound",)]


@pytest.mark.fault(3)
def test_the_exception_is_told_in_every_run(crawled: Crawled) -> None:
    told = [line for line in crawled.errors.splitlines() if "tls unverified" in line]
    assert len(told) == 1
    assert "source=excepted" in told[0]
