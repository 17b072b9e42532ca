"""What the library of these tests holds: news, an edited article, a reprint, hostile texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from pipelines.article import Article, Attachment, Kind, Photo
from pipelines.items import Outcome
from scraper.base.clock import to_utc_iso
from scraper.base.watch import Watch
from scraper.store.articles import insert_article, revise_article
from scraper.store.database import write_transaction
from scraper.store.outcomes import FetchResult, record_outcome
from scraper.store.pages import Discovery, discover
from scraper.store.watches import find_hits
from tests.browse.shaped import put_shaped
from tests.scraper.stores import MOMENT, Portal, page_of

ARCHIVED, EDITED, REPRINT, HOSTILE, TABLE, NOTICE = 1, 2, 3, 4, 5, 6
"""The ids of the articles that tests ask for; the others are FILLERS of every day,
and SHAPED is the last."""

WATCHED = 'Cam & "sành" <b>'
"""The name of a watch that has found something."""

FILLERS = 60
SHAPED = NOTICE + FILLERS + 1
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
LAST_DAY = date(2026, 11, 20)

HARVEST = Article(
    url="http://huyen.localhost/duoc-mua-cam.html",
    title="Được mùa cam sành ở Vân Lĩnh",
    lede="Niên vụ này cả huyện thu hoạch hơn hai nghìn tấn cam sành.",
    paragraphs=[
        "Những ngày này, các vườn cam ở thôn Nà Lùng chín rộ.",
        "Giá cam tại vườn là 12.000 đồng một ki lô gam.",
        "Huyện sẽ mở hội cam vào đầu tháng sau.",
    ],
    author="Lê Quân",
    published_at="2026-11-21T14:25:00+07:00",
    section="Kinh tế",
    tags=["cam sành"],
    photos=[Photo("http://huyen.localhost/cam.jpg", "Vườn cam ở Nà Lùng.", "Hải Yến")],
    language="vi",
)


def fill_library(portal: Portal) -> None:
    """Put all of it into the portal's database and archive."""
    db = portal.db
    portal.fetch("luu-tru.html", page_of("Bài được lưu nguyên trang", *PARAGRAPHS))
    with write_transaction(db):
        insert_article(db, "huyen", HARVEST, MOMENT)
        revise_article(db, EDITED, edited("15.000"), MOMENT + timedelta(hours=1), None)
        revise_article(db, EDITED, edited("18.000"), MOMENT + timedelta(hours=2), None)
        insert_article(db, "tinh", reprint(), MOMENT, same_as=EDITED)
        insert_article(db, "tinh", hostile(), MOMENT)
        insert_article(db, "huyen", with_table(), MOMENT)
        insert_article(db, "huyen", notice(), MOMENT)
        for number in range(FILLERS):
            insert_article(db, "huyen", filler(number), MOMENT)
        put_shaped(portal)
        _fail(portal)
        _cut_a_list(portal)
        _come_again(portal)
        _watch(portal)


def edited(price: str) -> Article:
    """The article about the harvest with another price."""
    paragraphs = [text.replace("12.000", price) for text in HARVEST.paragraphs]
    return replace(HARVEST, paragraphs=paragraphs)


def reprint() -> Article:
    """The same text at another address."""
    return replace(HARVEST, url="http://tinh.localhost/cam.html")


def hostile() -> Article:
    """Markup, script and formulas wherever a publisher can put text."""
    return Article(
        url="javascript:alert(3)",
        title=SCRIPT,
        lede=f"{SCRIPT} độc hại",
        paragraphs=[SCRIPT, "=HYPERLINK(1)"],
        author='"><script>alert(4)</script>',
        published_at="2026-11-22",
        section=SCRIPT,
        photos=[Photo("javascript:alert(5)", SCRIPT, SCRIPT)],
        attachments=[Attachment("javascript:alert(6)", SCRIPT)],
    )


def with_table() -> Article:
    """An article whose body has a data table."""
    return Article(
        url="http://huyen.localhost/bang.html",
        title="Kết quả thi đua",
        paragraphs=["Xếp hạng:", "Xã\tĐiểm\nNà Lùng\t98"],
        published_at="2026-11-19",
    )


def notice() -> Article:
    """A notice whose content is a file, one of which has no name."""
    return Article(
        url="http://huyen.localhost/lich-tiep-dan.html",
        kind=Kind.NOTICE,
        title="Lịch tiếp công dân tháng 12",
        attachments=[
            Attachment("https://huyen.localhost/lich.pdf", "Lịch tiếp dân"),
            Attachment("https://huyen.localhost/phu-luc.docx"),
        ],
        published_at="2026-11-18",
    )


def filler(number: int) -> Article:
    """News of a day like any other."""
    return Article(
        url=f"http://huyen.localhost/tin-{number}.html",
        title=f"Tin trong ngày số {number}",
        paragraphs=["Hội nghị bàn về chuyển đổi số ở cơ sở."],
        published_at=str(LAST_DAY - timedelta(days=number)),
        section="Chuyển đổi số",
    )


def _fail(portal: Portal) -> None:
    """An address that could not be reached. The caller holds the transaction."""
    url = "http://tinh.localhost/hong.html"
    key = url.removeprefix("http://")
    discover(portal.db, portal.run, [Discovery(key, "tinh", url, "article")], MOMENT)
    portal.db.execute(
        "UPDATE pages SET outcome = 'failed', reason = 'timeout', settled_at = ? WHERE url_key = ?",
        [to_utc_iso(MOMENT), key],
    )


def _cut_a_list(portal: Portal) -> None:
    """A list whose button only script follows. The caller holds the transaction."""
    url = "http://huyen.localhost/tin-tuc"
    key = url.removeprefix("http://")
    discover(portal.db, portal.run, [Discovery(key, "huyen", url, "listing")], MOMENT)
    end = FetchResult(portal.run, "huyen", key, Outcome.LISTING, "more_by_script")
    record_outcome(portal.db, end, MOMENT)


def _come_again(portal: Portal) -> None:
    """A page and a version that came as they had been. The caller holds the transaction."""
    again = to_utc_iso(MOMENT + timedelta(hours=3))
    portal.db.execute("INSERT INTO revisits (capture, fetched_at) VALUES (1, ?)", [again])
    portal.db.execute(
        "INSERT INTO returns (revision, seen_at)"
        " SELECT min(id), ? FROM revisions WHERE article = ?",
        [again, EDITED],
    )


def _watch(portal: Portal) -> None:
    """Two watches, one of which has found something. The caller holds the transaction."""
    watches = [
        Watch(name=WATCHED, words='"cam sành"', places=("Sơn Hà",), sources=("huyen", "tinh")),
        Watch(name="Không có gì", words="không có gì như vậy"),
    ]
    find_hits(portal.db, watches, MOMENT)


PARAGRAPHS = (
    "Chiều nay, huyện tổ chức hội nghị tổng kết công tác khuyến nông năm vừa qua.",
    "Dự hội nghị có lãnh đạo các phòng và đại diện nông dân mười hai xã trong huyện.",
    "Các đại biểu đề nghị mở thêm lớp dạy nghề ngay tại thôn bản vùng cao.",
)
