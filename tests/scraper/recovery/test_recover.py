"""Captures of web archives become pages, articles and revisions; each has one outcome."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from scraper.recovery.web_archive import CaptureError
from scraper.store.recovery import CaptureOutcome
from tests.scraper.recovery.memory_archive import HOST, MemoryArchive, Recorded
from tests.scraper.recovery.places import PATH, WATER, Place, assert_sums, body, iso
from tests.scraper.stores import page_of

A, B, C = (body(f"Bản {word} của tin này.") for word in ("đầu tiên", "thứ hai", "cuối cùng"))
OTHER = page_of("Nước sạch về bản vùng cao Yên Thuận", WATER, WATER + "Bà con phấn khởi.").encode()
ERROR = (
    "<html><head><title>Không tìm thấy trang</title></head><body><h1>Không tìm thấy trang</h1>"
    "<p>Lỗi 404.</p></body></html>"
).encode()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_states_of_an_article_become_its_history(place: Place) -> None:
    archive = MemoryArchive(
        [Recorded(PATH, 1, A), Recorded(PATH, 5, A), Recorded(PATH, 9, B), Recorded(PATH, 20, C)]
    )
    report = place.recover(archive)
    [(text, first, changed, last)] = place.rows(
        "SELECT body, first_seen_at, changed_at, last_seen_at FROM articles"
    )
    assert ("cuối cùng" in text, first, changed, last) == (True, iso(1), iso(20), iso(20))
    states = place.rows("SELECT seen_at, body FROM revisions ORDER BY seen_at")
    assert [(at, "đầu tiên" in text, "thứ hai" in text) for at, text in states] == [
        (iso(5), True, False), (iso(9), False, True),
    ]  # fmt: skip
    assert archive.asked["captures"] == 3
    assert place.rows("SELECT count(*) FROM revisits") == [(1,)]
    assert len(place.rows("SELECT * FROM capture_origins")) == 4
    assert report.services["memory"].articles("new") == 1
    assert report.is_finished
    assert_sums(place)


def test_nothing_is_asked_twice(place: Place) -> None:
    archive = MemoryArchive([Recorded(PATH, 1, A), Recorded(PATH, 9, B)])
    place.recover(archive)
    before, rows = archive.asked.copy(), place.history()
    place.recover(archive)
    assert (archive.asked, place.history()) == (before, rows)


@pytest.mark.parametrize(
    "absence",
    [
        Recorded(PATH, 30, ERROR, 404),
        Recorded(PATH, 30, ERROR),
        Recorded(PATH, 30, b"moved", 302, headers=(("Location", f"{HOST}/"),)),
    ],
    ids=["404", "soft", "home"],
)
@pytest.mark.parametrize("is_late", [True, False])
def test_an_article_is_gone_since_the_first_absence_after_it(
    tmp_path: Path, absence: Recorded, is_late: bool
) -> None:
    place = Place(tmp_path)
    rest = [Recorded(PATH, 1, A), Recorded(PATH, 10, ERROR, 404), Recorded(PATH, 20, A)]
    later = Recorded(PATH, 40, ERROR, 410)
    first, second = [absence, later], rest
    if is_late:
        first, second = second, first
    place.recover(MemoryArchive(first, "first"))
    place.recover(MemoryArchive(second, "second"))
    assert place.rows("SELECT gone_at, last_seen_at FROM articles") == [(iso(30), iso(20))]
    assert_sums(place)


def test_an_article_that_a_later_capture_shows_is_not_gone(place: Place) -> None:
    place.recover(MemoryArchive([Recorded(PATH, 1, A), Recorded(PATH, 9, ERROR, 404)], "first"))
    assert place.rows("SELECT gone_at FROM articles") == [(iso(9),)]
    place.recover(MemoryArchive([Recorded(PATH, 20, A)], "second"))
    assert place.rows("SELECT gone_at FROM articles") == [(None,)]


def test_an_address_that_redirects_is_the_same_article(place: Place) -> None:
    old = "/Default.aspx?tabid=5&id=1234"
    place.recover(
        MemoryArchive(
            [
                Recorded(old, 1, A),
                Recorded(old, 5, B),
                Recorded(old, 50, b"", 301, headers=(("Location", PATH),)),
                Recorded(PATH, 60, C),
            ]
        )
    )
    [(text, url, first)] = place.rows("SELECT body, url, first_seen_at FROM articles")
    assert ("cuối cùng" in text, url, first) == (True, HOST + PATH, iso(1))
    assert [at for (at,) in place.rows("SELECT seen_at FROM revisions ORDER BY 1")] == [
        iso(1), iso(5),
    ]  # fmt: skip
    assert_sums(place)


def test_another_text_at_an_address_that_redirects_stays_an_article(place: Place) -> None:
    old = "/Default.aspx?tabid=5&id=1234"
    place.recover(
        MemoryArchive(
            [
                Recorded(old, 1, OTHER),
                Recorded(old, 50, b"", 301, headers=(("Location", PATH),)),
                Recorded(PATH, 60, C),
            ]
        )
    )
    assert len(place.rows("SELECT * FROM articles")) == 2
    assert_sums(place)


def test_a_revisit_record_needs_no_fetch(place: Place) -> None:
    archive = MemoryArchive(
        [Recorded(PATH, 1, A), Recorded(PATH, 9, A, media_type="warc/revisit", is_revisit=True)]
    )
    place.recover(archive)
    assert archive.asked["captures"] == 1
    assert place.rows("SELECT last_seen_at FROM articles") == [(iso(9),)]
    assert_sums(place)


def test_a_digest_that_lied_once_is_not_trusted(place: Place) -> None:
    digest, other = Recorded(PATH, 1, A).line.digest, PATH.replace("1234", "1235")
    archive = MemoryArchive(
        [
            Recorded(other, 0, OTHER, digest=digest),
            Recorded(PATH, 1, A),
            Recorded(PATH, 9, B, digest=digest),
        ]
    )
    place.recover(archive)
    assert archive.asked["captures"] == 3
    assert len(place.rows("SELECT * FROM articles")) == 2
    assert len(place.rows("SELECT * FROM revisions")) == 1
    assert_sums(place)


def test_a_record_of_another_length_has_another_body(place: Place) -> None:
    digest, longer = Recorded(PATH, 1, A).line.digest, body("Thêm một đoạn dài. " * 40)
    archive = MemoryArchive([Recorded(PATH, 1, A), Recorded(PATH, 9, longer, digest=digest)])
    place.recover(archive)
    assert archive.asked["captures"] == 2
    assert_sums(place)


def test_lists_name_articles_that_the_index_lacks(place: Place) -> None:
    link = f'<a href="{PATH}">Huyện đoàn ra quân chiến dịch tình nguyện hè năm nay</a>'
    home = f"<html><head><title>Trang chủ</title></head><body>{link}</body></html>".encode()
    place.recover(MemoryArchive([Recorded("/", 1, home), Recorded(PATH, 1, A, is_hidden=True)]))
    assert len(place.rows("SELECT * FROM articles")) == 1
    assert place.rows("SELECT named_by FROM recovery_queries WHERE match = 'exact'") == [
        ("hamyen.tuyenquang.gov.vn",)
    ]
    assert_sums(place)


def test_a_redirect_that_a_replay_skips_is_one_all_the_same(place: Place) -> None:
    def skip(what: str) -> None:
        if what == skipped.url:
            raise CaptureError("other_moment", "that of another day came", is_final=True)

    skipped = Recorded("/tin/cu-1.html", 3, b"", 301)
    report = place.recover(MemoryArchive([skipped, Recorded(PATH, 1, A)], fault=skip))
    assert report.services["memory"].outcomes[CaptureOutcome.REDIRECT, "self_redirect"] == 1
    assert_sums(place)


def test_an_archive_of_many_indexes_is_not_asked_for_single_addresses(place: Place) -> None:
    link = f'<a href="{PATH}">Huyện đoàn ra quân chiến dịch tình nguyện hè năm nay</a>'
    home = f"<html><head><title>Trang chủ</title></head><body>{link}</body></html>".encode()
    archive = MemoryArchive([Recorded("/", 1, home), Recorded(PATH, 1, A, is_hidden=True)])
    archive.finds_addresses = False
    assert place.recover(archive).is_finished
    assert place.rows("SELECT count(*) FROM recovery_queries WHERE match = 'exact'") == [(0,)]


def test_a_live_article_and_its_past_are_one(place: Place) -> None:
    place.recover(MemoryArchive([Recorded(PATH, 2000, C)], "live"))
    place.db.execute("UPDATE pages SET run = NULL")
    place.recover(MemoryArchive([Recorded(PATH, 1, A), Recorded(PATH, 2, B)], "past"))
    assert place.rows("SELECT first_seen_at, last_seen_at FROM articles") == [(iso(1), iso(2000))]
    assert len(place.rows("SELECT * FROM revisions")) == 2


RANDOM = [
    Recorded(PATH, 1, A), Recorded(PATH, 2, A), Recorded(PATH, 3, B), Recorded(PATH, 4, A),
    Recorded(PATH, 5, ERROR), Recorded(PATH, 6, C), Recorded(PATH, 7, C),
    Recorded(PATH, 8, ERROR, 404), Recorded(PATH, 9, ERROR, 410),
    Recorded(PATH.replace("1234", "77"), 3, OTHER), Recorded(PATH.replace("1234", "77"), 9, OTHER),
    Recorded(PATH, 7, C, host=HOST.replace("http:", "https:")),
]  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_any_order_gives_the_same_rows(tmp_path: Path, seed: int) -> None:
    """The captures come from several archives, one after the other, in random parts."""
    at_once = Place(tmp_path / "once")
    at_once.recover(MemoryArchive(RANDOM))
    chosen, place = random.Random(seed), Place(tmp_path / "parts")
    parts: list[list[Recorded]] = [[] for _ in range(5)]
    for one in RANDOM:
        chosen.choice(parts).append(one)
    for number, part in enumerate(parts):
        place.recover(MemoryArchive(part, f"part{number}"))
    assert place.history() == at_once.history()
    assert_sums(place)


def test_a_dry_run_fetches_nothing(place: Place) -> None:
    archive = MemoryArchive([Recorded(PATH, 1, A), Recorded(PATH, 5, A), Recorded(PATH, 9, B)])
    report = place.recover(archive, is_dry_run=True)
    assert archive.asked["captures"] == 0
    estimate = report.services["memory"].estimate
    assert (estimate.captures, estimate.size) == (2, len(A) + len(B) + 600)
    assert place.recover(archive).is_finished
