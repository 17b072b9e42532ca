"""Reprocessing: yesterday's pages read with today's rules, without touching what was published."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.article import EXTRACTOR_VERSION
from pipelines.items import Outcome
from scraper.base.source import Layout, Source
from scraper.reprocessing.page_reading import read_archived_pages
from scraper.reprocessing.profiles import layout_at, profile_of
from scraper.reprocessing.report import ReprocessReport
from scraper.reprocessing.reprocess import reprocess
from scraper.reprocessing.rewriting import rewrite_articles
from scraper.store.archived_pages import archived_pages
from scraper.store.database import write_transaction
from scraper.store.search import search
from tests.scraper.stores import SOURCES, Portal, page_of

TEXT = "Sáng nay, Huyện đoàn Hàm Yên tổ chức ra quân dọn vệ sinh các tuyến đường liên xã. "
HTML = page_of("Huyện đoàn ra quân", TEXT * 3, TEXT * 2, "Buổi lễ kết thúc vào trưa cùng ngày.")
WRONG = "UPDATE articles SET title = 'Sai', section = 'Sai', extractor = 0"


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    return Portal(tmp_path)


def run(portal: Portal, **options: bool) -> ReprocessReport:
    *_, report = reprocess(portal.db, portal.archive.folder, SOURCES, workers=1, **options)
    return report


def row(portal: Portal, columns: str = "title, extractor") -> tuple[object, ...]:
    found: tuple[object, ...] = portal.db.execute(f"SELECT {columns} FROM articles").fetchone()
    return found


def test_what_the_rules_read_otherwise_is_rewritten_and_no_revision(portal: Portal) -> None:
    assert portal.fetch("tin/1.html", HTML) is Outcome.NEW
    portal.db.execute(WRONG)
    report = run(portal)
    assert (report.pages, report.changed, report.changes["title"]) == (1, 1, 1)
    assert report.samples["title"][0].after == "Huyện đoàn ra quân"
    assert row(portal) == ("Huyện đoàn ra quân", EXTRACTOR_VERSION)
    assert portal.db.execute("SELECT count(*) FROM revisions").fetchone() == (0,)
    assert [hit.id for hit in search(portal.db, "huyện đoàn ra quân").hits] == [1]


@pytest.mark.parametrize("options", [["--dry-run"], []])
def test_the_result_can_be_read_as_json(portal: Portal, options: list[str]) -> None:
    portal.fetch("tin/1.html", HTML)
    portal.db.execute(WRONG)
    portal.db.conn.commit()
    place = ["--json", "--db", str(portal.archive.folder.parent / "tinhuyen.db")]
    command = [sys.executable, "-m", "scraper", "reprocess", *options, *place]
    shown = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert shown["changed"] == shown["changes"]["title"] == 1
    assert shown["samples"]["title"][0]["before"] == "Sai"


def test_a_second_reprocess_changes_nothing(portal: Portal) -> None:
    portal.fetch("tin/1.html", HTML)
    before = list(portal.db.query("SELECT * FROM articles"))
    assert run(portal).changed == 0
    assert list(portal.db.query("SELECT * FROM articles")) == before


def test_a_dry_run_tells_and_writes_nothing(portal: Portal) -> None:
    portal.fetch("tin/1.html", HTML)
    portal.db.execute(WRONG)
    changes = portal.db.conn.total_changes
    report = run(portal, dry_run=True)
    assert set(report.changes) == {"title", "section"}
    assert portal.db.conn.total_changes == changes
    assert row(portal) == ("Sai", 0)


def test_a_change_of_ours_is_not_taken_for_the_publishers_later(portal: Portal) -> None:
    portal.fetch("tin/1.html", HTML)
    portal.db.execute(WRONG)
    run(portal)
    assert portal.fetch("tin/1.html", HTML) is Outcome.UNCHANGED
    assert portal.db.execute("SELECT count(*) FROM revisions").fetchone() == (0,)


@pytest.mark.fault(46)
def test_an_article_that_earlier_rules_missed_is_added(portal: Portal) -> None:
    portal.fetch("tin/1.html", HTML)
    portal.db.execute("UPDATE pages SET outcome = 'not_article', article = NULL")
    for statement in ("DELETE FROM photos", "DELETE FROM signatures", "DELETE FROM articles"):
        portal.db.execute(statement)
    assert run(portal).found == 1
    assert row(portal, "title, url, first_seen_at") == (
        "Huyện đoàn ra quân",
        "http://huyen.localhost/tin/1.html",
        "2026-11-23T03:00:00Z",
    )
    assert portal.db.execute("SELECT outcome, article FROM pages").fetchone() == ("new", 1)
    assert run(portal).found == 0


def test_an_article_that_is_gone_from_its_address_is_read_from_its_own_capture(
    portal: Portal,
) -> None:
    portal.fetch("tin/1.html", HTML)
    portal.fetch("tin/1.html", page_of("Không tìm thấy trang", "Trang không tồn tại."))
    portal.db.execute(WRONG)
    assert run(portal).changed == 1
    assert row(portal) == ("Huyện đoàn ra quân", EXTRACTOR_VERSION)


def test_a_page_that_the_archive_lost_is_told_and_its_article_stays(portal: Portal) -> None:
    portal.fetch("tin/1.html", HTML)
    portal.fetch("tin/2.html", HTML.replace("Huyện đoàn", "Hội nông dân"))
    portal.db.execute("UPDATE captures SET warc_file = 'gone.warc.gz' WHERE url_key LIKE '%1.html'")
    report = run(portal)
    assert (report.pages, report.failed) == (2, 1)
    assert "gone.warc.gz" in report.samples["failed"][0].after
    assert portal.db.execute("SELECT count(*) FROM articles").fetchone() == (2,)


def test_old_pages_are_read_with_the_layout_of_their_time() -> None:
    old, older, now = Layout(until="2025-07-01"), Layout(until="2020-01-01"), Layout(title="h1")
    source = Source(slug="a", name="a", home_url="http://a.vn/", layouts=(now, old, older))
    days = ("2019-12-31", "2020-01-01", "2025-06-30", "2025-07-01")
    moments = [datetime.fromisoformat(day).replace(tzinfo=UTC) for day in days]
    assert [layout_at(source, moment) for moment in moments] == [older, old, old, now]


COMMAND = """
import sys, time
from pathlib import Path
from scraper.reprocessing.reprocess import reprocess
from scraper.store.database import open_database
from tests.scraper.stores import SOURCES
if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for report in reprocess(open_database(folder / "tinhuyen.db"), folder / "archive", SOURCES):
        print(report.pages, report.resumed, flush=True)
        time.sleep(0.2)
