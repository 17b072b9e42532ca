"""How a page ends is written once, with when it is fetched again, and takes it out of flight."""

from __future__ import annotations

from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipelines.article import Article
from pipelines.items import Outcome
from scraper.base.clock import to_utc_iso
from scraper.store.articles import insert_article
from scraper.store.database import write_transaction
from scraper.store.pages import Discovery, PageRecord, page_record
from spiders.link_selection import SelectedLinks
from spiders.outcomes import OutcomeRecorder
from spiders.requests import Fetch
from spiders.responses import Done
from spiders.run import CrawlRun
from spiders.source_crawl import SourceCrawl
from tests.spiders.crawling import source_at
from tests.spiders.runs import NIGHT, answer, begin, fetch_of, known_page

HOME = "http://xa.example/"
GONE = Done(Outcome.GONE, "http_404")


@pytest.fixture
def run(tmp_path: Path) -> CrawlRun:
    return begin(tmp_path, source_at(HOME))


@pytest.fixture
def source_crawl(run: CrawlRun) -> SourceCrawl:
    return run.source_crawls["portal"]


def in_flight(run: CrawlRun, path: str, kind: str = "article", **changes: object) -> Fetch:
    """A page whose request has left; ``changes`` are what earlier runs knew of it."""
    urls = run.source_crawls["portal"].urls
    known = known_page(run, urls.discovery(HOME + path, kind))
    return fetch_of(run, replace(known, **changes))  # type: ignore[arg-type]


def stored(run: CrawlRun, fetch: Fetch) -> PageRecord:
    """What the store says of a page now."""
    known = page_record(run.db, fetch.known.url_key)
    assert known is not None
    return known


def count(run: CrawlRun, column: str) -> int:
    """A count of the run for its source."""
    row = run.db.execute(f'SELECT "{column}" FROM run_sources WHERE run = ?', [run.id]).fetchone()
    return int(row[0])


def article_of(run: CrawlRun, fetch: Fetch) -> int:
    """Store an article for a page in flight."""
    article = Article(url=fetch.url, title="Ra quân làm đường", paragraphs=["Sáng nay."])
    with write_transaction(run.db):
        row = insert_article(run.db, "portal", article, NIGHT, page=fetch.known.url_key)
        sql = "UPDATE pages SET article = ? WHERE url_key = ?"
        run.db.execute(sql, [row, fetch.known.url_key])
    fetch.known = replace(fetch.known, article=row)
    return row


def gone_at(run: CrawlRun, article: int) -> str | None:
    row = run.db.execute("SELECT gone_at FROM articles WHERE id = ?", [article]).fetchone()
    return row[0]  # type: ignore[no-any-return]


def test_an_end_is_counted_once_and_takes_the_page_out_of_flight(
    run: CrawlRun, source_crawl: SourceCrawl
) -> None:
    woken: list[bool] = []
    run.wake = lambda: woken.append(True)
    fetch = in_flight(run, "tin-1.html")
    OutcomeRecorder(run).end(fetch, Done(Outcome.BLOCKED, "http_403"), answer(fetch.known, 403))
    assert (stored(run, fetch).outcome, stored(run, fetch).reason) == (Outcome.BLOCKED, "http_403")
    assert count(run, "blocked") == 1
    assert source_crawl.taken == {}
    assert woken


def test_a_page_that_failed_keeps_its_validators_and_is_tried_again(run: CrawlRun) -> None:
    fetch = in_flight(run, "tin-1.html", etag='"a"', last_modified="Sun", attempts=1)
    OutcomeRecorder(run).end(fetch, Done(Outcome.FAILED, "timeout"))
    known = stored(run, fetch)
    assert (known.etag, known.last_modified) == ('"a"', "Sun")
    assert known.due_at == to_utc_iso(NIGHT + timedelta(hours=20))


def test_an_article_is_gone_when_two_runs_miss_it(run: CrawlRun) -> None:
    first = in_flight(run, "tin-1.html")
    article = article_of(run, first)
    OutcomeRecorder(run).end(first, GONE, answer(first.known, 404))
    assert gone_at(run, article) is None
    assert stored(run, first).due_at == to_utc_iso(NIGHT + timedelta(hours=12))
    again = fetch_of(run, stored(run, first))
    OutcomeRecorder(run).end(again, GONE, answer(again.known, 404))
    assert gone_at(run, article) == to_utc_iso(NIGHT)


@pytest.mark.parametrize("is_dropped", [True, False], ids=["dropped", "410"])
def test_an_article_is_gone_at_once_if_the_site_says_so_twice(
    run: CrawlRun, source_crawl: SourceCrawl, is_dropped: bool
) -> None:
    fetch = in_flight(run, "tin-1.html")
    article = article_of(run, fetch)
    if is_dropped:
        source_crawl.note_dropped([fetch.known.url_key])
    end = GONE if is_dropped else Done(Outcome.GONE, "http_410")
    OutcomeRecorder(run).end(fetch, end, answer(fetch.known, 404))
    assert gone_at(run, article) == to_utc_iso(NIGHT)


