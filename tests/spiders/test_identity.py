"""Identity over several nights: no claim of a page makes two articles one, or one lose its text."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from time import sleep, time

import brotli
import pytest

from tests.portals.faults import Call, FaultServer
from tests.spiders.crawling import Crawled, Crawling, source_at

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

SUBJECTS = (
    ("Tiêm phòng cho trẻ dưới năm tuổi", "trạm y tế mở đợt tiêm phòng, phụ huynh mang sổ theo dõi"),
    (
        "Thu hoạch chè vụ xuân sớm",
        "nương chè trên đồi cho búp non, thương lái lên tận vườn thu mua",
    ),
    ("Học sinh bản cao đến lớp", "thầy cô dựng lán trọ để các em khỏi vượt suối trong mùa nước lũ"),
    ("Nuôi cá lồng trên hồ thủy điện", "hợp tác xã thả thêm giống mới và dựng bè nổi ngoài vịnh"),
)


def path(number: int) -> str:
    return f"/tin/chuyen-lang-xom-ngay-thu-{number}-{100 + number}.html"


def story(number: int, head: str = "", edit: str = "", title: str | None = None) -> str:
    """An article of its own subject, whose head may declare any address."""
    subject, words = SUBJECTS[number % len(SUBJECTS)]
    title = title or f"{subject} ở xóm số {number}"
    text = "".join(
        f"<p>Ngày làm thứ {n} của đội {number}, {words} buổi {n * 7 + number}. {edit}</p>"
        for n in range(9)
    )
    return (
        f"<!DOCTYPE html><html lang='vi'><head><meta charset='utf-8'>{head}<title>{title}</title>"
        f"</head><body><h1>{title}</h1><article>{text}</article></body></html>"
    )


def canonical(address: str) -> str:
    return f"<link rel='canonical' href='{address}'>"


class Nights:
    """A portal whose pages change from night to night, each night crawled for real."""

    def __init__(self, server: FaultServer, folder: Path) -> None:
        self.server = server
        self.crawling = Crawling(folder, limits={"guesses": 0, "tries": 1})
        self.last = 0

    def serve(self, where: str, page: str) -> None:
        self.server.paths[where] = lambda call: call.reply(page)

    def night(self, *paths: str) -> Crawled:
        """Crawl once more, in a second of its own: times are stored to the second."""
        self.server.home(*paths)
        while int(time()) <= self.last:
            sleep(0.05)
        crawled = self.crawling.crawl(source_at(self.server.home_url), full=True)
        self.last = int(time())
        return crawled


@pytest.fixture
def nights(tmp_path: Path):  # type: ignore[no-untyped-def]
    with FaultServer() as server:
        yield Nights(server, tmp_path)


CLAIMS = {
    "undefined": 10,
    "/": 3,
    "/tin/bai-viet-chung-999.html": 3,
    "//{host}/tin/bai-viet-chung-999.html/": 3,
}
"""Addresses that all pages claim, each with the nights that are crawled: three show the fault."""


@pytest.mark.fault(53, 73)
@pytest.mark.parametrize("claim", CLAIMS)
def test_a_claim_that_all_pages_share_makes_no_two_articles_one(nights: Nights, claim: str) -> None:
    address = claim.format(host=f"127.0.0.1:{nights.server.port}")
    for number in range(CLAIMS[claim]):
        nights.serve(path(number), story(number, canonical(address)))
        crawled = nights.night(*(path(one) for one in range(number + 1)))
        assert len(crawled.titles()) == number + 1
    assert crawled.rows("SELECT count(*) FROM revisions") == [(0,)]
    assert crawled.rows(
        "SELECT count(*) FROM pages WHERE article IS NULL AND kind = 'article'"
    ) == [(0,)]
    assert len(set(crawled.rows("SELECT url FROM articles"))) == CLAIMS[claim]


@pytest.mark.fault(53, 73)
@pytest.mark.parametrize("order", [(0, 1), (1, 0), None])
def test_an_article_claimed_by_another_stays_its_own(
    nights: Nights, order: tuple[int, int] | None
) -> None:
    nights.serve(path(0), story(0))
    nights.serve(path(1), story(1, canonical(path(0))))
    for one in order or ():
        nights.night(path(one))
    crawled = nights.night(path(0), path(1))
    again = nights.night(path(0), path(1))
    assert len(crawled.titles()) == len(again.titles()) == 2
    assert sorted(again.rows("SELECT url FROM articles")) == [
        (nights.server.home_url.rstrip("/") + path(one),) for one in (0, 1)
    ]
    assert again.rows("SELECT count(*) FROM revisions") == [(0,)]


@pytest.mark.fault(53, 73)
def test_claims_that_appear_later_change_no_article(nights: Nights) -> None:
    paths = [path(one) for one in range(3)]
    for one in range(3):
        nights.serve(path(one), story(one))
    nights.night(*paths)
    for one in range(3):
        nights.serve(path(one), story(one, canonical(path(0))))
    crawled = nights.night(*paths)
    assert len(crawled.titles()) == 3
    assert crawled.rows("SELECT count(*) FROM revisions") == [(0,)]


@pytest.mark.fault(53)
@pytest.mark.parametrize("is_first", [True, False])
def test_a_print_version_is_no_second_article(nights: Nights, is_first: bool) -> None:
    printed = path(0).replace("/tin/", "/ban-gon/")
    nights.serve(path(0), story(0))
    nights.serve(printed, story(0, canonical(path(0))).replace("xóm số", "xóm  số"))
    for one in (printed, path(0)) if is_first else (path(0), printed):
        nights.night(one)
    nights.serve(printed, story(0, canonical(path(0))).replace("thứ 3 của", "thứ 3 cả"))
    crawled = nights.night(path(0), printed)
    assert len(crawled.titles()) == 1
    assert crawled.rows("SELECT body LIKE '%thứ 3 của%' FROM articles") == [(1,)]
    assert crawled.rows("SELECT body LIKE '%thứ 3 cả%' FROM revisions") == [(1,)]


@pytest.mark.fault(53)
@pytest.mark.parametrize("claim", ["", canonical("undefined"), canonical("/tin/chung-1.html")])
def test_an_article_edited_at_its_own_address_is_updated(nights: Nights, claim: str) -> None:
    nights.serve(path(0), story(0, claim))
    nights.night(path(0))
    nights.serve(path(0), story(1, claim))
    crawled = nights.night(path(0))
    assert crawled.end(path(0))[0] == "updated"
    assert crawled.rows("SELECT count(*) FROM revisions") == [(1,)]


@pytest.mark.fault(53)
def test_a_page_redirected_to_another_article_overwrites_nothing(nights: Nights) -> None:
    nights.serve(path(0), story(0))
    nights.serve(path(1), story(1))
    nights.night(path(0), path(1))
    nights.server.paths[path(0)] = lambda call: call.reply(status=302, Location=path(1))
    nights.serve(path(1), story(1, edit="Cập nhật: thêm một buổi."))
    crawled = nights.night(path(0), path(1))
    assert len(crawled.titles()) == 2
    assert crawled.rows("SELECT count(*) FROM articles WHERE title LIKE 'Tiêm phòng%'") == [(1,)]
    assert crawled.rows("SELECT count(*) FROM revisions") == [(1,)]
    nights.serve(path(0), story(0))
    again = nights.night(path(0), path(1))
    assert again.rows("SELECT count(*) FROM articles WHERE gone_at IS NULL") == [(2,)]
    assert again.rows("SELECT count(*) FROM articles") == [(2,)]


@pytest.mark.fault(52, 80)
def test_two_versions_in_turn_cost_no_bytes_and_lose_no_order(nights: Nights) -> None:
    for night in range(7):
        nights.serve(path(0), story(0, edit="Bản sửa." if night % 2 else ""))
        crawled = nights.night(path(0))
    assert crawled.rows("SELECT count(*) FROM captures WHERE url_key LIKE '%/tin/%'") == [(2,)]
    assert crawled.rows("SELECT count(*), count(DISTINCT content_hash) FROM revisions") == [(2, 2)]
    states = (
        "SELECT body LIKE '%Bản sửa%' FROM (SELECT id AS revision, seen_at FROM revisions"
        " UNION ALL SELECT revision, seen_at FROM returns) AS states"
        " JOIN revisions ON revisions.id = revision ORDER BY states.seen_at"
    )
    assert [row[0] for row in crawled.rows(states)] == [0, 1, 0, 1, 0, 1]
    latest = "SELECT max(fetched_at) = (SELECT fetched_at FROM pages WHERE kind = 'article')"
    assert crawled.rows(f"{latest} FROM revisits") == [(1,)] or crawled.rows(
        "SELECT count(*) FROM revisits"
    ) == [(5,)]


def answering(number: int, status: int, **headers: str):  # type: ignore[no-untyped-def]
    page = story(number).encode()
    named = {
        name: value.format(last=len(page) - 1, all=len(page)) for name, value in headers.items()
    }

    def answer(call: Call) -> None:
        call.reply(page, status, **named)

    return answer


@pytest.mark.fault(9, 76)
def test_every_article_has_its_capture(nights: Nights) -> None:
    statuses = (200, 201, 203, 226)
    for number, status in enumerate(statuses):
        nights.server.paths[path(number)] = answering(number, status)
    crawled = nights.night(*(path(number) for number in range(len(statuses))))
    sql = "SELECT pages.capture IS NOT NULL FROM articles JOIN pages ON page = url_key"
    assert crawled.rows(sql) == [(1,)] * len(statuses)


PARTS = (
    ("bytes 0-{last}/{all}", ("new", None)),
    ("bytes 0-{last}/9999999", ("failed", "truncated")),
    ("bytes 0-{last}/*", ("failed", "truncated")),
    ("bytes 10-{last}/{all}", ("failed", "truncated")),
    ("", ("failed", "truncated")),
)


@pytest.mark.fault(9, 76)
def test_a_part_that_nobody_asked_for_is_truncated(nights: Nights) -> None:
    for number, (content_range, _) in enumerate(PARTS):
        answer = answering(number, 206, Content_Range=content_range)
        nights.server.paths[path(number)] = answer
    crawled = nights.night(*(path(number) for number in range(len(PARTS))))
    for number, (content_range, end) in enumerate(PARTS):
        assert crawled.end(path(number)) == end, content_range
    sql = "SELECT count(*) FROM captures WHERE url_key LIKE '%/tin/%'"
    assert crawled.rows(sql) == [(1,)]


SKIPPED = b"\x50\x2a\x4d\x18\x04\x00\x00\x00rest"
ENCODED: dict[str, list[Callable[[bytes], bytes]]] = {
    "gzip": [gzip.compress],
    "deflate": [zlib.compress],
    "zstd": [zstd.compress],
    "gzip, gzip": [gzip.compress, gzip.compress],
    "gzip, br": [gzip.compress, brotli.compress],
}


def in_frames(number: int, encoding: str, cut: int) -> Callable[[Call], None]:
    """Answer with an article whose halves are two frames, without its last ``cut`` bytes."""
    page, (first, *rest) = story(number).encode(), ENCODED[encoding]
    half = len(page) // 2
    body = first(page[:half]) + (SKIPPED if encoding == "zstd" else b"") + first(page[half:])
    for encode in rest:
        body = encode(body)
    return lambda call: call.reply(body[: len(body) - cut], Content_Encoding=encoding)


@pytest.mark.fault(9, 76)
def test_several_frames_are_decoded_whole_or_are_truncated(nights: Nights) -> None:
    cuts = [(encoding, cut) for encoding in ENCODED for cut in (0, 6)]
    for number, (encoding, cut) in enumerate(cuts):
        nights.server.paths[path(number)] = in_frames(number, encoding, cut)
    crawled = nights.night(*(path(number) for number in range(len(cuts))))
    for number, (encoding, cut) in enumerate(cuts):
        end = ("failed", "truncated") if cut else ("new", None)
        assert crawled.end(path(number)) == end, encoding
    assert crawled.rows("SELECT body LIKE '%thứ 8 của%' FROM articles") == [(1,)] * len(ENCODED)