"""


def test_a_killed_reprocess_goes_on_where_it_stopped(portal: Portal, tmp_path: Path) -> None:
    for number in range(120):
        portal.fetch(f"tin/{number}.html", HTML.replace("Hàm Yên", f"Hàm Yên {number}"))
    portal.db.execute(WRONG)
    script = tmp_path / "again.py"
    script.write_text(COMMAND)
    command = [sys.executable, str(script), str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == b"50 False\n"
        killed.send_signal(signal.SIGKILL)
    assert portal.db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    rest = run(portal)
    assert rest.resumed
    assert rest.pages <= 70
    assert row(portal, "count(*), sum(extractor)") == (120, 120 * EXTRACTOR_VERSION)
    assert not run(portal).resumed


@pytest.mark.fault(65)
def test_what_a_crawl_brought_meanwhile_is_not_overwritten(portal: Portal) -> None:
    portal.fetch("tin/1.html", HTML)
    listed = list(archived_pages(portal.db, [source.slug for source in SOURCES], ""))
    profiles = {source.slug: (source, profile_of(portal.db, source)) for source in SOURCES}
    read = list(read_archived_pages(iter(listed), portal.archive.folder, profiles, workers=1))
    assert portal.fetch("tin/1.html", HTML.replace("trưa", "chiều")) is Outcome.UPDATED
    before = list(portal.db.query("SELECT * FROM articles"))
    with write_transaction(portal.db):
        rewrite_articles(portal.db, read, profiles, ReprocessReport(dry_run=False))
    assert list(portal.db.query("SELECT * FROM articles")) == before
    assert portal.db.execute("SELECT count(*) FROM revisions").fetchone() == (1,)
