"""Files that a later night fetches, asks for again, or compares with their site."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.portals.misbehaviours import status
from tests.portals.notices import NoticePortal, etagged, pdf, png
from tests.spiders.crawling import Crawling, source_at
from tests.spiders.fetched_files import FILES, counts, ends, shift


@pytest.fixture
def crawling(tmp_path: Path) -> Crawling:
    return Crawling(tmp_path, plan=FILES, limits={"guesses": 0, "jitter": 0})


def test_what_exceeds_the_bytes_of_a_night_is_fetched_the_next_one(crawling: Crawling) -> None:
    size = 400_000
    with NoticePortal() as portal:
        paths = [f"/tep/{number}.pdf" for number in range(5)]
        portal.publish(1, *paths)
        for path in paths:
            portal.serve(path, pdf(path, size))
        source = source_at(portal.home_url)
        nights = [crawling.crawl(source, files_megabytes=1) for _ in range(1)]
        assert counts(nights[0]) == {
            ("attachment", "new", ""): 2,
            ("attachment", "deferred", "budget"): 3,
        }
        [(received,)] = nights[0].rows("SELECT sum(bytes) FROM run_files")
        assert 2 * size <= received <= 1_000_000
        waiting = nights[0].rows("SELECT count(*) FROM files WHERE outcome IS NULL")
        assert waiting == [(3,)]
        assert counts(crawling.crawl(source, files_megabytes=1))[("attachment", "new", "")] == 2
        assert counts(crawling.crawl(source, files_megabytes=1)) == {("attachment", "new", ""): 1}
        stored = [one.path for one in portal.server.log if one.path in paths]
        assert sorted(set(stored)) == paths


def test_a_file_that_failed_is_requested_again_the_next_night(crawling: Crawling) -> None:
    with NoticePortal() as portal:
        portal.publish(1, "/tep/mot.pdf", "/tep/hai.pdf")
        portal.serve("/tep/mot.pdf", status(500))
        portal.serve("/tep/hai.pdf", status(410))
        source = source_at(portal.home_url)
        crawled = crawling.crawl(source)
        assert counts(crawled) == {
            ("attachment", "failed", "http_500"): 1,
            ("attachment", "gone", "http_410"): 1,
        }
        crawled = crawling.crawl(source)
        assert counts(crawled) == {("attachment", "failed", "http_500"): 1}
        [(attempts, due)] = crawled.rows(
            "SELECT attempts, due_at FROM files WHERE url LIKE '%mot%'"
        )
        assert attempts == 2
        assert due > crawled.rows("SELECT max(finished_at) FROM runs")[0][0]
        for _ in range(5):
            with closing(sqlite3.connect(crawled.database)) as db, db:
                db.execute("UPDATE files SET due_at = first_seen_at WHERE due_at IS NOT NULL")
            crawled = crawling.crawl(source)
        assert crawled.rows("SELECT outcome, reason, due_at FROM files WHERE url LIKE '%mot%'") == [
            ("failed", "http_500", None)
        ]


def test_an_attachment_of_a_changed_article_is_requested_conditionally(crawling: Crawling) -> None:
    paths = ["/tep/as-it-was.pdf", "/tep/changed.pdf"]
    with NoticePortal() as portal:
        portal.publish(1, *paths)
        for path in paths:
            portal.serve(path, etagged(pdf(path)))
        source = source_at(portal.home_url)
        crawling.crawl(source)
        assert counts(crawling.crawl(source, full=True)) == {}
        portal.publish(1, *paths, text="<p>Bổ sung: lùi ngày khởi công sang thứ hai.</p>")
        portal.serve("/tep/changed.pdf", etagged(pdf("Kế hoạch mới"), '"2"'))
        crawled = crawling.crawl(source, full=True)
        asked = [one for one in portal.server.log if one.path == paths[0]]
        assert [one.headers.get("if-none-match") for one in asked] == [None, '"1"']
    assert ends(crawled) == {paths[0]: ("unchanged", "not_modified"), paths[1]: ("updated", None)}
    texts = crawled.rows("SELECT text FROM attachments ORDER BY position")
    assert texts == [(paths[0],), ("Kế hoạch mới",)]
    assert crawled.rows("SELECT count(*) FROM captures WHERE url_key LIKE 'file:%'") == [(3,)]


def test_stored_files_are_compared_with_their_site_after_a_month_and_then_rarely(
    crawling: Crawling,
) -> None:
    paths = ["/anh/same.png", "/anh/other.png", "/anh/silent.png", "/tep/same.pdf"]
    with NoticePortal() as portal:
        portal.publish(1, *paths)
        for path in paths:
            portal.serve(path, etagged(png() if "png" in path else pdf()))
        portal.serve("/anh/silent.png", png(30))
        source = source_at(portal.home_url)
        crawled = crawling.crawl(source)
        first = ends(crawled)
        days = "round(julianday(check_at) - julianday(fetched_at)), url LIKE '%silent%'"
        checks = crawled.rows(f"SELECT {days} FROM files ORDER BY 2, 1")
        assert checks == [(30, 0), (30, 0), (30, 0), (None, 1)]
        assert counts(crawling.crawl(source, full=True)) == {}
        shift(crawling, days=70)
        portal.serve("/anh/other.png", etagged(png(20), '"2"'))
        crawled = crawling.crawl(source)
        asked = {path: portal.asked(path) for path in paths}
    assert [len(asked[path]) for path in paths] == [2, 2, 1, 2]
    assert ends(crawled) == first | {
        "/anh/same.png": ("unchanged", "not_modified"),
        "/anh/other.png": ("updated", None),
        "/tep/same.pdf": ("unchanged", "not_modified"),
    }
    assert crawled.rows(f"SELECT {days} FROM files WHERE url LIKE '%same.png'") == [(70, 0)]
    assert crawled.rows("SELECT count(*) FROM earlier_files") == [(1,)]
    assert crawled.rows("SELECT count(*) FROM captures WHERE url_key LIKE 'file:%'") >= [(4,)]


def test_at_most_so_many_stored_files_are_compared_and_new_ones_come_first(
    crawling: Crawling,
) -> None:
    with NoticePortal() as portal:
        old = [f"/anh/{number}.png" for number in range(206)]
        portal.publish(1, *old)
        for number, path in enumerate(old):
            portal.serve(path, etagged(png(10 + number)))
        source = source_at(portal.home_url)
        crawling.crawl(source)
        shift(crawling, days=40)
        portal.publish(2, "/anh/new.png")
        portal.serve("/anh/new.png", png())
        seen = len(portal.server.log)
        crawled = crawling.crawl(source)
        asked = [one.path for one in portal.server.log[seen:] if one.path.startswith("/anh/")]
    assert asked[0] == "/anh/new.png"
    assert len(asked) == 201
    assert counts(crawled) == {
        ("photo", "new", ""): 1,
        ("photo", "unchanged", "not_modified"): 200,
    }


def test_photos_of_a_changed_article_are_compared(crawling: Crawling) -> None:
    with NoticePortal() as portal:
        portal.publish(1, "/anh/ben.png", "/anh/silent.png")
        portal.serve("/anh/ben.png", etagged(png()))
        portal.serve("/anh/silent.png", png(30))
        source = source_at(portal.home_url)
        crawling.crawl(source)
        portal.publish(1, "/anh/ben.png", "/anh/silent.png", text="<p>Bổ sung: lùi ngày.</p>")
        portal.serve("/anh/ben.png", etagged(png(20), '"2"'))
        crawled = crawling.crawl(source, full=True)
        assert (len(portal.asked("ben.png")), len(portal.asked("silent.png"))) == (2, 1)
    assert ends(crawled)["/anh/ben.png"] == ("updated", None)


def test_files_that_were_refused_come_back_when_they_are_allowed(crawling: Crawling) -> None:
    with NoticePortal() as portal:
        portal.publish(1, "/tep/large.pdf", "/kin/a.pdf")
        portal.serve("/tep/large.pdf", pdf() + bytes(3_000_000))
        portal.serve("/kin/a.pdf", pdf("Kín"))
        rules = [b"User-agent: *\nDisallow: /kin/\n"]
        portal.server.paths["/robots.txt"] = lambda call: call.reply(rules[0])
        source = source_at(portal.home_url)
        crawled = crawling.crawl(source, file_megabytes=2)
        refused = {"/tep/large.pdf": ("refused", "too_large"), "/kin/a.pdf": ("refused", "robots")}
        assert ends(crawled) == refused
        crawled = crawling.crawl(source, file_megabytes=2)
        assert (counts(crawled), len(portal.asked("large.pdf"))) == ({}, 1)
        crawled = crawling.crawl(source, file_megabytes=4)
        assert ends(crawled) == refused | {"/tep/large.pdf": ("new", None)}
        rules[0] = b"User-agent: *\nDisallow:\n"
        shift(crawling, days=31)
        crawled = crawling.crawl(source)
    assert ends(crawled)["/kin/a.pdf"] == ("new", None)
