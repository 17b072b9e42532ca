"""Photos and attachments: fetched after all pages, politely, archived once, nothing lost."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest

from scraper.archive.reader import iter_records
from scraper.store.fulltext import tone_style
from tests.portals import misbehaviours
from tests.portals.faults import Call, FaultServer, gaps
from tests.portals.misbehaviours import status, to
from tests.portals.notices import NoticePortal, pdf, png
from tests.spiders.crawling import Crawling, source_at
from tests.spiders.fetched_files import FILES, assert_archive_is_whole, counts, ends


@pytest.fixture
def crawling(tmp_path: Path) -> Crawling:
    return Crawling(tmp_path, plan=FILES, limits={"guesses": 0, "jitter": 0})


def test_files_are_fetched_and_archived(crawling: Crawling, tmp_path: Path) -> None:
    with NoticePortal() as portal:
        portal.publish(1, "/tep/ke-hoach.pdf", "/anh/ben.png")
        portal.serve("/tep/ke-hoach.pdf", pdf("Kế hoạch sửa đường"))
        portal.serve("/anh/ben.png", png())
        crawled = crawling.crawl(source_at(portal.home_url))
    assert ends(crawled) == {"/tep/ke-hoach.pdf": ("new", None), "/anh/ben.png": ("new", None)}
    assert counts(crawled) == {("attachment", "new", ""): 1, ("photo", "new", ""): 1}
    assert_archive_is_whole(tmp_path)
    [photo] = crawled.rows("SELECT media_type, width, height, size FROM files WHERE kind = 'photo'")
    assert photo == ("image/png", 640, 480, len(png()))
    [preview] = crawled.rows("SELECT media_type, width, height FROM previews")
    assert preview == ("image/webp", 480, 360)
    [text] = crawled.rows("SELECT media_type, pages, text, reason FROM file_texts")
    assert text == ("application/pdf", 1, "Kế hoạch sửa đường", None)
    for word in (tone_style('"kế hoạch"'), '"ke hoach"'):
        found = crawled.rows("SELECT rowid FROM file_texts_fts WHERE file_texts_fts MATCH ?", word)
        assert len(found) == 1


def test_all_pages_of_all_sources_come_before_any_file(crawling: Crawling) -> None:
    with NoticePortal() as small, NoticePortal() as large:
        small.publish(1, "/tep/mot.pdf")
        small.serve("/tep/mot.pdf", pdf())
        for number in range(20):
            large.publish(number, f"/tep/{number}.pdf")
            large.serve(f"/tep/{number}.pdf", pdf(str(number)))
        crawling.crawl(source_at(small.home_url, "small"), source_at(large.home_url, "large"))
        requests = sorted([*small.server.log, *large.server.log], key=lambda one: one.at)
    is_file = [one.path.startswith("/tep/") for one in requests]
    assert is_file.count(True) == 21
    assert is_file == sorted(is_file)


def test_outcomes(crawling: Crawling) -> None:
    with NoticePortal() as portal:
        paths = [f"/tep/{name}.pdf" for name in ("a404", "b500", "c403", "html", "home", "moved")]
        portal.publish(1, *paths, "/anh/html.png")
        for name, code in (("a404", 404), ("b500", 500), ("c403", 403)):
            portal.serve(f"/tep/{name}.pdf", status(code))
        page = b"<!DOCTYPE html><html><body>Kh\xc3\xb4ng t\xc3\xacm th\xe1\xba\xa5y</body></html>"
        portal.serve("/tep/html.pdf", lambda call: call.reply(page))
        portal.serve("/anh/html.png", page)
        portal.serve("/tep/home.pdf", to("/"))
        portal.serve("/tep/moved.pdf", to("/tep/there.pdf"))
        portal.serve("/tep/there.pdf", pdf())
        crawled = crawling.crawl(source_at(portal.home_url))
    assert ends(crawled) == {
        "/tep/a404.pdf": ("gone", "http_404"),
        "/tep/b500.pdf": ("failed", "http_500"),
        "/tep/c403.pdf": ("blocked", "http_403"),
        "/tep/html.pdf": ("broken", "html_instead"),
        "/anh/html.png": ("broken", "html_instead"),
        "/tep/home.pdf": ("gone", "redirect_home"),
        "/tep/moved.pdf": ("new", None),
    }


def test_a_crawl_without_files_neither_fetches_nor_counts_them(crawling: Crawling) -> None:
    with NoticePortal() as portal:
        portal.publish(1, "/tep/mot.pdf", "/anh/ben.png")
        portal.serve("/tep/mot.pdf", pdf())
        portal.serve("/anh/ben.png", png())
        crawled = crawling.crawl(source_at(portal.home_url, photos=False))
        assert counts(crawled) == {("attachment", "new", ""): 1}
        crawled = crawling.crawl(source_at(portal.home_url), photos=False, attachments=False)
        assert counts(crawled) == {}
        assert portal.asked(".png") == []
        crawled = crawling.crawl(source_at(portal.home_url))
        assert counts(crawled) == {("photo", "new", ""): 1}
        crawled = crawling.crawl(source_at(portal.home_url))
        assert counts(crawled) == {}
        assert (len(portal.asked(".png")), len(portal.asked(".pdf"))) == (1, 1)


def test_a_host_gets_one_request_at_a_time_with_its_pause(crawling: Crawling) -> None:
    def slow(call: Call) -> None:
        time.sleep(0.3)
        call.reply(pdf(call.request.path), Content_Type="application/pdf")

    with NoticePortal() as portal:
        paths = [f"/tep/{number}.pdf" for number in range(4)]
        portal.publish(1, *paths[:2])
        portal.publish(2, *paths[2:])
        for path in paths:
            portal.serve(path, slow)
        one, other = (source_at(portal.home_url, slug, delay=0.2) for slug in ("one", "other"))
        crawled = crawling.crawl(one, other, delay=0.2)
        log = portal.server.log
    assert sorted(ends(crawled)) == paths
    assert min(gaps(log)) >= 0.19
    files = [number for number, one in enumerate(log) if one.path.startswith("/tep/")]
    assert min(b.at - a.at for a, b in pairwise(log[files[0] :])) >= 0.49


def test_robots_forbids_a_file_and_is_asked_for_at_each_host(crawling: Crawling) -> None:
    rules = b"User-agent: *\nDisallow: /tep/mat/\n"
    with NoticePortal() as portal, FaultServer() as store:
        store.paths["/robots.txt"] = lambda call: call.reply(rules)
        store.paths["/tep/mot.pdf"] = lambda call: call.reply(pdf())
        urls = [f"{store.home_url}tep/mat/hai.pdf", f"{store.home_url}tep/mot.pdf"]
        portal.publish(1, "/tep/mat/ba.pdf", *urls)
        portal.server.paths["/robots.txt"] = lambda call: call.reply(rules)
        store.home()
        crawled = crawling.crawl(
            source_at(portal.home_url), source_at(store.home_url, "store", enabled=True)
        )
        assert store.log[0].path == "/robots.txt"
        assert store.asked("/tep/mat/hai.pdf") == []
    assert ends(crawled) == {
        "/tep/mat/ba.pdf": ("refused", "robots"),
        "/tep/mat/hai.pdf": ("refused", "robots"),
        "/tep/mot.pdf": ("new", None),
    }


def test_files_that_are_too_large_or_private_are_refused(crawling: Crawling) -> None:
    def announced(call: Call) -> None:
        call.send(b"HTTP/1.1 200 OK\r\nContent-Length: 90000000\r\n\r\n%PDF-")

    with NoticePortal() as portal, FaultServer() as inside:
        paths = ["/tep/announced.pdf", "/tep/streamed.pdf", "/anh/streamed.png", "/tep/inside.pdf"]
        portal.publish(1, *paths, f"{inside.home_url}tep/direct.pdf", "http://10.0.0.1/a.pdf")
        portal.serve("/tep/announced.pdf", announced)
        portal.serve("/tep/streamed.pdf", misbehaviours.endless)
        portal.serve("/anh/streamed.png", misbehaviours.endless)
        portal.serve("/tep/inside.pdf", to(f"{inside.home_url}tep/direct.pdf"))
        crawled = crawling.crawl(source_at(portal.home_url), file_megabytes=2, files_megabytes=50)
        assert inside.connections == 0
    assert ends(crawled) == dict.fromkeys(paths[:3], ("refused", "too_large")) | {
        "/tep/inside.pdf": ("refused", "private_address"),
        "/tep/direct.pdf": ("refused", "private_address"),
        "/a.pdf": ("refused", "private_address"),
    }


def test_the_sources_of_a_small_budget_take_turns(crawling: Crawling) -> None:
    with NoticePortal() as one, NoticePortal() as other:
        for portal in (one, other):
            paths = [f"/tep/{number}.pdf" for number in range(4)]
            portal.publish(1, "/anh/ben.png", *paths)
            portal.serve("/anh/ben.png", png())
            for path in paths:
                portal.serve(path, pdf(f"{portal.home_url}{path}", 200_000))
        sources = source_at(one.home_url, "one"), source_at(other.home_url, "other")
        crawled = crawling.crawl(*sources, files_megabytes=1)
    rows = crawled.rows(
        "SELECT source, kind, sum(files) FROM run_files WHERE outcome = 'new' GROUP BY 1, 2"
    )
    assert rows == [("one", "attachment", 2), ("other", "attachment", 2)]


def test_the_same_bytes_at_two_urls_are_archived_once(crawling: Crawling, tmp_path: Path) -> None:
    with NoticePortal() as portal:
        portal.publish(1, "/anh/mot.png")
        portal.publish(2, "/anh/hai.png?v=2")
        for path in ("/anh/mot.png", "/anh/hai.png?v=2"):
            portal.serve(path, lambda call: call.reply(png(9), Content_Type="image/png"))
        crawled = crawling.crawl(source_at(portal.home_url))
    assert counts(crawled) == {("photo", "new", ""): 1, ("photo", "duplicate", ""): 1}
    rows = crawled.rows(
        "SELECT count(*), count(DISTINCT capture), count(DISTINCT width) FROM files"
    )
    assert rows == [(2, 1, 1)]
    assert crawled.rows("SELECT count(*) FROM previews") == [(1,)]
    [archive] = (tmp_path / "archive").glob("photos-*.warc.gz")
    records = sorted(record.kind for record in iter_records(archive))
    assert records == ["request", "request", "resource", "response", "revisit", "warcinfo"]
    assert_archive_is_whole(tmp_path)


def test_retry_after_holds_for_files(crawling: Crawling) -> None:
    def busy(call: Call) -> None:
        if call.tries == 1:
            call.reply("Bận", 429, Retry_After="1")
        else:
            call.reply(pdf(), Content_Type="application/pdf")

    with NoticePortal() as portal:
        portal.publish(1, "/tep/mot.pdf")
        portal.serve("/tep/mot.pdf", busy)
        crawled = crawling.crawl(source_at(portal.home_url))
        first, second = (one.at for one in portal.server.log if one.path == "/tep/mot.pdf")
    assert second - first >= 0.99
    assert ends(crawled) == {"/tep/mot.pdf": ("new", None)}