def test_a_list_that_is_lost_is_looked_for_again(run: CrawlRun) -> None:
    fetch = in_flight(run, "tin-tuc", "listing", body_hash="b")
    OutcomeRecorder(run).end(fetch, GONE, answer(fetch.known, 404))
    assert stored(run, fetch).due_at == to_utc_iso(NIGHT + run.policy.empty)


@pytest.mark.parametrize("kind", ["feed", "sitemap"])
def test_after_a_feed_or_sitemap_that_is_none_the_next_usual_place_is_tried(
    run: CrawlRun, kind: str
) -> None:
    fetch = in_flight(run, "khong-co.xml", kind)
    OutcomeRecorder(run).end(fetch, GONE, answer(fetch.known, 404))
    sql = "SELECT count(*) FROM pages WHERE turn = 'guess' AND kind = ?"
    assert run.db.execute(sql, [kind]).fetchone() == (1,)
    deferred = in_flight(run, "de-sau.xml", kind)
    OutcomeRecorder(run).end(deferred, Done(Outcome.DEFERRED, "budget"))
    assert run.db.execute(sql, [kind]).fetchone() == (1,)


def run_alone(steps: Coroutine[None, None, None]) -> None:
    """Run a coroutine that waits for nothing, without a loop: another test may have left one."""
    with suppress(StopIteration):
        while True:
            steps.send(None)


def list_page(
    run: CrawlRun, fetch: Fetch, selected: SelectedLinks, end: Done | None = None
) -> None:
    """Record a list, and all that it led to."""
    end = end or Done(Outcome.LISTING, None)
    page = answer(fetch.known, 200, b"<html>", etag='"l"')
    recorder = OutcomeRecorder(run)
    run_alone(recorder.listed(fetch, page, selected, end, NIGHT, None, "h"))


def pages(run: CrawlRun, *paths: str) -> list[Discovery]:
    urls = run.source_crawls["portal"].urls
    return [urls.discovery(HOME + path, "article") for path in paths]


def test_a_list_is_recorded_with_all_that_it_led_to(
    run: CrawlRun, source_crawl: SourceCrawl
) -> None:
    fetch = in_flight(run, "tin-tuc", "listing")
    found = pages(run, *(f"tin-{number}.html" for number in range(1200)))
    list_page(run, fetch, SelectedLinks(found, names_articles=True))
    known = stored(run, fetch)
    assert (known.outcome, known.etag, known.body_hash) == (Outcome.LISTING, '"l"', "h")
    assert known.due_at == to_utc_iso(NIGHT)
    sql = "SELECT count(*) FROM pages WHERE kind = 'article' AND outcome IS NULL"
    assert run.db.execute(sql).fetchone() == (1200,)
    assert (source_crawl.lists_read, source_crawl.names_articles) == (1, True)
    assert known.swept_at is not None


def test_a_list_with_a_page_left_to_ask_is_not_read_to_its_end(run: CrawlRun) -> None:
    fetch = in_flight(run, "tin-tuc", "listing")
    urls = run.source_crawls["portal"].urls
    second = urls.discovery(f"{HOME}tin-tuc?page=2", "listing", list=fetch.known.url_key)
    list_page(run, fetch, SelectedLinks([second]))
    assert stored(run, fetch).swept_at is None


def test_what_is_too_old_is_taken_up_and_deferred_in_one_step(run: CrawlRun) -> None:
    fetch = in_flight(run, "sitemap.xml", "sitemap")
    list_page(run, fetch, SelectedLinks(older=pages(run, "tin-1.html", "tin-2.html")))
    sql = "SELECT outcome, reason FROM pages WHERE kind = 'article'"
    assert run.db.execute(sql).fetchall() == [("deferred", "before_since")] * 2
    assert count(run, "deferred") == 2


def test_a_list_that_names_no_article_is_remembered(
    run: CrawlRun, source_crawl: SourceCrawl
) -> None:
    fetch = in_flight(run, "rss", "feed")
    list_page(run, fetch, SelectedLinks())
    assert source_crawl.empty == {fetch.known.url_key}
    assert not source_crawl.names_articles


def test_an_unchanged_article_is_seen_and_an_unchanged_feed_is_a_list(
    run: CrawlRun, source_crawl: SourceCrawl
) -> None:
    fetch = in_flight(run, "tin-1.html")
    article = article_of(run, fetch)
    run.db.execute("UPDATE articles SET last_seen_at = '2026-11-01T00:00:00Z'")
    recorder = OutcomeRecorder(run)
    recorder.unchanged(fetch, answer(fetch.known, 304), "not_modified")
    assert stored(run, fetch).outcome is Outcome.UNCHANGED
    sql = "SELECT last_seen_at FROM articles WHERE id = ?"
    assert run.db.execute(sql, [article]).fetchone() == (to_utc_iso(NIGHT),)
    assert not source_crawl.names_articles
    feed = in_flight(run, "rss", "feed")
    recorder.unchanged(feed, answer(feed.known, 304), "not_modified")
    assert (stored(run, feed).outcome, stored(run, feed).due_at) == (
        Outcome.LISTING,
        to_utc_iso(NIGHT),
    )
    assert source_crawl.names_articles
