"""What the engine is given next: by turns, pauses, rules and budgets, and without a spider."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from pipelines.items import Outcome
from scraper.base.clock import to_utc_iso
from scraper.base.source import Source
from scraper.store.database import write_transaction
from scraper.store.pages import discover, page_record
from spiders.http.robots import rules_of
from spiders.limits import CrawlPlan, Limits
from spiders.outcomes import OutcomeRecorder
from spiders.requests import Fetch, ResponseHandler
from spiders.responses import Done, Retry
from spiders.scheduler import Scheduler
from spiders.source_crawl import MAX_IN_HAND
from tests.spiders.crawling import source_at
from tests.spiders.runs import Clock, new_run

XA, HUYEN = source_at("http://xa.example/", "xa"), source_at("http://huyen.example/", "huyen")
PLAN = CrawlPlan(limits=Limits(jitter=0))
DELAY = 2.0


class Handler:
    """Takes answers, and does nothing with them."""

    def parse(self, response: Response, fetch: Any) -> None:
        """Take an answer."""

    def errback(self, failure: Failure) -> None:
        """Take a failure."""


class Crawl:
    """A scheduler over a run, driven as Scrapy's engine drives it."""

    def __init__(self, folder: Path, *sources: Source, plan: CrawlPlan = PLAN) -> None:
        self.clock = Clock()
        self.run = new_run(folder, *sources, plan=plan, clock=self.clock)
        self.recorder = OutcomeRecorder(self.run)
        self.pages, self.robots = Handler(), Handler()
        crawler: Any = SimpleNamespace(engine=None)
        self.scheduler = Scheduler(crawler, self.run, self.recorder, self.robots)
        spider: Any = self.pages
        self.scheduler.open(spider)

    def obey(self, body: bytes = b"") -> None:
        """Have all hosts answered for their robots.txt."""
        rules = rules_of(200, body)
        assert rules is not None
        for source_crawl in self.run.source_crawls.values():
            source_crawl.home.obey(rules, self.clock.seconds)

    def discover(self, slug: str, *paths: str, kind: str = "article", **more: object) -> None:
        """Have the run take pages up."""
        urls = self.run.source_crawls[slug].urls
        found = [urls.discovery(f"http://{slug}.example/{path}", kind, **more) for path in paths]
        with write_transaction(self.run.db):
            discover(self.run.db, self.run.id, found, self.clock.moment)

    def next(self) -> Request:
        """The next request, which there is."""
        request = self.scheduler.next_request()
        assert request is not None
        return request

    def answer(self, request: Request, outcome: Outcome = Outcome.NOT_ARTICLE) -> None:
        """Have a request answered, and its page recorded."""
        fetch: Fetch = request.cb_kwargs["fetch"]
        self.run.end_request(fetch, 100)
        self.recorder.end(fetch, Done(outcome, None))

    def end_of(self, key: str) -> tuple[Outcome | None, str | None]:
        """How a page ended."""
        known = page_record(self.run.db, key)
        assert known is not None
        return known.outcome, known.reason

    def totals(self, slug: str) -> tuple[int, int, int]:
        """Requests, bytes and deferred pages of a source in the run."""
        sql = "SELECT requests, bytes, deferred FROM run_sources WHERE source = ?"
        return self.run.db.execute(sql, [slug]).fetchone()  # type: ignore[no-any-return]


@pytest.fixture(autouse=True)
def no_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    """No reactor: what it would wake is asked for by the tests."""
    monkeypatch.setattr(Scheduler, "_set_alarm", lambda _: None)


@pytest.fixture
def crawl(tmp_path: Path) -> Crawl:
    return Crawl(tmp_path, XA)


def test_a_host_is_asked_for_its_rules_before_anything_else(crawl: Crawl) -> None:
    request = crawl.next()
    assert request.url == "http://xa.example/robots.txt"
    assert (request.callback, request.errback) == (crawl.robots.parse, crawl.robots.errback)
    assert crawl.scheduler.next_request() is None


def test_a_page_is_asked_for_with_scrapys_default_callback(crawl: Crawl) -> None:
    crawl.obey()
    request = crawl.next()
    assert request.url == "http://xa.example/"
    assert (request.callback, request.errback) == (None, crawl.pages.errback)
    fetch: Fetch = request.cb_kwargs["fetch"]
    assert fetch.asked == ("http://xa.example/",)
    assert crawl.run.source_crawls["xa"].taken == {fetch.known.url_key: fetch}


