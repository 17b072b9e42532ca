"""Captures of every kind end as they should, beside what crawls have stored."""

from __future__ import annotations

import gzip
from itertools import permutations
from pathlib import Path

import brotli
import pytest
from warcio.archiveiterator import ArchiveIterator

from scraper.archive.reader import iter_records
from scraper.base.clock import to_utc_iso
from scraper.base.urls import url_key
from scraper.store.database import write_transaction
from scraper.store.files import FileKind
from scraper.store.pages import Discovery, discover
from scraper.store.recovery_counts import outcome_counts, query_counts
from scraper.store.runs import start_run
from scraper.transfer.collecting import collect
from scraper.transfer.shards import find_shard
from tests.scraper.recovery.memory_archive import HOST, MemoryArchive, Recorded, moment
from tests.scraper.recovery.places import PATH, WATER, Place, assert_sums, body, iso
from tests.scraper.stores import page_of

A, B, C = (body(f"Bản {word} của tin này.") for word in ("đầu tiên", "thứ hai", "cuối cùng"))
OLD = "/Default.aspx?tabid=5&id=1234"
MOVED = (("Location", PATH),)
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f"
    b"\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\x0f\x00\x00\x01\x01\x00\x05\x18\xd8N\x00\x00\x00"
    b"\x00IEND\xaeB`\x82"
)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def outcomes(place: Place) -> dict[tuple[str, str], tuple[str, str | None]]:
    rows = place.rows("SELECT url, captured_at, outcome, reason FROM archived_captures")
    return {(url.removeprefix(HOST), at): (outcome, why) for url, at, outcome, why in rows}


@pytest.mark.parametrize("encoding", ["gzip", "br", "none", "chunked"])
def test_bodies_are_kept_as_the_site_sent_them(place: Place, encoding: str) -> None:
    sent = {"gzip": gzip.compress(A), "br": brotli.compress(A)}.get(encoding, A)
    fields = {
        "gzip": (("Content-Encoding", "gzip"),),
        "br": (("Content-Encoding", "br"),),
        "none": (),
        "chunked": (("Transfer-Encoding", "chunked"),),
    }[encoding]
    place.recover(MemoryArchive([Recorded(PATH, 1, sent, headers=fields)]))
    [path] = place.archive.glob("*.warc.gz")
    with path.open("rb") as file:
        [(headers, raw)] = [
            (record.rec_headers, record.raw_stream.read())
            for record in ArchiveIterator(file)
            if record.rec_type == "response"
        ]
    assert raw == sent
    assert headers.get_header("WARC-Date") == iso(1)
    assert headers.get_header("WARC-Target-URI") == HOST + PATH
    assert headers.get_header("WARC-Source-URI").startswith("https://archive.example/2019")
    assert headers.get_header("WARC-Creation-Date") > iso(1)
    assert [record.problem for record in iter_records(path)] == [None, None]
    assert [record.body for record in iter_records(path) if record.body] == [A]
    [(text,)] = place.rows("SELECT body FROM articles")
    assert "đầu tiên" in text


def test_a_body_that_ends_early_is_broken(place: Place) -> None:
    sent = gzip.compress(A)[:-20]
    fields = (("Content-Encoding", "gzip"),)
    report = place.recover(MemoryArchive([Recorded(PATH, 1, sent, headers=fields)]))
    assert outcomes(place) == {(PATH, iso(1)): ("broken", "truncated")}
    assert report.services["memory"].failed == 1


