"""Photos and attachments: fetched after all pages, politely, archived once, nothing lost."""

from __future__ import annotations

import signal
import sqlite3
import time
from collections import Counter
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from scraper.archive.inspection import verify
from scraper.archive.reader import iter_records
from scraper.store.archived_records import named_records, named_warc_files
from scraper.store.database import open_for_reading
from scraper.store.fulltext import tone_style
from tests.portals import misbehaviours
from tests.portals.faults import Call, FaultServer, gaps
from tests.portals.misbehaviours import status, to
from tests.portals.notices import NoticePortal, etagged, pdf, png
from tests.spiders.crawling import SECONDS, Crawled, Crawling, source_at

FILES = {"photos": True, "attachments": True}


@pytest.fixture
def crawling(tmp_path: Path) -> Crawling:
    return Crawling(tmp_path, plan=FILES, limits={"guesses": 0, "jitter": 0})


def ends(crawled: Crawled) -> dict[str, tuple[str | None, str | None]]:
    """Outcome and reason of each file, by path."""
    rows = crawled.rows("SELECT url, outcome, reason FROM files")
    return {"/" + url.split("/", 3)[3]: (outcome, reason) for url, outcome, reason in rows}


def counts(crawled: Crawled) -> dict[tuple[str, str, str], int]:
    """The counts of the latest run: kind, outcome and reason."""
    rows = crawled.rows(
        "SELECT kind, outcome, reason, sum(files) FROM run_files"
        " WHERE run = (SELECT max(id) FROM runs) GROUP BY 1, 2, 3"
    )
    return {row[:3]: row[3] for row in rows}


def assert_archive_is_whole(folder: Path) -> None:
    db = open_for_reading(folder / "tinhuyen.db")
    checks = list(
        verify(folder / "archive", named_warc_files(db), lambda name: named_records(db, name))
    )
    assert [check for check in checks if not check.is_whole] == []
    db.close()


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


def shift(crawling: Crawling, days: int) -> None:
    """Have all that was stored happen so many days earlier."""
    with closing(sqlite3.connect(crawling.database)) as db, db:
        for table, column in (
            *(("files", name) for name in ("fetched_at", "due_at", "check_at", "first_seen_at")),
            ("captures", "fetched_at"),
        ):
            db.execute(
                f"UPDATE {table} SET {column} ="
                f" strftime('%Y-%m-%dT%H:%M:%SZ', {column}, '-{days} days')"
            )


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


FILE_ROWS = "SELECT url, kind, digest, media_type, size, width, height FROM files ORDER BY url"
TEXT_ROWS = "SELECT digest, pages, text, reason FROM file_texts ORDER BY digest"


@pytest.mark.parametrize("after", [1, 4, 9])
def test_a_kill_costs_at_most_the_file_in_flight(tmp_path: Path, after: int) -> None:
    paths = [f"/tep/{number}.pdf" for number in range(6)] + [f"/anh/{n}.png" for n in range(6)]
    with NoticePortal() as portal:
        for number, path in enumerate(paths):
            portal.publish(number, path)
            portal.serve(path, png(number) if path.endswith("png") else pdf(f"Tệp {number}"))
        source = source_at(portal.home_url)
        undisturbed = Crawling(tmp_path / "undisturbed", plan=FILES).crawl(source)
        portal.server.log.clear()
        crawling = Crawling(tmp_path / "killed", plan=FILES)
        with crawling.start(source, delay=0.02) as process:
            until = time.monotonic() + SECONDS
            while len(portal.asked(".pdf", ".png")) < after and time.monotonic() < until:
                time.sleep(0.005)
            process.send_signal(signal.SIGKILL)
            process.communicate(timeout=SECONDS)
        crawled = crawling.crawl(source)
        asked = Counter(portal.asked(".pdf", ".png"))
    assert crawled.rows(FILE_ROWS) == undisturbed.rows(FILE_ROWS)
    assert crawled.rows(TEXT_ROWS) == undisturbed.rows(TEXT_ROWS)
    assert crawled.rows("SELECT count(*) FROM previews") == [(6,)]
    assert crawled.rows("PRAGMA integrity_check") == [("ok",)]
    assert sum(asked.values()) <= len(paths) + 1
    assert_archive_is_whole(tmp_path / "killed")


def test_an_interrupted_run_counts_the_files_that_it_leaves(tmp_path: Path) -> None:
    paths = [f"/tep/{number}.pdf" for number in range(8)]
    with NoticePortal() as portal:
        portal.publish(1, *paths)
        for path in paths:
            portal.serve(path, pdf(path))
        portal.serve("/tep/7.pdf", misbehaviours.drip)
        crawling, source = Crawling(tmp_path, plan=FILES), source_at(portal.home_url)
        with crawling.start(source) as process:
            until = time.monotonic() + SECONDS
            while not portal.asked("/tep/7.pdf") and time.monotonic() < until:
                time.sleep(0.01)
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=SECONDS)
        interrupted = Crawled(process.returncode, "", crawling.database)
        found = counts(interrupted)
        assert found[("attachment", "deferred", "interrupted")] >= 1
        assert sum(found.values()) == len(paths)
        portal.serve("/tep/7.pdf", pdf("/tep/7.pdf"))
        crawled = crawling.crawl(source)
    assert set(ends(crawled).values()) == {("new", None)}


def test_slow_and_endless_files_hold_up_no_other_source(tmp_path: Path) -> None:
    crawling = Crawling(tmp_path, plan=FILES, limits={"file_seconds": 5, "tries": 1})
    with NoticePortal() as well, NoticePortal() as ill:
        bad = {
            "/tep/silence.pdf": misbehaviours.silence,
            "/tep/drip.pdf": misbehaviours.drip,
            "/tep/endless.pdf": misbehaviours.endless,
            "/tep/bomb.pdf": misbehaviours.bomb("gzip"),
        }
        ill.publish(1, *bad)
        for path, answer in bad.items():
            ill.serve(path, answer)
        paths = [f"/tep/{number}.pdf" for number in range(8)]
        well.publish(1, *paths)
        for path in paths:
            well.serve(path, pdf(path))
        crawled = crawling.crawl(
            source_at(ill.home_url, "ill"), source_at(well.home_url, "well"), file_megabytes=2
        )
        assert max(one.at for one in well.server.log) < max(one.at for one in ill.server.log)
    found = ends(crawled)
    assert {found[path] for path in paths} == {("new", None)}
    assert {path: found[path] for path in bad} == {
        "/tep/silence.pdf": ("failed", "timeout"),
        "/tep/drip.pdf": ("failed", "timeout"),
        "/tep/endless.pdf": ("refused", "too_large"),
        "/tep/bomb.pdf": ("refused", "too_large"),
    }


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