def test_a_handler_is_known_by_its_two_methods() -> None:
    assert isinstance(Handler(), ResponseHandler)


def test_one_request_of_a_host_leaves_at_a_time_and_the_next_after_its_pause(crawl: Crawl) -> None:
    crawl.obey()
    crawl.discover("xa", "tin-1.html")
    home = crawl.next()
    crawl.clock.wait(60)
    assert crawl.scheduler.next_request() is None, "the first one is still out"
    crawl.answer(home)
    assert crawl.scheduler.next_request() is None, "the pause has begun"
    crawl.clock.wait(DELAY - 0.1)
    assert crawl.scheduler.next_request() is None
    crawl.clock.wait(0.2)
    assert crawl.next().url == "http://xa.example/tin-1.html"


def test_sources_have_their_turns(tmp_path: Path) -> None:
    crawl = Crawl(tmp_path, XA, HUYEN)
    crawl.obey()
    crawl.discover("xa", "tin-1.html", "tin-2.html")
    crawl.discover("huyen", "tin-1.html")
    urls = []
    for _ in range(2):
        requests = [crawl.next(), crawl.next()]
        urls += [request.url for request in requests]
        for request in requests:
            crawl.answer(request)
        crawl.clock.wait(DELAY)
    assert urls == [
        "http://xa.example/",
        "http://huyen.example/",
        "http://xa.example/tin-1.html",
        "http://huyen.example/tin-1.html",
    ]


def test_sources_on_one_host_share_its_pause(tmp_path: Path) -> None:
    other = source_at("http://www.xa.example/huyen/", "huyen")
    crawl = Crawl(tmp_path, XA, other)
    crawl.obey()
    first = crawl.next()
    assert crawl.scheduler.next_request() is None
    crawl.answer(first)
    assert crawl.scheduler.next_request() is None
    crawl.clock.wait(DELAY)
    assert crawl.next().url == "http://www.xa.example/huyen/"


def test_what_the_rules_forbid_is_recorded_and_never_asked_for(crawl: Crawl) -> None:
    crawl.obey(b"User-agent: *\nDisallow: /noi-bo/\n")
    crawl.answer(crawl.next())
    crawl.clock.wait(DELAY)
    crawl.discover("xa", *(f"noi-bo/{number}" for number in range(20)), "tin-1.html")
    assert crawl.next().url == "http://xa.example/tin-1.html"
    assert crawl.end_of("xa.example/noi-bo/7") == (Outcome.REFUSED, "robots")


def test_a_source_that_spent_its_pages_is_left_and_the_rest_deferred(tmp_path: Path) -> None:
    crawl = Crawl(tmp_path, XA, plan=CrawlPlan(max_pages=1, limits=Limits(jitter=0)))
    crawl.obey()
    crawl.discover("xa", "tin-1.html")
    crawl.answer(crawl.next())
    crawl.clock.wait(DELAY)
    assert crawl.scheduler.next_request() is None
    assert not crawl.scheduler.has_pending_requests()
    crawl.scheduler.close("finished")
    assert crawl.end_of("xa.example/tin-1.html") == (Outcome.DEFERRED, "budget")
    assert crawl.totals("xa") == (1, 100, 1)


def test_a_source_that_spent_its_time_is_left(tmp_path: Path) -> None:
    crawl = Crawl(tmp_path, XA, plan=CrawlPlan(max_minutes=1, limits=Limits(jitter=0)))
    crawl.obey()
    crawl.discover("xa", "tin-1.html")
    crawl.answer(crawl.next())
    crawl.clock.wait(61)
    assert crawl.scheduler.next_request() is None
    assert crawl.run.source_crawls["xa"].closed == "budget"


def test_no_more_is_asked_for_while_too_much_waits_to_be_stored(crawl: Crawl) -> None:
    crawl.obey()
    crawl.discover("xa", *(f"tin-{number}.html" for number in range(10)))
    asked = []
    while request := crawl.scheduler.next_request():
        asked.append(request)
        crawl.run.end_request(request.cb_kwargs["fetch"])
        crawl.clock.wait(DELAY)
    assert len(asked) == MAX_IN_HAND
    crawl.recorder.end(asked[0].cb_kwargs["fetch"], Done(Outcome.NOT_ARTICLE, None))
    assert crawl.scheduler.next_request() is not None


