"""What a bad night does to one page: each fault ends as what it is, and harms nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import NamedTuple

import pytest

from tests.portals import misbehaviours as bad
from tests.portals.faults import FaultServer, Misbehaviour
from tests.portals.misbehaviours import MB, status, to
from tests.spiders.crawling import Crawled, Crawling, source_at

PAGE = "/tin/ba-con-xom-suoi-thu-sua-duong-ra-ben-101.html"

COOKIE_CHALLENGE = (
    "<html><body><script>document.cookie='D1N=5f2a'+'; path=/';window.location.reload(true);"
    "</script></body></html>"
)
CAPTCHA = (
    "<html><body><h1>Xác minh</h1><div class='g-recaptcha' data-sitekey='x'></div></body></html>"
)


class Fault(NamedTuple):
    """The number of a promise in tests/README.md, what the server does, how the page must end."""

    number: int
    misbehaviour: Misbehaviour
    outcome: str
    reason: str | None


FAULTS = {
    "reset": Fault(1, bad.reset, "failed", "connect"),
    "silence": Fault(4, bad.silence, "failed", "timeout"),
    "stall": Fault(5, bad.stall, "failed", "timeout"),
    "drip": Fault(6, bad.drip, "failed", "timeout"),
    "short": Fault(7, bad.short, "failed", "truncated"),
    "half": Fault(7, bad.half, "failed", "truncated"),
    "closed-early": Fault(7, bad.closed_early, "failed", "truncated"),
    "closed-at-the-end": Fault(7, bad.closed_at_the_end, "new", None),
    "gzip-cut": Fault(8, bad.gzip_cut, "failed", "truncated"),
    "not-gzip": Fault(8, bad.not_gzip, "new", None),
    "chunk-cut": Fault(9, bad.chunk_cut, "failed", "truncated"),
    "bad-chunk": Fault(9, bad.bad_chunk, "failed", "truncated"),
    "bomb": Fault(10, bad.bomb("gzip"), "refused", "too_large"),
    "deflate-bomb": Fault(10, bad.bomb("deflate"), "refused", "too_large"),
    "brotli-bomb": Fault(10, bad.bomb("br"), "refused", "too_large"),
    "zstd-bomb": Fault(10, bad.bomb("zstd"), "refused", "too_large"),
    "heavy": Fault(11, bad.heavy, "refused", "too_large"),
    "endless": Fault(11, bad.endless, "refused", "too_large"),
    "great-header": Fault(12, bad.great_header, "failed", "connect"),
    "many-headers": Fault(12, bad.with_headers(*[b"X-Filler: x"] * 10_000), "new", None),
    "header-flood": Fault(12, bad.header_flood, "refused", "too_large"),
    "foreign-header": Fault(12, bad.with_headers("X: Hà Nội".encode(), b"\xff"), "new", None),
    "foreign-name": Fault(12, bad.with_headers("X-Tên: x".encode()), "failed", "connect"),
    "nul-header": Fault(12, bad.with_headers(b"X: \0", b"\0: x"), "failed", "connect"),
    "http-500": Fault(13, status(500), "failed", "http_500"),
    "http-418": Fault(13, status(418), "failed", "http_418"),
    "at-last": Fault(14, bad.at_last, "new", None),
    "http-403": Fault(16, status(403), "blocked", "http_403"),
    "http-406": Fault(16, status(406), "blocked", "http_406"),
    "captcha": Fault(16, status(200, CAPTCHA), "blocked", "challenge"),
    "cookie-gate": Fault(16, status(200, COOKIE_CHALLENGE), "blocked", "cookie_gate"),
    "http-404": Fault(17, status(404), "gone", "http_404"),
    "http-410": Fault(17, status(410), "gone", "http_410"),
    "to-itself": Fault(18, to(PAGE), "failed", "redirect_loop"),
    "circle": Fault(18, bad.circle, "failed", "redirect_loop"),
    "to-nowhere": Fault(18, status(302), "failed", "redirect_without_location"),
    "too-far": Fault(19, bad.further, "failed", "redirect_loop"),
    "to-file": Fault(21, to("file:///etc/passwd"), "refused", "scheme"),
    "to-data": Fault(21, to("data:text/html,x"), "refused", "scheme"),
    "to-ftp": Fault(21, to("ftp://example.org/x"), "refused", "scheme"),
    "to-script": Fault(21, to("javascript:alert(1)"), "refused", "scheme"),
    "to-home": Fault(24, to("/"), "soft_404", "redirect_home"),
    "to-another-site": Fault(24, to("http://example.org/"), "refused", "offsite"),
    "to-login": Fault(24, to("/users/login/?nv_redirect=x"), "refused", "login"),
    "pdf": Fault(26, bad.pdf, "not_article", "document"),
    "octets": Fault(26, bad.octets, "new", None),
}
CASES = [pytest.param(name, marks=pytest.mark.fault(FAULTS[name].number)) for name in FAULTS]


@dataclass(slots=True)
class BadNight:
    """One crawl over a server for each fault: the servers, and what is stored."""

    servers: dict[str, FaultServer]
    crawled: Crawled


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BadNight]:
    crawling = Crawling(tmp_path_factory.mktemp("faults"))
    crawling.settings = {"DOWNLOAD_TIMEOUT": 10, "DOWNLOAD_MAXSIZE": 2 * MB}
    with ExitStack() as stack:
        servers = {name: stack.enter_context(FaultServer()) for name in FAULTS}
        for name, server in servers.items():
            server.home(PAGE)
            steps = [PAGE, *(f"{PAGE}?n={n}" for n in range(60))]
            server.paths |= dict.fromkeys(steps, FAULTS[name].misbehaviour)
        sources = [source_at(server.home_url, slug=name) for name, server in servers.items()]
        yield BadNight(servers, crawling.crawl(*sources))


@pytest.mark.parametrize("name", CASES)
def test_fault_ends_as_what_it_is(night: BadNight, name: str) -> None:
    url = night.servers[name].home_url.rstrip("/") + PAGE
    rows = night.crawled.rows("SELECT outcome, reason FROM pages WHERE url = ?", url)
    assert rows == [FAULTS[name][2:]]


@pytest.mark.parametrize("name", CASES)
def test_fault_stores_an_article_only_where_the_page_was_whole(night: BadNight, name: str) -> None:
    stored = night.crawled.rows("SELECT body FROM articles WHERE source = ?", name)
    assert len(stored) == (FAULTS[name].outcome == "new")
    assert all("Đợt 11." in body for (body,) in stored)


@pytest.mark.parametrize("name", CASES)
def test_fault_costs_a_bounded_number_of_requests(night: BadNight, name: str) -> None:
    asked = [one for one in night.servers[name].log if one.path.startswith(PAGE)]
    is_retried = FAULTS[name].outcome == "failed" and name not in ("http-418", "to-nowhere")
    most = {"too-far": 12, "at-last": 3}.get(name, 3 if is_retried else 1)
    assert 1 <= len(asked) <= most


@pytest.mark.fault(14)
def test_recovery_within_the_run_is_on_record(night: BadNight) -> None:
    rows = night.crawled.rows("SELECT retries FROM run_sources WHERE source = 'at-last'")
    assert rows == [(2,)]


def test_nothing_else_of_a_source_is_harmed_by_a_fault(night: BadNight) -> None:
    homes = night.crawled.rows("SELECT outcome FROM pages WHERE url LIKE '%/' AND list = url_key")
    assert {outcome for (outcome,) in homes} == {"listing"}
