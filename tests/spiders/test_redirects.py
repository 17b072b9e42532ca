"""Redirects: where they may lead, one hop at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.items import Outcome, Page
from spiders.responses import Done, Redirect, RedirectChain, decide_redirect, meta_refresh_target
from tests.portals.faults import Call, FaultServer, article
from tests.spiders.crawling import Crawling, source_at

SOURCE = source_at("https://www.xa.example/")
FIRST = "https://www.xa.example/tin/sua-duong-12.html"


def judged(location: str | None, first: str = FIRST, *asked: str) -> Redirect | Done:
    way = RedirectChain(first, (*asked, first)[0], (*asked, first), limit=10)
    return decide_redirect(location, way, SOURCE)


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/tin/sua-duong-ra-ben-12.html", "https://www.xa.example/tin/sua-duong-ra-ben-12.html"),
        ("moi.html#dau", "https://www.xa.example/tin/moi.html"),
        ("http://xa.example/tin/12", "http://xa.example/tin/12"),
        ("//www.xa.example/tin/12", "https://www.xa.example/tin/12"),
    ],
)
def test_a_new_address_on_the_same_site_is_followed(location: str, target: str) -> None:
    assert judged(location) == Redirect(target)


@pytest.mark.parametrize("location", ["/", "https://xa.example", "/index.php", "/Default.aspx"])
def test_the_home_page_is_no_article(location: str) -> None:
    assert judged(location) == Done(Outcome.SOFT_404, "redirect_home")


def test_the_home_page_itself_may_lead_to_another_front_door() -> None:
    home = "https://www.xa.example/"
    assert judged("/index.php", home) == Redirect("https://www.xa.example/index.php")
    assert judged("http://xa.example/", home) == Redirect("http://xa.example/")


@pytest.mark.fault(21)
@pytest.mark.parametrize(
    ("location", "end"),
    [
        (None, Done(Outcome.FAILED, "redirect_without_location")),
        ("file:///etc/passwd", Done(Outcome.REFUSED, "scheme")),
        ("data:text/html,tin", Done(Outcome.REFUSED, "scheme")),
        ("javascript:void(0)", Done(Outcome.REFUSED, "scheme")),
        ("http://[", Done(Outcome.REFUSED, "scheme")),
        ("http://169.254.169.254/", Done(Outcome.REFUSED, "offsite")),
        ("https://parked.example/", Done(Outcome.REFUSED, "offsite")),
        ("/users/login/?nv_redirect=a", Done(Outcome.REFUSED, "login")),
        (FIRST, Done(Outcome.FAILED, "redirect_loop")),
    ],
)
def test_other_ways_end_with_their_reason(location: str | None, end: Done) -> None:
    assert judged(location) == end


@pytest.mark.fault(18, 19)
def test_a_circle_and_a_long_chain_end() -> None:
    other = "https://www.xa.example/b"
    assert judged(other, FIRST, other) == Done(Outcome.FAILED, "redirect_loop")
    chain = [f"https://www.xa.example/{n}" for n in range(10)]
    assert judged("/c", FIRST, *chain) == Done(Outcome.FAILED, "redirect_loop")


OLD, NEW = (
    "/tin/con-duong-ra-ben-34.html",
    "/tin/con-%C4%91%C6%B0%E1%BB%9Dng-ra-b%E1%BA%BFn-34.html",
)


@pytest.mark.parametrize(
    "head",
    [
        '<meta http-equiv="refresh" content="0;url=/tin/34.html?a=1&amp;b=2">',
        '<meta content="0; URL=\'/tin/34.html?a=1&b=2\'" http-equiv="Refresh">',
        "<META CONTENT='3;url=/tin/34.html?a=1&amp;b=2' name=x HTTP-EQUIV=REFRESH />",
        "<script>window.location.href = '/tin/34.html?a=1&b=2'</script>",
    ],
)
@pytest.mark.fault(81)
def test_a_page_that_only_leads_on_is_a_signpost(head: str) -> None:
    page = Page(FIRST, f"<html><head>{head}</head><body>Xin chờ…</body></html>".encode())
    assert meta_refresh_target(page) == "/tin/34.html?a=1&b=2"


@pytest.mark.parametrize(
    "body",
    [
        '<noscript><meta http-equiv="refresh" content="0;url=/cu"></noscript><p>Bà con họp.</p>',
        '<meta http-equiv="refresh" content="0;url=/cu.html"><p>' + "Bà con họp bàn. " * 20,
        '<meta http-equiv="refresh" content="600;url=/cu.html"><p>Bà con họp.</p>',
        '<meta http-equiv="refresh" content="0;url=/cu.html"><a href="/">Trang chủ</a>',
        '<script>document.cookie="D1N=0f"; location.href="/cu.html"</script>',
    ],
)
def test_a_page_with_content_or_a_cookie_gate_is_no_signpost(body: str) -> None:
    assert meta_refresh_target(Page(FIRST, f"<html><body>{body}</body></html>".encode())) is None


@pytest.mark.parametrize(
    "order", ["http-equiv=refresh content='{}'", "content='{}' http-equiv=refresh"]
)
@pytest.mark.fault(81)
def test_an_article_is_found_behind_a_refresh(order: str, tmp_path: Path) -> None:
    meta = f"<html><head><meta {order.format('0; url=' + NEW)}></head><body></body></html>"
    with FaultServer() as server:
        server.paths = {
            OLD: lambda call: call.reply(meta),
            NEW: lambda call: call.reply(article()),
        }
        server.home(OLD)
        crawled = Crawling(tmp_path).crawl(source_at(server.home_url))
    assert crawled.end(OLD)[0] == "new"


LETTERS = "/tin/con-đường-ra-bến-34.html"


def to_letters(call: Call) -> None:
    """Send the address as many servers do: in bytes of UTF-8, unescaped."""
    call.reply(status=301, Location=LETTERS.encode().decode("latin-1"))


def test_an_address_in_plain_letters_is_followed(tmp_path: Path) -> None:
    with FaultServer({OLD: to_letters, NEW: lambda call: call.reply(article())}) as server:
        server.home(OLD)
        crawled = Crawling(tmp_path, limits={"guesses": 0}).crawl(source_at(server.home_url))
        assert server.asked(NEW)
    assert crawled.outcomes["new"] == 1
