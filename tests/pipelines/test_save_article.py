"""Keeping: what another look at a page changes in the database, and what it must not."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pytest

from pipelines.items import Outcome
from pipelines.save_article import save_article
from scraper.reprocessing.reprocess import reprocess
from scraper.store.database import write_transaction
from scraper.store.declared_url import DeclaredAddress
from scraper.store.search import search
from tests.scraper.stores import SOURCES, Portal, page_of

TEXT = (
    "Sáng ngày 21/11, bà con xóm Suối Thử cùng nhau sửa lại con đường dẫn ra bến.",
    "Mỗi nhà góp một buổi công và hai gánh cát, người già thì lo nước uống cho cả đội.",
)
OTHER_TEXT = (
    "Trạm y tế mở đợt tiêm phòng cho trẻ dưới năm tuổi, bắt đầu từ thứ Hai tuần sau.",
    "Phụ huynh mang theo sổ theo dõi sức khỏe và đến theo giờ hẹn đã ghi trên giấy mời.",
)
TITLE = "Xóm Suối Thử sửa đường ra bến"


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    portal = Portal(tmp_path)
    assert portal.fetch("tin/1.html", page_of(TITLE, *TEXT)) is Outcome.NEW
    return portal


def counts(portal: Portal) -> tuple[int, int]:
    """How many articles there are, and how many revisions."""
    return tuple(
        portal.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("articles", "revisions")
    )


@pytest.mark.fault(52)
@pytest.mark.parametrize(
    ("title", "paragraphs"),
    [(TITLE, TEXT), (f"{TITLE}: nhà nhà góp công", TEXT), (TITLE, (*TEXT, OTHER_TEXT[0]))],
    ids=["same", "title", "text"],
)
def test_a_revision_is_what_the_publisher_changed(
    portal: Portal, title: str, paragraphs: tuple[str, ...]
) -> None:
    is_edited = (title, paragraphs) != (TITLE, TEXT)
    outcome = portal.fetch("tin/1.html", page_of(title, *paragraphs))
    assert outcome is (Outcome.UPDATED if is_edited else Outcome.UNCHANGED)
    assert counts(portal) == (1, int(is_edited))


@pytest.mark.fault(52)
def test_a_counter_and_an_advertisement_change_nothing(portal: Portal) -> None:
    around = "<span class='luot-xem'>Lượt xem: 1.024</span><aside class='ads'>Mua ngay!</aside>"
    page = page_of(TITLE, *TEXT).replace("</body>", f"{around}</body>")
    assert portal.fetch("tin/1.html", page) is Outcome.UNCHANGED
    assert counts(portal) == (1, 0)


@pytest.mark.fault(52)
def test_the_same_text_at_another_address_is_a_duplicate(portal: Portal) -> None:
    assert portal.fetch("tin/2.html", page_of(TITLE, *TEXT)) is Outcome.DUPLICATE
    assert counts(portal) == (1, 0)


@pytest.mark.fault(53)
def test_an_id_given_to_another_article_merges_nothing(
    portal: Portal, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    key = "huyen.localhost/tin/1.html"
    outcome = portal.fetch("y-te/1.html", page_of("Tiêm phòng cho trẻ", *OTHER_TEXT), key)
    assert outcome is Outcome.NEW
    assert counts(portal) == (2, 0)
    assert "address reused" in caplog.text
    for _ in reprocess(portal.db, tmp_path / "archive", SOURCES, workers=1):
        pass
    rows = portal.db.execute("SELECT title, gone_at IS NULL FROM articles ORDER BY id").fetchall()
    assert rows == [(TITLE, 0), ("Tiêm phòng cho trẻ", 1)]


@pytest.mark.fault(53)
def test_an_article_that_moved_and_was_edited_stays_one(portal: Portal) -> None:
    key = "huyen.localhost/tin/1.html"
    edited = page_of(TITLE, *TEXT, OTHER_TEXT[0])
    assert portal.fetch("muc-moi/1.html", edited, key) is Outcome.UPDATED
    assert counts(portal) == (1, 1)


@pytest.mark.fault(64)
@pytest.mark.parametrize(
    "name", ['x"); DROP TABLE articles;--', "../../etc/passwd", "CON", "Mục 🙂"]
)
def test_a_section_of_any_name_is_only_text(portal: Portal, name: str) -> None:
    section = f"<meta property='article:section' content='{escape(name)}'></head>"
    portal.fetch("tin/2.html", page_of("Tiêm phòng", *OTHER_TEXT).replace("</head>", section))
    found = portal.db.execute("SELECT count(*) FROM articles WHERE section = ?", [name]).fetchone()
    assert found == (1,)
    search(portal.db, name)


def test_articles_that_are_kept_together_are_indexed_together(portal: Portal) -> None:
    def segments() -> int:
        count = "SELECT count(DISTINCT segid) FROM articles_fts_idx"
        return int(portal.db.execute(count).fetchone()[0])

    before = segments()
    items = [
        portal.item(f"tin/{number}.html", page_of(f"{TITLE} lần {number}", *TEXT, *OTHER_TEXT))
        for number in range(10, 13)
    ]
    with write_transaction(portal.db):
        assert [save_article(portal.db, item, portal.moment) for item in items] == [Outcome.NEW] * 3
    assert segments() == before + 1


@pytest.mark.fault(73, 74)
def test_bulletins_that_claim_one_address_stay_apart_by_their_figures(tmp_path: Path) -> None:
    portal = Portal(tmp_path)
    for price in (61, 62):
        text = f"Giá lúa tại ruộng ở Vân Lĩnh sáng nay là {price}00 đồng một ki lô gam, thương lái"
        html = page_of("Giá lúa hôm nay", f"{text} thu mua tận bờ, bà con phấn khởi vì được mùa.")
        item = portal.item(f"gia-{price}.html", html)
        item.canonical_key = item.url_key
        item.declared = DeclaredAddress("http://huyen.localhost/gia", "huyen.localhost/gia")
        with write_transaction(portal.db):
            assert save_article(portal.db, item, portal.moment) is Outcome.NEW
    assert portal.db.execute("SELECT count(*) FROM articles").fetchone() == (2,)