def test_a_page_to_be_tried_again_goes_before_the_others_once_it_may(crawl: Crawl) -> None:
    crawl.obey()
    request = crawl.next()
    fetch: Fetch = request.cb_kwargs["fetch"]
    crawl.run.end_request(fetch)
    crawl.run.source_crawls["xa"].retry(fetch, crawl.clock.seconds + 30)
    crawl.discover("xa", "tin-1.html", "tin-2.html")
    crawl.clock.wait(DELAY)
    crawl.answer(crawl.next())
    crawl.clock.wait(30)
    assert crawl.next().cb_kwargs["fetch"] is fetch
    assert fetch.asked == ("http://xa.example/",) * 2


def test_a_page_that_redirects_to_what_the_rules_forbid_is_not_asked_for_again(
    crawl: Crawl,
) -> None:
    crawl.obey(b"User-agent: *\nDisallow: /noi-bo/\n")
    crawl.answer(crawl.next())
    crawl.clock.wait(DELAY)
    crawl.discover("xa", "tin-1.html")
    fetch: Fetch = crawl.next().cb_kwargs["fetch"]
    crawl.run.end_request(fetch)
    source_crawl = crawl.run.source_crawls["xa"]
    place = "http://xa.example/noi-bo/1"
    source_crawl.follow_redirect(fetch, place, fetch.host, 301, crawl.clock.seconds)
    crawl.clock.wait(DELAY)
    assert crawl.scheduler.next_request() is None
    assert crawl.end_of("xa.example/tin-1.html") == (Outcome.REFUSED, "robots")
    assert (source_crawl.waiting, source_crawl.taken) == ([], {})
    assert not crawl.scheduler.has_pending_requests()


def test_a_form_is_posted_and_posted_again_only_where_the_redirect_says_so(crawl: Crawl) -> None:
    crawl.obey()
    crawl.answer(crawl.next())
    crawl.clock.wait(DELAY)
    crawl.discover("xa", "tin-tuc", kind="listing", form='{"trang": "2"}')
    request = crawl.next()
    assert (request.method, request.body) == ("POST", b"trang=2")
    fetch: Fetch = request.cb_kwargs["fetch"]
    source_crawl = crawl.run.source_crawls["xa"]
    for status, method in ((308, "POST"), (302, "GET")):
        crawl.run.end_request(fetch)
        place = f"http://xa.example/moi-{status}"
        source_crawl.follow_redirect(fetch, place, fetch.host, status, crawl.clock.seconds)
        crawl.clock.wait(DELAY)
        redirected = crawl.next()
        assert (redirected.url, redirected.method) == (place, method)


def test_a_host_that_is_left_alone_closes_its_sources_until_it_may_be_asked(crawl: Crawl) -> None:
    crawl.obey()
    request = crawl.next()
    host = request.cb_kwargs["fetch"].host
    host.abandon("host_failing")
    crawl.run.abandon_host(host, Retry("http_500"))
    crawl.scheduler.close("finished")
    source_crawl = crawl.run.source_crawls["xa"]
    assert source_crawl.closed == "host_failing"
    assert crawl.end_of(source_crawl.home_key) == (Outcome.DEFERRED, "host_failing")
    sql = "SELECT error FROM run_sources"
    assert crawl.run.db.execute(sql).fetchone() == ("xa.example: host_failing (http_500)",)


def test_a_host_that_asked_for_patience_in_an_earlier_run_is_left_alone(tmp_path: Path) -> None:
    first = Crawl(tmp_path, XA)
    first.run.source_crawls["xa"].close("retry_after", first.clock.moment + timedelta(hours=6))
    first.scheduler.close("finished")
    later = Crawl(tmp_path, XA)
    source_crawl = later.run.source_crawls["xa"]
    assert source_crawl.closed == "retry_after"
    assert source_crawl.due_at is not None
    assert to_utc_iso(source_crawl.due_at) == to_utc_iso(first.clock.moment + timedelta(hours=6))
    assert later.scheduler.next_request() is None


def test_requests_of_others_are_refused(crawl: Crawl, caplog: pytest.LogCaptureFixture) -> None:
    assert not crawl.scheduler.enqueue_request(Request("http://xa.example/tin-1.html"))
    assert "unplanned request" in caplog.text
