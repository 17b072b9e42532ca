"""Files of a crawl that is killed, ends early, or meets slow sites."""

from __future__ import annotations

import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.portals import misbehaviours
from tests.portals.notices import NoticePortal, pdf, png
from tests.spiders.crawling import SECONDS, Crawled, Crawling, source_at
from tests.spiders.fetched_files import FILES, assert_archive_is_whole, counts, ends

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
