"""Reprocessing on a cluster: the same rows as on one machine, and nothing is done twice."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pipelines.article import EXTRACTOR_VERSION
from pipelines.extraction import extract_page
from pipelines.items import Page
from pipelines.workers import Workers
from scraper.archive.storage import open_storage
from scraper.base.errors import ArchiveError, ClusterError, UnfitWorkerError
from scraper.base.source import Layout
from scraper.cluster import applying, reading, work
from scraper.cluster.applying import NOT_READ, OTHER_PROFILE, OTHER_VERSION, OUTDATED
from scraper.cluster.engine import Engine, Patience, TaskGivenUp
from scraper.cluster.reading import read_on
from scraper.cluster.reading_files import page_of, read_rows, reading_of, row_of
from scraper.cluster.tasks import Versions
from scraper.reprocessing import page_reading, rewriting
from scraper.reprocessing.page_reading import read_archived_pages
from scraper.reprocessing.profiles import profile_of
from scraper.reprocessing.reprocess import reprocess
from scraper.store.archived_pages import archived_pages
from tests.pipelines.extraction.test_repeated_blocks import SLOGAN
from tests.scraper import stores
from tests.scraper.cluster.portals import apply, copied, many_pages, read, rows
from tests.scraper.nights import free_port
from tests.scraper.object_storage import bucket, s3_server
from tests.scraper.stores import SOURCES, Portal
from tests.scraper.stores import page_of as web_page

__all__ = ["bucket", "s3_server"]


class OneByOne:
    """An engine that does tasks in this process."""

    def run(self, function: Callable[[Any], Any], tasks: Iterable[Any]) -> Iterator[Any]:
        for task in tasks:
            yield task, function(task)


def read_dataset(root: Path) -> list[dict[str, Any]]:
    """The articles of the dataset as DuckDB reads them."""
    import duckdb

    seen = "strftime(first_seen_at AT TIME ZONE 'UTC', '%Y-%m-%dT%XZ') AS first_seen_at"
    files = f"read_parquet('{root}/articles/*/*/*.parquet', hive_partitioning = true)"
    columns = f"id, url, title, body, source, {seen}"
    found: Any = duckdb.sql(f"SELECT {columns} FROM {files} ORDER BY id")
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


@pytest.fixture
def small_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PAGES_PER_TASK", 8)


@pytest.mark.usefixtures("small_tasks")
def test_pages_of_every_kind_leave_the_rows_of_one_machine(tmp_path: Path) -> None:
    portal = many_pages(tmp_path / "a", 40)
    for statement in (
        # an article that earlier rules missed
        "UPDATE pages SET outcome = 'not_article', article = NULL WHERE url LIKE '%/tin/3.html'",
        "DELETE FROM signatures WHERE article = 4",
        "DELETE FROM sightings WHERE article = 4",
        "DELETE FROM articles WHERE id = 4",
        # one whose page the archive has lost, one that is in no archive, one of another quarter
        "UPDATE captures SET warc_file = 'gone.warc.gz' WHERE url_key LIKE '%/tin/5.html'",
        "UPDATE pages SET capture = NULL WHERE url LIKE '%/tin/7.html'",
        "UPDATE sightings SET quarter = '2026-Q3' WHERE article = 10",
    ):
        portal.db.execute(statement)
    # one that is gone from its address, and one whose page was fetched again
    portal.fetch("tin/11.html", web_page("Không tìm thấy trang", "Trang không tồn tại."))
    portal.fetch("tin/12.html", web_page("Kênh mương mới", "Xã đã sửa xong kênh mương."))
    portal.db.conn.commit()
    alone = copied(portal.db, tmp_path / "b")
    [*_, told] = reprocess(alone, portal.archive.folder, SOURCES, workers=1)
    report = read(OneByOne(), portal, tmp_path / "root")
    assert (report.pages, report.failed, report.lost) == (39, 1, [])
    assert report.sources_learned == 1
    assert 30 < report.read_again < 39
    dataset = read_dataset(tmp_path / "root")
    applied = apply(portal.db, tmp_path / "root")
    assert rows(portal.db) == rows(alone)
    texts = "SELECT id, url, title, body, source, first_seen_at FROM articles WHERE id <= 40"
    expected = [row for row in alone.query(texts) if row["id"] != 4]
    assert dataset == expected
    left = [row["page"] for row in rows(alone)["articles"] if SLOGAN in row["body"]]
    assert left == [f"huyen.localhost/tin/{number}.html" for number in (5, 7)]
    assert (told.pages, told.found, told.failed) == (39, 1, 1)
    assert (applied.changes.pages, applied.changes.found, applied.changes.failed) == (39, 1, 1)
    assert not applied.not_applied
    assert not applied.not_learned
    again = apply(portal.db, tmp_path / "root")
    assert (again.changes.changed, again.changes.found, again.not_applied) == (0, 0, {})
    list(reprocess(alone, portal.archive.folder, SOURCES, workers=1))
    assert rows(portal.db) == rows(alone)


def test_pages_that_are_not_read_again_still_teach(tmp_path: Path) -> None:
    portal = many_pages(tmp_path / "a", 12)
    portal.db.execute("UPDATE pages SET capture = NULL WHERE url LIKE '%/tin/1%.html'")
    portal.db.conn.commit()
    alone = copied(portal.db, tmp_path / "b")
    list(reprocess(alone, portal.archive.folder, SOURCES, workers=1))
    report = read(OneByOne(), portal, tmp_path / "root")
    assert (report.pages, report.sources_learned) == (9, 1)
    apply(portal.db, tmp_path / "root")
    assert rows(portal.db) == rows(alone)


def test_what_was_boilerplate_and_is_no_more_comes_back(tmp_path: Path) -> None:
    portal = many_pages(tmp_path / "a", 12)
    list(reprocess(portal.db, portal.archive.folder, SOURCES, workers=1))
    assert not any(SLOGAN in row["body"] for row in rows(portal.db)["articles"])
    for number in range(12, 30):
        portal.fetch(f"tin/{number}.html", other_page(number))
    portal.db.conn.commit()
    alone = copied(portal.db, tmp_path / "b")
    list(reprocess(alone, portal.archive.folder, SOURCES, workers=1))
    assert read(OneByOne(), portal, tmp_path / "root").sources_learned == 1
    apply(portal.db, tmp_path / "root")
    assert rows(portal.db) == rows(alone)
    assert sum(SLOGAN in row["body"] for row in rows(alone)["articles"]) == 10


def other_page(number: int) -> str:
    prose = f"Trạm y tế xã đã tiêm phòng cho {number} cháu trong sáng nay, các cháu đều khỏe mạnh."
    return web_page(
        f"Tiêm phòng cho {number} cháu", prose, f"Ngày mai trạm mở cửa từ {number} giờ."
    )


@pytest.mark.usefixtures("small_tasks")
def test_a_finished_task_is_not_done_again_and_a_changed_one_is(tmp_path: Path) -> None:
    portal, root = many_pages(tmp_path / "a", 20), tmp_path / "root"
    archive = str(portal.archive.folder)
    stopped: Any = read_on(OneByOne(), portal.db, archive, SOURCES, str(root))  # type: ignore[arg-type]
    next(stopped)
    stopped.close()
    assert [path.suffix for path in root.rglob("*") if path.is_file()] == [".parquet"]
    assert read(OneByOne(), portal, root).kept == 1
    everything = read(OneByOne(), portal, root)
    assert everything.kept == everything.tasks - 2 * len(SOURCES) == 6
    portal.fetch("tin/19.html", web_page("Kênh mương 19", "Bà con đã làm xong kênh mương."))
    assert read(OneByOne(), portal, root).kept == 4
    keep = [SOURCES[0].model_copy(update={"keep": ("Tin mới",)}), SOURCES[1]]
    assert read(OneByOne(), portal, root, keep).kept == 0


def test_pages_that_could_not_be_read_are_read_when_the_archive_has_them(tmp_path: Path) -> None:
    portal, root = many_pages(tmp_path / "a", 3), tmp_path / "root"
    portal.fetch("tin/1.html", web_page("Kênh mương 1", "Bà con đã làm xong kênh mương."))
    portal.db.execute(
        "UPDATE captures SET warc_file = 'gone.warc.gz' WHERE url_key LIKE '%/tin/2.html'"
    )
    report = read(OneByOne(), portal, root)
    assert (report.failed, report.reasons) == (1, {"unreadable": 1})
    assert "gone.warc.gz" in report.samples[0][1]
    again = read(OneByOne(), portal, root)
    assert (again.kept, again.failed) == (2, 1)
    [file] = portal.archive.folder.glob("*.warc.gz")
    (portal.archive.folder / "gone.warc.gz").write_bytes(file.read_bytes())
    found = read(OneByOne(), portal, root)
    assert (found.kept, found.failed) == (1, 0)


def test_a_page_that_ends_its_process_costs_that_page_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = many_pages(tmp_path / "a", 4)
    # The heavy page is stored, not read here.
    monkeypatch.setattr(stores, "extract_page", lambda _: extract_page(Page(None, b"")))
    portal.fetch("tin/2.html", other_page(2) + "<p>đoạn <b>dài</b></p>" * 400_000)
    monkeypatch.setattr(page_reading, "Workers", partial(Workers, seconds=0.2))
    report = read(OneByOne(), portal, tmp_path / "root")
    assert (report.pages, report.articles, report.failed) == (4, 3, 1)
    assert report.reasons == {"extraction_timeout": 1}
    assert read(OneByOne(), portal, tmp_path / "root").kept == 1


def test_readings_that_do_not_fit_are_counted_and_not_stored(tmp_path: Path) -> None:
    portal, root = many_pages(tmp_path / "a", 4), tmp_path / "root"
    read(OneByOne(), portal, root)
    [file] = (root / "readings").rglob("*.parquet")
    other = file.name.replace(f"-v{EXTRACTOR_VERSION}", f"-v{EXTRACTOR_VERSION - 1}")
    file.with_name(other).write_bytes(file.read_bytes())
    portal.fetch("tin/1.html", other_page(1))
    portal.fetch("tin/9.html", other_page(9))
    before = rows(portal.db)
    layouts = (Layout(title="h1.other"),)
    other_sources = [SOURCES[0].model_copy(update={"layouts": layouts}), SOURCES[1]]
    applied = apply(portal.db, root, other_sources)
    assert applied.not_applied == {OTHER_VERSION: 4, OUTDATED: 1, NOT_READ: 1, OTHER_PROFILE: 3}
    assert rows(portal.db)["articles"] == before["articles"]
    assert apply(portal.db, root).not_applied == {OTHER_VERSION: 4, OUTDATED: 1, NOT_READ: 1}
    with pytest.raises(ArchiveError, match="has no readings"):
        apply(portal.db, tmp_path / "nothing")


def test_what_recurs_since_the_readings_is_left_to_the_next_crawl(tmp_path: Path) -> None:
    portal, root = many_pages(tmp_path / "a", 12), tmp_path / "root"
    read(OneByOne(), portal, root)
    for number in range(20, 40):
        portal.fetch(f"tin/{number}.html", other_page(number).replace("</div>", "<p>Hết.</p>", 1))
    for number in range(10):
        portal.fetch(f"tin/{number}.html", other_page(100 + number))
    applied = apply(portal.db, root)
    assert applied.not_applied == {OUTDATED: 10, NOT_READ: 20}
    known = portal.db.execute("SELECT count(*) FROM blocks WHERE is_boilerplate").fetchone()
    assert (applied.not_learned == ["huyen"]) is (known == (0,))


@pytest.mark.usefixtures("small_tasks")
def test_storing_goes_on_where_it_was_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal, root = many_pages(tmp_path / "a", 20), tmp_path / "root"
    alone = copied(portal.db, tmp_path / "b")
    list(reprocess(alone, portal.archive.folder, SOURCES, workers=1))
    read(OneByOne(), portal, root)
    monkeypatch.setattr(rewriting, "BATCH_PAGES", 6)
    stopped: Any = applying.apply_readings(portal.db, str(root), SOURCES)
    next(stopped)
    stopped.close()
    rest = apply(portal.db, root)
    assert (rest.changes.resumed, rest.changes.pages) == (True, 14)
    assert rows(portal.db) == rows(alone)


def test_a_row_of_a_file_is_the_reading_itself(tmp_path: Path) -> None:
    portal, root = Portal(tmp_path / "a"), tmp_path / "root"
    shapes = (
        "<h2>Các hộ đã đăng ký tiêm phòng</h2><p>Trạm y tế xã công bố danh sách như sau.</p>"
        "<ul><li>Thôn Yên Bình có mười hai hộ đăng ký trong ngày đầu tiên của đợt này;</li>"
        "<li>Thôn Bình Yên có bảy hộ đăng ký, các hộ còn lại sẽ đăng ký vào tuần sau.</li></ul>"
        "<table border='1'><tr><th>Thôn</th><th>Số hộ</th></tr><tr><td>Yên Bình</td><td>12</td>"
        "</tr><tr><td>Bình Yên</td><td>7</td></tr></table>"
        "<p><img src='/anh.jpg' alt='Kênh' width='600' height='400'></p>"
        "<p>Danh sách đầy đủ có trong <a href='/tep.pdf'>công văn số 12</a> của xã.</p>"
    )
    portal.fetch("tin/1.html", other_page(1).replace("</div></div>", f"{shapes}</div></div>"))
    portal.fetch("tin/2.html", "<html><body><p>Không có bài.</p></body></html>")
    portal.db.execute("UPDATE pages SET outcome = 'not_article'")
    profiles = {source.slug: (source, profile_of(portal.db, source)) for source in SOURCES}
    pages = archived_pages(portal.db, [source.slug for source in SOURCES], "")
    direct = list(read_archived_pages(pages, portal.archive.folder, profiles, 1))
    read(OneByOne(), portal, root)
    [file] = (root / "readings").rglob("*.parquet")
    stored = read_rows(open_storage(str(root)), file.relative_to(root).as_posix())
    found = {row["url_key"]: (page_of(row), reading_of(row)) for row in stored}
    assert len(direct) == 2
    (page, reading), (_, none) = direct
    assert reading.article is not None
    assert {block.type for block in reading.article.blocks} >= {"heading", "list", "table"}
    assert found[page.url_key] == (page, reading)
    other = found[direct[1][0].url_key][1]
    assert none.article is not None
    assert other.article is not None
    assert other.article.verdict == none.article.verdict
    assert json.loads(row_of(page, reading, "")["article"])["kind"] == "article"


def test_a_worker_that_would_read_otherwise_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = many_pages(tmp_path / "a", 1)
    monkeypatch.setattr(work, "own_versions", lambda: Versions("9.9", 1, "2.7"))
    with pytest.raises(UnfitWorkerError, match=r"has tinhuyen 9\.9 \(rules 1\), Python 2\.7, here"):
        read(OneByOne(), portal, tmp_path / "root")
    assert list(tmp_path.glob("root/readings/*")) == []
    monkeypatch.undo()
    monkeypatch.setattr(portal.archive, "folder", tmp_path / "elsewhere")
    with pytest.raises(ArchiveError, match="elsewhere has no archive file"):
        read(OneByOne(), portal, tmp_path / "root")


def test_no_page_at_all_is_no_error(tmp_path: Path) -> None:
    report = read(OneByOne(), Portal(tmp_path / "a"), tmp_path / "root")
    assert (report.pages, report.lost, report.done) == (0, [], report.tasks)


def test_a_scheduler_that_is_not_there_is_named() -> None:
    address = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(ClusterError, match=f"no scheduler at {address}: start `dask scheduler`"):
        Engine(address, Patience(start=0))


@pytest.mark.parametrize(
    ("options", "code"),
    [(["--cluster", "tcp://127.0.0.1:1"], 2), (["--out", "x", "--from", "y"], 2)],
)
def test_options_that_make_no_sense_are_refused(
    tmp_path: Path, options: list[str], code: int
) -> None:
    many_pages(tmp_path, 1)
    place = ["--db", str(tmp_path / "tinhuyen.db"), *options]
    done = subprocess.run([*COMMAND, *place], capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert len(done.stderr.splitlines()) == 1


def test_a_dry_run_counts_the_tasks(tmp_path: Path) -> None:
    many_pages(tmp_path, 5)
    options = ["--db", str(tmp_path / "tinhuyen.db"), "--json", "--dry-run", "--out", "s3://x/y"]
    shown = subprocess.run([*COMMAND, *options], capture_output=True, check=True).stdout
    told = json.loads(shown)
    assert (told["tasks"], told["pages"], told["done"]) == (1, 5, 0)


def test_tasks_that_are_given_up_are_told_and_their_pages_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PAGES_PER_TASK", 4)
    portal, root = many_pages(tmp_path / "a", 12), tmp_path / "root"

    class Losing(OneByOne):
        """An engine that gives its second task up."""

        def run(self, function: Callable[[Any], Any], tasks: Iterable[Any]) -> Iterator[Any]:
            for number, task in enumerate(tasks):
                is_lost = number == 1 and function is work.read_range
                yield task, TaskGivenUp(task, "it was killed") if is_lost else function(task)

    report = read(Losing(), portal, root)
    assert (report.pages, report.done) == (8, report.tasks)
    assert [(lost.pages, lost.reason) for lost in report.lost] == [(4, "it was killed")]
    applied = apply(portal.db, root)
    assert (applied.changes.pages, applied.not_applied) == (8, {NOT_READ: 4})


def test_readings_in_object_storage_are_the_same(bucket: str, tmp_path: Path) -> None:
    portal, root = many_pages(tmp_path / "a", 12), f"{bucket}/tin"
    alone = copied(portal.db, tmp_path / "b")
    list(reprocess(alone, portal.archive.folder, SOURCES, workers=1))
    assert read(OneByOne(), portal, root).lost == []
    assert read(OneByOne(), portal, root).kept == 2
    apply(portal.db, root)
    assert rows(portal.db) == rows(alone)
    names = open_storage(root).names("readings")
    assert [name.endswith(".parquet") for name in names] == [True, True]


@pytest.mark.parametrize("is_elsewhere", [True, False])
def test_the_archive_is_read_where_it_is_whole(tmp_path: Path, *, is_elsewhere: bool) -> None:
    portal, root = many_pages(tmp_path / "a", 2), tmp_path / "root"
    portal.archive.close()
    here = portal.archive.folder
    shutil.copytree(here, root / "archive")
    (gone := next((root / "archive" if not is_elsewhere else here).iterdir())).unlink()
    *_, report = read_on(
        OneByOne(),  # type: ignore[arg-type]
        portal.db, str(here), SOURCES, str(root), is_elsewhere=is_elsewhere,
    )  # fmt: skip
    assert (report.pages, report.failed) == (2, 0)
    assert not gone.exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    portal, root = many_pages(tmp_path / "a", 1), tmp_path / "file" / "root"
    root.parent.write_text("no folder")
    with pytest.raises(ArchiveError, match=f"{root}/readings/at-work-.*: check the address"):
        read(OneByOne(), portal, root)


COMMAND = [sys.executable, "-m", "scraper", "reprocess"]
