"""Collecting shards whose sources moved, whose databases were copied, and that are killed."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import ModuleType

import pytest

from scraper.archive.reader import read_body
from scraper.base.errors import UsageError
from scraper.store import collected_pages, collected_twins, history_rows
from scraper.store.database import open_for_reading
from scraper.transfer import collecting
from scraper.transfer.collecting import Collected
from scraper.transfer.pruning import prune_photos
from tests.scraper.file_archives import FileArchive
from tests.scraper.stores import MOMENT
from tests.scraper.transfer.crawled_shards import SOURCES, ShardCrawl, contents
from tests.scraper.transfer.test_collecting import (
    EDITED,
    FIRST_NIGHT,
    NIGHT,
    OTHER,
    SECOND_NIGHT,
    STORY,
    assert_readable,
    assert_same,
    collect_into,
    crawls,
    dump,
    folders,
    night,
    page,
)

__all__ = ["crawls"]

AT_HUYEN = "http://huyen.vn"


def test_a_source_that_moved_has_one_history(tmp_path: Path) -> None:
    """Its new shard begins from nothing; it has missed what stood between."""
    whole = ShardCrawl(tmp_path / "whole", ["huyen"])
    old = ShardCrawl(tmp_path / "old", ["huyen"])
    new = ShardCrawl(tmp_path / "new", ["huyen"])
    texts = [("1.html", STORY), ("2.html", OTHER)]
    night([whole, old], [(f"{AT_HUYEN}/{path}", page("Tin", text)) for path, text in texts], MOMENT)
    edit = [(f"{AT_HUYEN}/1.html", page("Tin đã sửa", STORY + "\nThêm một đoạn."))]
    night([whole, old], edit, MOMENT + NIGHT)
    last = [
        (f"{AT_HUYEN}/1.html", page("Tin", STORY)),
        (f"{AT_HUYEN}/2.html", page("Tin", EDITED)),
        (f"{AT_HUYEN}/3.html", page("Tin mới", STORY.replace("hội nghị", "cuộc thi"))),
    ]
    night([whole, new], last, MOMENT + 2 * NIGHT)
    for places in ([old.folder, new.folder], [new.folder, old.folder]):
        target = tmp_path / places[0].name / "all"
        report = collect_into(target, places)
        assert [shard.articles.merged for shard in report.shards] == [0, 2]
        assert_equal_articles(whole.folder, target)
        before = dump(target)
        collect_into(target, reversed(places))
        assert dump(target) == before
    night([whole, new], edit, MOMENT + 3 * NIGHT)
    collect_into(target, places)
    assert_equal_articles(whole.folder, target)
    for crawl in (whole, old, new):
        crawl.close()


def assert_equal_articles(one: Path, other: Path) -> None:
    """Compare the articles and their states; where pages are archived differs."""
    expected, found = contents(one), contents(other)
    for table in ("articles", "photos", "article_files", "nông thôn mới"):
        assert found[table] == expected[table], table
    for table in ("revisions", "returns"):
        assert [without_capture(row) for row in found[table]] == [
            without_capture(row) for row in expected[table]
        ], table


def without_capture(row: tuple[object, ...]) -> list[object]:
    return [value for value in row if not (isinstance(value, str) and ".html 2026" in value)]


def test_a_copied_database_is_two_shards(tmp_path: Path) -> None:
    """A second machine begins with a copy; from then on, each crawls sources of its own."""
    whole = ShardCrawl(tmp_path / "whole", tuple(SOURCES))
    one = ShardCrawl(tmp_path / "one", tuple(SOURCES))
    night([whole, one], FIRST_NIGHT, MOMENT)
    one.close()
    shutil.copytree(one.folder, tmp_path / "two")
    one = ShardCrawl(one.folder, ("huyen",), series="a")
    two = ShardCrawl(tmp_path / "two", ("tinh", "bao", "xa"), series="b")
    collect_into(tmp_path / "all", [one.folder, two.folder])
    assert_same(whole.folder, tmp_path / "all")
    whole.slugs = tuple(SOURCES)
    night([whole, one, two], SECOND_NIGHT, MOMENT + NIGHT)
    report = collect_into(tmp_path / "all", [one.folder, two.folder])
    assert [shard.articles.merged for shard in report.shards] == [2, 1]
    assert_same(whole.folder, tmp_path / "all")
    db = open_for_reading(tmp_path / "all" / "tinhuyen.db")
    assert db.execute("SELECT count(*) FROM runs").fetchone()[0] == 3
    for warc_file, offset, body_hash in db.execute(
        "SELECT warc_file, warc_offset, body_hash FROM captures"
    ).fetchall():
        body = read_body(tmp_path / "all" / "archive", warc_file, offset)
        assert sha256(body).hexdigest() == body_hash
    db.close()
    for crawl in (whole, one, two):
        crawl.close()


def killed_at(module: ModuleType, name: str, calls: int, work: Callable[[], object]) -> bool:
    """Do the work in a process that ends itself at a call of a function; returns whether it did."""

    def run() -> None:
        original, counter = getattr(module, name), iter(range(calls))

        def call_or_die(*arguments: object) -> object:
            if next(counter, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*arguments)

        setattr(module, name, call_or_die)
        work()

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join(300)
    return process.exitcode == -signal.SIGKILL


KILLS = (
    *((history_rows, "index_text", calls) for calls in (0, 1, 3)),
    (collected_twins, "are_alike", 0),
    (collecting, "link_captures", 1),
    (collected_pages, "write_rows", 1),
    *((collecting, name, 2) for name in ("collect_blocks", "place_archive", "end_shard")),
)
"""Where a collection is killed, in and between transactions, by the number of calls before."""


def test_a_killed_call_is_completed_by_the_next(
    crawls: list[ShardCrawl], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scraper.store.collected_articles.CHUNK", 2)
    target = tmp_path / "all"
    for kill in KILLS:
        assert killed_at(*kill, lambda: collect_into(target, folders(crawls))), kill
    collect_into(target, folders(crawls))
    assert_same(crawls[0].folder, target)
    assert not list(target.glob("*.shard*"))


def test_a_part_holds_only_what_belongs_there(crawls: list[ShardCrawl], tmp_path: Path) -> None:
    target = tmp_path / "tuyen-quang"
    collect_into(target, folders(crawls), province="Tuyên Quang")
    found = contents(target)
    assert {row[0] for row in found["articles"]} == {"huyen", "tinh"}
    assert {row[1] for row in found["pages"]} == {"huyen", "tinh"}
    assert {row[0] for row in found["sources"]} == {"huyen", "tinh"}
    assert len(found["files"]) == 5
    db = open_for_reading(target / "tinhuyen.db")
    assert {row[0] for row in db.execute("SELECT source FROM run_sources")} == {"huyen", "tinh"}
    db.close()


def test_a_year_is_that_of_publication(crawls: list[ShardCrawl], tmp_path: Path) -> None:
    target = tmp_path / "2025"
    collect_into(target, folders(crawls), year="2025")
    found = contents(target)
    assert [row[1] for row in found["articles"]] == ["http://huyen.vn/2.html"]
    assert [row[0] for row in found["pages"]] == ["huyen.vn/2.html"]
    assert len(found["file_texts"]) == 1
    assert len(found["captures"]) == 2


def test_one_database_holds_one_part(crawls: list[ShardCrawl], tmp_path: Path) -> None:
    collect_into(tmp_path / "part", folders(crawls), province="Tuyên Quang")
    with pytest.raises(UsageError, match="holds another part"):
        collect_into(tmp_path / "part", folders(crawls))


def test_a_database_that_crawls_is_refused(crawls: list[ShardCrawl], tmp_path: Path) -> None:
    before = contents(crawls[1].folder)
    with pytest.raises(UsageError, match="rows of its own"):
        collect_into(crawls[1].folder, [crawls[2].folder])
    assert contents(crawls[1].folder) == before
    collect_into(tmp_path / "all", folders(crawls))
    with pytest.raises(UsageError, match="is named as a shard"):
        collect_into(tmp_path / "all", [tmp_path / "all"])


def test_what_is_no_shard_is_named(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    with pytest.raises(UsageError, match="is no shard"):
        collect_into(tmp_path / "all", [tmp_path / "nothing"])


def test_two_articles_that_claim_one_address_keep_their_texts(tmp_path: Path) -> None:
    """One shard read a text at an address at which another has another article."""
    one = ShardCrawl(tmp_path / "one", ["huyen"])
    two = ShardCrawl(tmp_path / "two", ["huyen"])
    night([one], [(f"{AT_HUYEN}/1.html", page("Tin", STORY))], MOMENT)
    events = [
        (f"{AT_HUYEN}/2.html", page("Tin", STORY)),
        (f"{AT_HUYEN}/1.html", page("Tin khác", OTHER.replace("lớp", "buổi"))),
    ]
    night([two], events, MOMENT + NIGHT)
    report = collect_into(tmp_path / "all", [one.folder, two.folder])
    found = contents(tmp_path / "all")
    assert [row[1] for row in found["articles"]] == ["http://huyen.vn/1.html", None]
    assert conflicts(report) == [0, 1]
    assert conflicts(collect_into(tmp_path / "all", [one.folder, two.folder])) == [0, 0]
    one.close()
    two.close()


def conflicts(report: Collected) -> list[int]:
    return [shard.articles.conflicts for shard in report.shards]


def test_addresses_may_change_hands(tmp_path: Path) -> None:
    """An article of a shard gets the address that another one of it had."""
    crawl = ShardCrawl(tmp_path / "one", ["huyen"])
    events = [
        (f"{AT_HUYEN}/{n}.html", page(f"Tin {n}", text)) for n, text in ((1, STORY), (2, "x "))
    ]
    night([crawl], events[:1], MOMENT)
    night([crawl], [(f"{AT_HUYEN}/2.html", page("Tin 2", OTHER))], MOMENT + NIGHT)
    collect_into(tmp_path / "all", [crawl.folder])
    with crawl.db.conn:
        crawl.db.execute("UPDATE articles SET url = 'later' WHERE id = 1")
        crawl.db.execute("UPDATE articles SET url = 'http://huyen.vn/1.html' WHERE id = 2")
        crawl.db.execute("UPDATE articles SET url = 'http://huyen.vn/2.html' WHERE id = 1")
    collect_into(tmp_path / "all", [crawl.folder])
    assert_same(crawl.folder, tmp_path / "all")
    crawl.close()


def test_names_that_lead_out_of_the_archive_are_left_out(tmp_path: Path) -> None:
    crawl = ShardCrawl(tmp_path / "one", ["huyen"])
    night([crawl], [(f"{AT_HUYEN}/1.html", page("Tin", STORY))], MOMENT)
    with crawl.db.conn:
        crawl.db.execute("UPDATE captures SET warc_file = '../../outside.warc.gz'")
    report = collect_into(tmp_path / "all", [crawl.folder])
    assert report.shards[0].refused_names == 1
    assert contents(tmp_path / "all")["captures"] == []
    crawl.close()


def test_photos_that_were_pruned_are_forgotten(tmp_path: Path) -> None:
    crawl = ShardCrawl(tmp_path / "one", ["huyen"])
    archive = crawl.folder / "archive"
    files = FileArchive(crawl.db, archive)
    files.add("photo", "a.jpg", b"old")
    files.add("photo", "b.jpg", b"new", MOMENT + 40 * NIGHT)
    files.add_preview(b"new", MOMENT + 40 * NIGHT)
    files.next_day()
    collect_into(tmp_path / "all", [crawl.folder])
    assert_same(crawl.folder, tmp_path / "all")
    assert [pruned.photos for pruned in prune_photos(crawl.db, archive, MOMENT + NIGHT)][-1] == 1
    [shard] = collect_into(tmp_path / "all", [crawl.folder]).shards
    assert shard.forgotten_captures == 2
    assert_same(crawl.folder, tmp_path / "all")
    assert_readable(tmp_path / "all")
    crawl.close()


def test_a_file_of_two_shards_keeps_both_bodies(tmp_path: Path) -> None:
    """Each shard has fetched a file of a third site, which changed in between."""
    folders, link = [], "<p><a href='http://cdn.vn/mau.pdf'>Biểu mẫu</a></p>"
    for number, slug in enumerate(("huyen", "bao")):
        crawl = ShardCrawl(tmp_path / slug, [slug])
        moment = MOMENT + number * NIGHT
        night([crawl], [(f"http://{slug}.vn/1.html", page("Tin", STORY, files=link))], moment)
        crawl.fetch_file("http://cdn.vn/mau.pdf", f"%PDF {slug}".encode(), moment + 2 * NIGHT)
        folders.append(crawl.folder)
        crawl.close()
    for places in (folders, folders[::-1]):
        target = tmp_path / places[0].name / "all"
        collect_into(target, places)
        found = contents(target)
        digest = [sha256(f"%PDF {slug}".encode()).hexdigest() for slug in ("huyen", "bao")]
        assert [row[:2] for row in found["earlier_files"]] == [
            ("file:http://cdn.vn/mau.pdf", digest[0])
        ]
        [stored] = [row for row in found["files"] if row[2] == "http://cdn.vn/mau.pdf"]
        assert (stored[1], digest[1] in stored) == ("huyen", True)