def test_every_kind_of_address_has_an_outcome(place: Place) -> None:
    js = "text/javascript"
    captures = [
        Recorded("/", 1, page_of("Trang chủ", WATER).encode()),
        Recorded(PATH, 2, A),
        Recorded("/robots.txt", 2, b"x", media_type="text/plain"),
        Recorded("/style.js", 2, b"x", media_type=js),
        Recorded("/in-an/1234.html?print=1", 2, A),
        Recorded("/lich?month=2019-05-01", 2, page_of("Lịch", WATER).encode()),
        Recorded("/tin/loi.html", 2, b"x", 503),
        Recorded("/anh/khong-ai-neu.png", 2, PNG, media_type="image/png"),
        Recorded(PATH, 3, b"x", 302, headers=(("Location", "https://khac.vn/"),)),
        Recorded("/tin/rong.html", 3, b""),
        Recorded("/tin/di-cho.html", 4, b"", 301, headers=(("Location", "/tin/di-cho.html"),)),
    ]
    place.recover(MemoryArchive([*captures, Recorded("/", 1, b"x", host="http://khac.vn")]))
    found = outcomes(place)
    assert len(found) == len(captures)
    assert found["/", iso(1)][0] == "listing"
    assert found["/robots.txt", iso(2)] == ("left_out", "no_page")
    assert found["/style.js", iso(2)] == ("left_out", "no_page")
    assert found["/in-an/1234.html?print=1", iso(2)] == ("left_out", "print")
    assert found["/lich?month=2019-05-01", iso(2)] == ("left_out", "dated_list")
    assert found["/tin/loi.html", iso(2)] == ("left_out", "http_503")
    assert found["/anh/khong-ai-neu.png", iso(2)] == ("left_out", "not_named")
    assert found[PATH, iso(3)] == ("redirect", "offsite")
    assert found["/tin/rong.html", iso(3)] == ("left_out", "empty")
    assert found["/tin/di-cho.html", iso(4)] == ("redirect", "redirect_loop")
    assert_sums(place)
    assert sum(one.captures for one in outcome_counts(place.db, "hamyen")) == len(captures)
    [counts] = query_counts(place.db, "hamyen")
    assert (counts.captures, counts.waiting) == (len(captures), 0)


def test_an_earlier_body_of_a_page_of_a_crawl_leaves_its_page_alone(place: Place) -> None:
    place.recover(MemoryArchive([Recorded(PATH, 2000, C)], "live"))
    run = start_run(place.db, "manual", ["hamyen"], moment(2001))
    due = to_utc_iso(moment(2100))
    with write_transaction(place.db):
        place.db.execute("UPDATE pages SET run = ?, due_at = ?", [run, due])
    columns = "outcome, reason, body_hash, fetched_at, due_at, run, settled_at, capture, article"
    before = place.rows(f"SELECT {columns} FROM pages")
    error = page_of("Không tìm thấy trang", "Lỗi 404. Không tìm thấy trang.").encode()
    place.recover(
        MemoryArchive([Recorded(PATH, 1, A), Recorded(PATH, 9, error), Recorded(PATH, 20, B)])
    )
    [(first, last, gone)] = place.rows("SELECT first_seen_at, last_seen_at, gone_at FROM articles")
    assert (first, last, gone) == (iso(1), iso(2000), None)
    assert place.rows(f"SELECT {columns} FROM pages") == before
    assert len(place.rows("SELECT * FROM revisions")) == 2
    assert_sums(place)


def test_a_page_that_a_crawl_has_queued_stays_queued(place: Place) -> None:
    place.recover(MemoryArchive([]))
    run = start_run(place.db, "manual", ["hamyen"], moment(2001))
    key = url_key(HOST + PATH)
    with write_transaction(place.db):
        discover(place.db, run, [Discovery(key, "hamyen", HOST + PATH, "article")], moment(2001))
    place.recover(MemoryArchive([Recorded(PATH, 1, A), Recorded(PATH, 20, B)], "past"))
    assert place.rows("SELECT outcome, run FROM pages WHERE url_key LIKE '%1234%'") == [(None, run)]
    assert place.rows("SELECT first_seen_at, last_seen_at FROM articles") == [(iso(1), iso(20))]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_an_address_that_redirects_has_one_history_in_any_order(
    tmp_path: Path, order: tuple[int, ...]
) -> None:
    """The redirect is known from the first archive; bodies of either address come from each."""
    place = Place(tmp_path)
    parts = [
        [Recorded(OLD, 1, A), Recorded(OLD, 2, A)],
        [Recorded(OLD, 5, B)],
        [Recorded(PATH, 60, C), Recorded(PATH, 61, C)],
    ]
    known = [Recorded(OLD, 50, b"", 301, headers=MOVED), Recorded(PATH, 70, C)]
    place.recover(MemoryArchive(known, "known"))
    for number in order:
        place.recover(MemoryArchive(parts[number], f"part{number}"))
    assert place.rows("SELECT url, first_seen_at, changed_at, last_seen_at FROM articles") == [
        (HOST + PATH, iso(1), iso(60), iso(70))
    ]
    states = place.rows("SELECT seen_at, body FROM revisions ORDER BY 1")
    assert [(at, "đầu tiên" in text, "thứ hai" in text) for at, text in states] == [
        (iso(2), True, False),
        (iso(5), False, True),
    ]
    assert place.rows("SELECT count(*) FROM returns") == [(0,)]
    assert_sums(place)


