"""One reading database from the shards of a crawl."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from scraper.archive.reader import read_body
from scraper.archive.storage import open_storage
from scraper.store.database import open_database, open_for_reading
from scraper.transfer.collecting import Collected, collect
from scraper.transfer.pushing import push
from scraper.transfer.shards import find_shard
from scraper.transfer.table_files import write_tables
from tests.scraper.object_storage import bucket, s3_server
from tests.scraper.stores import MOMENT
from tests.scraper.transfer.crawled_shards import (
    SOURCES,
    ShardCrawl,
    article_page,
    contents,
    counts_of_runs,
)

__all__ = ["bucket", "s3_server"]

NIGHT = timedelta(days=1)
STORY = "\n".join(
    f"Đoạn thứ {number} nói về hội nghị nông thôn mới của Ủy ban nhân dân xã {number * 7}, có "
    f"{number + 3} đại biểu và {number * 11} hộ dân tham dự, bàn về đường số {number * 13}."
    for number in range(1, 12)
)
OTHER = STORY.replace("hội nghị", "lớp tập huấn").replace("nông thôn mới", "khuyến nông")
EDITED = OTHER.replace("khuyến nông", "trồng rừng")
NOTICE = "<p><a href='/tep/quyet-dinh.pdf'>Quyết định số 12</a></p>"

Event = tuple[str, Callable[[ShardCrawl, str, datetime], object]]


def page(title: str, text: str, day: str = "2026-11-20", files: str = "") -> object:
    return lambda crawl, url, moment: crawl.fetch(
        url, article_page(title, text, day, files), moment
    )


def gone(crawl: ShardCrawl, url: str, moment: datetime) -> None:
    crawl.miss(url, moment)


def file(body: bytes, text: str = "") -> object:
    return lambda crawl, url, moment: crawl.fetch_file(url, body, moment, text)


FIRST_NIGHT: list[tuple[str, object]] = [
    ("http://huyen.vn/1.html", page("Hội nghị nông thôn mới", STORY)),
    ("http://bao.vn/a.html", page("Xã họp bàn nông thôn mới", STORY + "\nTheo cổng huyện.")),
    ("http://huyen.vn/2.html", page("Tập huấn khuyến nông", OTHER, "2025-05-01", NOTICE)),
    ("http://huyen.vn/tep/quyet-dinh.pdf", file(b"%PDF-1 so 12", "Quyết định của xã")),
    ("http://tinh.vn/1.html", page("Hội nghị nông thôn mới", STORY)),
    ("http://xa.vn/1.html", page("Tin xã", "Một tin ngắn của xã về đường mới. " * 6)),
    ("http://xa.vn/2.html", page("Tin xã khác", "Tin khác hẳn về trường học bản Bó. " * 6)),
    ("http://huyen.vn/3.html", page("Tin xã", "Một tin ngắn của xã về đường mới. " * 6)),
]
SECOND_NIGHT: list[tuple[str, object]] = [
    ("http://huyen.vn/2.html", page("Tập huấn khuyến nông", EDITED, "2025-05-01", NOTICE)),
    ("http://huyen.vn/1.html", page("Hội nghị nông thôn mới", STORY)),
    ("http://xa.vn/2.html", gone),
    ("http://bao.vn/b.html", page("Trồng rừng ở huyện", EDITED, "2026-11-24")),
    ("http://huyen.vn/tep/quyet-dinh.pdf", file(b"%PDF-1 so 12 sua", "Quyết định đã sửa")),
]
SHARDS = (("huyen",), ("tinh", "bao"), ("xa",))


def night(crawls: Iterable[ShardCrawl], events: list[tuple[str, object]], begin: datetime) -> None:
    """Let each crawl do what concerns its sources, at the same times."""
    for crawl in crawls:
        crawl.begin(begin)
        for number, (url, event) in enumerate(events, 1):
            if url.removeprefix("http://").partition(".")[0] in crawl.slugs:
                event(crawl, url, begin + timedelta(minutes=number))  # type: ignore[operator]
        crawl.end(begin + timedelta(hours=1))


@pytest.fixture
def crawls(tmp_path: Path) -> Iterator[list[ShardCrawl]]:
    """One crawl of everything, then three of a part each."""
    parts = [tuple(SOURCES), *SHARDS]
    made = [ShardCrawl(tmp_path / f"crawl-{n}", slugs) for n, slugs in enumerate(parts)]
    night(made, FIRST_NIGHT, MOMENT)
    yield made
    for crawl in made:
        crawl.close()


def collect_into(
    folder: Path, places: Iterable[Path | str], province: str | None = None, year: str | None = None
) -> Collected:
    """Collect shards; returns the report."""
    db = open_database(folder / "tinhuyen.db")
    try:
        shards = [find_shard(str(place)) for place in places]
        reports = collect(db, folder / "tinhuyen.db", folder / "archive", shards, province, year)
        *_, report = reports
        return report
    finally:
        db.close()


def folders(crawls: list[ShardCrawl]) -> list[Path]:
    return [crawl.folder for crawl in crawls[1:]]


def assert_same(one: Path, other: Path) -> None:
    expected, found = contents(one), contents(other)
    for table in expected:
        assert found[table] == expected[table], table


def dump(folder: Path) -> list[str]:
    """Everything in a database but the times of collecting."""
    db = open_for_reading(folder / "tinhuyen.db")
    try:
        db.conn.execute("PRAGMA query_only = ON")
        lines = list(db.conn.iterdump())
        return [line for line in lines if not line.startswith('INSERT INTO "shards"')]
    finally:
        db.close()


def test_shards_make_the_database_of_one_machine(crawls: list[ShardCrawl], tmp_path: Path) -> None:
    report = collect_into(tmp_path / "all", folders(crawls))
    assert_same(crawls[0].folder, tmp_path / "all")
    assert sum(each.articles.new for each in report.shards) == 7
    assert counts_of_runs(tmp_path / "all") == counts_of_runs(crawls[0].folder)
    twins = {
        row[1]: row[-3] for row in contents(tmp_path / "all")["articles"] if row[-3] is not None
    }
    assert len(twins) == 4, "the test portals share articles across shards"


def test_the_order_of_shards_does_not_matter(crawls: list[ShardCrawl], tmp_path: Path) -> None:
    for place in reversed(folders(crawls)):
        collect_into(tmp_path / "all", [place])
    assert_same(crawls[0].folder, tmp_path / "all")


def test_a_further_night_is_added(crawls: list[ShardCrawl], tmp_path: Path) -> None:
    collect_into(tmp_path / "all", folders(crawls))
    night(crawls, SECOND_NIGHT, MOMENT + NIGHT)
    report = collect_into(tmp_path / "all", folders(crawls))
    assert_same(crawls[0].folder, tmp_path / "all")
    assert [each.articles.new for each in report.shards] == [0, 1, 0]
    assert [each.articles.changed for each in report.shards] == [2, 0, 1]
    assert [each.runs for each in report.shards] == [1, 1, 1]


def test_the_same_call_again_changes_nothing(crawls: list[ShardCrawl], tmp_path: Path) -> None:
    night(crawls, SECOND_NIGHT, MOMENT + NIGHT)
    collect_into(tmp_path / "all", folders(crawls))
    before = dump(tmp_path / "all")
    report = collect_into(tmp_path / "all", folders(crawls))
    assert dump(tmp_path / "all") == before
    for each in report.shards:
        assert (each.runs, each.pages, each.files, each.captures, each.file_texts) == (0,) * 5
        assert each.articles.total == each.articles.unchanged
        assert (each.archive.linked, each.archive.copied) == (0, 0)


def test_pushed_tables_are_collected_like_databases(
    crawls: list[ShardCrawl], tmp_path: Path
) -> None:
    roots = [tmp_path / f"root-{number}" for number in range(3)]

    def push() -> None:
        for crawl, root in zip(crawls[1:], roots, strict=True):
            write_tables(crawl.db, open_storage(str(root)))

    push()
    collect_into(tmp_path / "all", roots)
    assert_same(crawls[0].folder, tmp_path / "all")
    assert all(each.is_unchanged for each in collect_into(tmp_path / "all", roots).shards)
    night(crawls, SECOND_NIGHT, MOMENT + NIGHT)
    push()
    collect_into(tmp_path / "all", roots)
    assert_same(crawls[0].folder, tmp_path / "all")


def test_archived_pages_are_read_from_the_shards(crawls: list[ShardCrawl], tmp_path: Path) -> None:
    """Although WARC files of two shards have the same name."""
    names = [{path.name for path in (each / "archive").iterdir()} for each in folders(crawls)]
    report = collect_into(tmp_path / "all", folders(crawls))
    db = open_for_reading(tmp_path / "all" / "tinhuyen.db")
    named = db.execute("SELECT count(DISTINCT warc_file) FROM captures").fetchone()[0]
    db.close()
    assert named == sum(map(len, names)) > len(set.union(*names))
    assert_readable(tmp_path / "all")
    assert [each.archive.linked for each in report.shards] == [1, 1, 1]


def test_shards_in_object_storage_are_read_there(
    crawls: list[ShardCrawl], tmp_path: Path, bucket: str
) -> None:
    """Only files of which another shard has the name are copied."""
    for number, crawl in enumerate(crawls[1:]):
        crawl.archive.close()
        archive = crawl.folder / "archive"
        *_, pushed = push(
            crawl.db,
            crawl.folder / "tinhuyen.db",
            archive,
            f"{bucket}/{number}",
            remove=number == 1,
        )
        assert pushed.count("pushed", "removed") == 1
    places = [f"{bucket}/0", str(crawls[2].folder), f"{bucket}/2"]
    report = collect_into(tmp_path / "all", places)
    assert_same(crawls[0].folder, tmp_path / "all")
    assert [each.archive.pushed for each in report.shards] == [1, 0, 0]
    assert [each.archive.copied for each in report.shards] == [0, 1, 1]
    assert_readable(tmp_path / "all")
    again = collect_into(tmp_path / "all", places)
    assert [each.archive.copied for each in again.shards] == [0, 0, 0]


def test_a_file_that_is_pushed_later_is_found(crawls: list[ShardCrawl], tmp_path: Path) -> None:
    """The tables are pushed with a file that is still written to, which follows."""
    crawl, root = crawls[3], tmp_path / "root"
    write_tables(crawl.db, open_storage(str(root)))
    assert collect_into(tmp_path / "all", [root]).shards[0].archive.missing == 1
    shutil.copytree(crawl.folder / "archive", root / "archive")
    [shard] = collect_into(tmp_path / "all", [root]).shards
    assert (shard.is_unchanged, shard.archive.missing, shard.archive.linked) == (True, 0, 1)
    assert_readable(tmp_path / "all")


def assert_readable(folder: Path) -> None:
    """Read every answer that a database names from its archive."""
    db = open_for_reading(folder / "tinhuyen.db")
    for key, body_hash, warc_file, offset in db.execute(
        "SELECT url_key, body_hash, warc_file, warc_offset FROM captures"
    ).fetchall():
        body = read_body(folder / "archive", warc_file, offset)
        assert sha256(body).hexdigest() == body_hash, key
    db.close()
