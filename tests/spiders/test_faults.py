"""What a bad night does to one page: each fault ends as what it is, and harms nothing else."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from tests.portals.faults import Call, FaultServer, Misbehaviour, article
from tests.spiders.crawling import Crawled, Crawling, source_at

PAGE = "/tin/ba-con-xom-suoi-thu-sua-duong-ra-ben-101.html"
PACKED = gzip.compress(article(times=400).encode())
MB = 1024 * 1024


def head(call: Call, *lines: str) -> None:
    call.send(("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + "\r\n".join(lines)).encode())
    call.send(b"\r\n\r\n")


def reset(call: Call) -> None:
    call.connection.close()


def silence(call: Call) -> None:
    time.sleep(5)


def stall(call: Call) -> None:
    head(call, "Content-Length: 5000")
    call.send(article()[:1000].encode())
    time.sleep(5)


def drip(call: Call) -> None:
    head(call, "Content-Length: 5000")
    for _ in range(30):
        call.send(b"x")
        time.sleep(0.2)


def short(call: Call) -> None:
    head(call, "Content-Length: 90000")
    call.send(article().encode())
    call.connection.close()


def gzip_cut(call: Call) -> None:
    call.reply(PACKED[: len(PACKED) // 2], Content_Encoding="gzip")


def chunk_cut(call: Call) -> None:
    head(call, "Transfer-Encoding: chunked")
    call.send(b"400\r\n" + b"x" * 0x400 + b"\r\n")
    call.connection.close()


def closed_early(call: Call) -> None:
    head(call, "Connection: close")
    call.send(article().encode()[:2000])
    call.connection.close()


def closed_at_the_end(call: Call) -> None:
    head(call, "Connection: close")
    call.send(article().encode())
    call.connection.close()


def bomb(call: Call) -> None:
    call.reply(gzip.compress(b"x" * 60 * MB), Content_Encoding="gzip")


def heavy(call: Call) -> None:
    head(call, f"Content-Length: {100 * MB}")
    for _ in range(100):
        call.send(b"x" * MB)


def endless(call: Call) -> None:
    head(call, "Connection: close")
    for _ in range(100):
        call.send(b"x" * MB)
    call.connection.close()


def great_header(call: Call) -> None:
    head(call, "X-Filler: " + "x" * 200_000, "Content-Length: 0")


def at_last(call: Call) -> None:
    if call.tries < 3:
        call.reply("Hệ thống bận", 503)
    else:
        call.reply(article())


def status(number: int, body: str = "Lỗi") -> Misbehaviour:
    return lambda call: call.reply(body, number)


def to(place: str) -> Misbehaviour:
    return lambda call: call.reply("", 302, Location=place)


def further(call: Call) -> None:
    number = int(call.request.path.partition("?n=")[2] or 0)
    call.reply("", 302, Location=f"{PAGE}?n={number + 1}")


COOKIE_GATE = (
    "<html><body><script>document.cookie='D1N=5f2a'+'; path=/';window.location.reload(true);"
    "</script></body></html>"
)
CAPTCHA = (
    "<html><body><h1>Xác minh</h1><div class='g-recaptcha' data-sitekey='x'></div></body></html>"
)

FAULTS: dict[str, tuple[Misbehaviour, tuple[str, str | None]]] = {
    "reset": (reset, ("failed", "connect")),
    "silence": (silence, ("failed", "timeout")),
    "stall": (stall, ("failed", "timeout")),
    "drip": (drip, ("failed", "timeout")),
    "short": (short, ("failed", "truncated")),
    "gzip-cut": (gzip_cut, ("failed", "truncated")),
    "chunk-cut": (chunk_cut, ("failed", "truncated")),
    "closed-early": (closed_early, ("failed", "truncated")),
    "closed-at-the-end": (closed_at_the_end, ("new", None)),
    "bomb": (bomb, ("refused", "too_large")),
    "heavy": (heavy, ("refused", "too_large")),
    "endless": (endless, ("refused", "too_large")),
    "great-header": (great_header, ("failed", "connect")),
    "http-500": (status(500), ("failed", "http_500")),
    "at-last": (at_last, ("new", None)),
    "http-403": (status(403), ("blocked", "http_403")),
    "http-406": (status(406), ("blocked", "http_406")),
    "captcha": (status(200, CAPTCHA), ("blocked", "challenge")),
    "cookie-gate": (status(200, COOKIE_GATE), ("blocked", "cookie_gate")),
    "http-404": (status(404), ("gone", "http_404")),
    "http-410": (status(410), ("gone", "http_410")),
    "http-418": (status(418), ("failed", "http_418")),
    "to-itself": (to(PAGE), ("failed", "redirect_loop")),
    "too-far": (further, ("failed", "redirect_loop")),
    "to-nowhere": (status(302), ("failed", "redirect_without_location")),
    "to-file": (to("file:///etc/passwd"), ("refused", "scheme")),
    "to-data": (to("data:text/html,x"), ("refused", "scheme")),
    "to-ftp": (to("ftp://example.org/x"), ("refused", "scheme")),
    "to-script": (to("javascript:alert(1)"), ("refused", "scheme")),
    "to-home": (to("/"), ("soft_404", "redirect_home")),
    "to-another-site": (to("http://example.org/"), ("refused", "offsite")),
    "to-login": (to("/users/login/?nv_redirect=x"), ("refused", "login")),
    "pdf": (lambda call: call.reply(b"%PDF-1.7 x"), ("not_article", "document")),
    "octets": (
        lambda call: call.reply(article(), Content_Type="application/octet-stream"),
        ("new", None),
    ),
    "not-gzip": (lambda call: call.reply(article(), Content_Encoding="gzip"), ("new", None)),
}


@dataclass(slots=True)
class BadNight:
    """One crawl over a server for each fault: the servers, and what is stored."""

    servers: dict[str, FaultServer]
    crawled: Crawled


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BadNight]:
    crawling = Crawling(tmp_path_factory.mktemp("faults"))
    crawling.settings = {"DOWNLOAD_TIMEOUT": 2, "DOWNLOAD_MAXSIZE": 2 * MB}
    with ExitStack() as stack:
        servers = {name: stack.enter_context(FaultServer()) for name in FAULTS}
        for name, server in servers.items():
            server.home(PAGE)
            server.paths[PAGE] = FAULTS[name][0]
            server.paths |= {f"{PAGE}?n={n}": further for n in range(60) if name == "too-far"}
        sources = [source_at(server.home_url, slug=name) for name, server in servers.items()]
        yield BadNight(servers, crawling.crawl(*sources))


def end_of(night: BadNight, name: str) -> tuple[str, str | None]:
    url = night.servers[name].home_url.rstrip("/") + PAGE
    return night.crawled.rows("SELECT outcome, reason FROM pages WHERE url = ?", url)[0]


@pytest.mark.parametrize("name", FAULTS)
def test_fault_ends_as_what_it_is(night: BadNight, name: str) -> None:
    assert end_of(night, name) == FAULTS[name][1]


@pytest.mark.parametrize("name", FAULTS)
def test_fault_stores_an_article_only_where_the_page_was_whole(night: BadNight, name: str) -> None:
    stored = night.crawled.rows("SELECT body FROM articles WHERE source = ?", name)
    assert len(stored) == (FAULTS[name][1][0] == "new")
    assert all("Đợt 11." in body for (body,) in stored)


@pytest.mark.parametrize("name", FAULTS)
def test_fault_costs_a_bounded_number_of_requests(night: BadNight, name: str) -> None:
    asked = [one for one in night.servers[name].log if one.path.startswith(PAGE)]
    is_retried = FAULTS[name][1][0] == "failed" and name not in ("http-418", "to-nowhere")
    most = {"too-far": 12, "at-last": 3}.get(name, 3 if is_retried else 1)
    assert 1 <= len(asked) <= most


def test_recovery_within_the_run_is_on_record(night: BadNight) -> None:
    rows = night.crawled.rows("SELECT retries FROM run_sources WHERE source = 'at-last'")
    assert rows == [(2,)]


def test_nothing_else_of_a_source_is_harmed_by_a_fault(night: BadNight) -> None:
    homes = night.crawled.rows("SELECT outcome FROM pages WHERE url LIKE '%/' AND list = url_key")
    assert {outcome for (outcome,) in homes} == {"listing"}