def test_the_same_bytes_at_another_address_are_not_fetched_again(place: Place) -> None:
    other = PATH.replace("/tin/", "/ban-tin/")
    archive = MemoryArchive([Recorded(PATH, 1, A), Recorded(other, 2, A)])
    place.recover(archive)
    assert archive.asked["captures"] == 1
    assert len(place.rows("SELECT * FROM articles")) == 1
    assert len(place.rows("SELECT * FROM captures")) == 2
    assert outcomes(place)[other, iso(2)] == ("same_body", "duplicate")
    assert_sums(place)


def test_two_services_with_the_same_captures(place: Place) -> None:
    captures = [Recorded(PATH, 1, A), Recorded(PATH, 9, B)]
    one, other = MemoryArchive(captures, "one"), MemoryArchive(captures, "other")
    place.recover(one, other)
    assert one.asked["captures"] + other.asked["captures"] == 2
    assert len(place.rows("SELECT * FROM captures")) == 2
    assert len(place.rows("SELECT * FROM capture_origins")) == 2
    assert_sums(place)


def test_files_of_recovered_articles_come_after_them(place: Place) -> None:
    photo = f'<p><img src="/anh/le-ra-quan.png" alt="Lễ ra quân"></p>{WATER}'
    page = page_of("Huyện đoàn ra quân chiến dịch tình nguyện hè", photo, WATER).encode()
    captures = [
        Recorded("/anh/le-ra-quan.png", 3, PNG, media_type="image/png", host="https" + HOST[4:]),
        Recorded("/anh/bieu-tuong.png", 3, PNG[:-1] + b"?", media_type="image/png"),
        Recorded(PATH, 1, page),
    ]
    place.recover(MemoryArchive(captures), file_kinds=frozenset[FileKind]())
    assert place.rows("SELECT reason FROM archived_captures WHERE kind = 'file'") == [
        ("files_not_kept",), ("files_not_kept",),
    ]  # fmt: skip
    place.recover(MemoryArchive(captures))
    assert place.rows("SELECT outcome, digest IS NOT NULL FROM files") == [("new", 1)]
    assert sorted(
        place.rows("SELECT outcome, reason FROM archived_captures WHERE kind = 'file'")
    ) == [("file", "photo"), ("left_out", "not_named")]
    assert len(place.rows("SELECT * FROM capture_origins")) == 2
    assert_sums(place)


def test_a_service_with_several_indexes_is_asked_each(place: Place) -> None:
    archive = MemoryArchive([Recorded(PATH, 1, A)], collections=("CC-1", "CC-2"))
    assert place.recover(archive).is_finished
    assert place.rows(
        "SELECT collection, finished_at IS NOT NULL FROM recovery_queries ORDER BY 1"
    ) == [("", 1), ("CC-1", 1), ("CC-2", 1)]
    assert_sums(place)


def test_addresses_that_lists_name_are_asked_for_within_bounds(place: Place) -> None:
    links = "".join(
        f'<p><a href="/tin/mot-tieu-de-du-dai-cho-mot-bai-bao-so-{number}.html">Một tiêu đề đủ dài'
        f" cho một bài báo số {number}</a></p>"
        for number in range(20)
    )
    home = f"<html><head><title>Trang chủ</title></head><body>{links}</body></html>".encode()
    archive = MemoryArchive([Recorded("/", 1, home)])
    report = place.recover(archive, named_queries=5)
    assert report.services["memory"].waiting_queries == 15
    report = place.recover(archive, named_queries=50)
    assert report.services["memory"].waiting_queries == 0
    assert archive.asked["index"] == 21


def test_only_the_span_that_was_asked_for_is_recovered(place: Place) -> None:
    captures = [Recorded(PATH, day, A + b"<!-- %d -->" % day) for day in range(1, 7)]
    place.recover(MemoryArchive(captures), since=moment(2), until=moment(4))
    assert place.rows("SELECT first_seen_at, last_seen_at FROM articles") == [(iso(2), iso(4))]
    assert_sums(place)
    place.recover(MemoryArchive(captures))
    assert place.rows("SELECT first_seen_at, last_seen_at FROM articles") == [(iso(1), iso(6))]
    assert_sums(place)


def test_origins_are_collected_from_shards(tmp_path: Path) -> None:
    shard, whole = Place(tmp_path / "shard"), Place(tmp_path / "whole")
    shard.recover(MemoryArchive([Recorded(PATH, 1, A), Recorded(PATH, 2, A)]))
    list(collect(whole.db, whole.path, whole.archive, [find_shard(str(tmp_path / "shard"))]))
    origins = "SELECT fetched_at, service, url FROM capture_origins ORDER BY 1"
    assert whole.rows(origins) == shard.rows(origins)
    assert len(whole.rows(origins)) == 2
