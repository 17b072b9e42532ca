"""The look at a page before its extraction: it may save work, never an article."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pytest

from pipelines.items import Page
from scraper.base.source import Source
from scraper.demo.server import Answer, Request, Server
from spiders.discovery.links import read_links
from spiders.discovery.page_classifier import PageContent, adds_nothing, content_of
from spiders.discovery.url_classifier import UrlClassifier
from spiders.platforms import GENERIC
from tests.spiders.crawling import Crawled, Crawling

SITE = Source(slug="suoithu", name="Suối Thử", home_url="http://suoithu.gov.vn/")

TITLES = [
    f"Bà con thôn {thon} góp công sửa đường ra bến đò trước mùa mưa lũ"
    for thon in ("Bờ Hồ", "Cây Gạo", "Đồng Mây", "Suối Cạn", "Gò Mít", "Bãi Dâu", "Đầu Cầu")
]
SIDE = "".join(
    f'<li><a href="/tin/sua-duong-ra-ben-do-truoc-mua-mua-lu-{n}.html">{title}</a></li>'
    for n, title in enumerate(TITLES)
)
FOOTER = (
    "<div><div>Trang thông tin điện tử của Ủy ban nhân dân xã Suối Thử, tỉnh Tuyên Quang</div>"
    "<div>Chịu trách nhiệm về nội dung: Ban biên tập trang thông tin của xã Suối Thử</div></div>"
)
PAGER = '<div class="pager"><a href="?page=2">2</a> <a href="?page=3">Tiếp »</a></div>'
HOME = f"<ul>{SIDE}</ul>{FOOTER}"

BRIEFS = (
    "<p>Ngày 3/11, Hội Nông dân phát cây giống.</p><p>Ngày 4/11, Đoàn xã ra quân dọn kênh.</p>"
    "<p>Ngày 5/11, giải cờ tướng của xã kết thúc.</p>"
)
SCAN = '<div>Lịch tiếp công dân quý IV của xã Suối Thử</div><img src="/anh/lich-quy-4.jpg">'
LINKED = (
    "<div>Lịch tiếp công dân quý IV của xã Suối Thử</div>"
    '<p>Xem chi tiết <a href="/tep/lich-quy-4.pdf">tại đây</a></p>'
)
VIEWER = '<div>Lịch tiếp dân</div><iframe src="/xem-tep?id=4"></iframe>'
SECTION = "<div>Tin nổi bật</div>"


def page(body: str, path: str = "/tin-van") -> Page:
    html = f"<html><head><title>Xã Suối Thử</title></head><body>{body}</body></html>"
    return Page(f"http://suoithu.gov.vn{path}", html.encode())


def is_settled(body: str) -> bool:
    """Whether a page of unknown kind is settled as a list without extraction."""
    one, home = page(body), page(HOME, "/")
    links, homes = (read_links(it, SITE, GENERIC, UrlClassifier()) for it in (one, home))
    known = content_of(home, homes)
    return adds_nothing(one, links, known)


@pytest.mark.parametrize("content", [BRIEFS, SCAN, LINKED, VIEWER])
@pytest.mark.parametrize(
    "around", ["{}", f"{{}}<ul>{SIDE}</ul>{FOOTER}", f"{{}}{PAGER}<ul>{SIDE}</ul>"]
)
def test_short_news_and_notices_are_left_to_the_extraction(content: str, around: str) -> None:
    assert not is_settled(around.format(content))


@pytest.mark.parametrize(
    "body",
    [
        "",
        SECTION + FOOTER,
        f"{SECTION}<ul>{SIDE}</ul>{FOOTER}",
        f"{SECTION}<ul>{SIDE}</ul>{PAGER}{FOOTER}",
    ],
    ids=["empty", "empty section", "links only", "links and paging"],
)
def test_what_adds_nothing_to_the_home_page_is_a_list(body: str) -> None:
    assert is_settled(body)


def test_icons_and_linked_photos_are_no_content() -> None:
    linked = '<a href="/x"><img src="/a.jpg"></a>'
    body = f'<img src="/blank.gif">{linked}<header><img src="/b.jpg"></header>'
    one = page(body)
    links = read_links(one, SITE, GENERIC, UrlClassifier())
    assert content_of(one, links) == PageContent()


class ShortPortal(Server):
    """A home page that leads to short news and a section, by addresses that tell nothing."""

    paths = ("/tin-van-tuan", "/chuyen-dong-xa", "/moi")

    def __init__(self) -> None:
        super().__init__()
        self.has_more = False

    def answer(self, request: Request, form: dict[str, str]) -> Answer:
        if request.path == "/":
            links = (
                "<a href='/tin-van-tuan'>Tin vắn tuần</a><a href='/chuyen-dong-xa'>Chuyển động</a>"
            )
            return Answer(f"<html><body>{links}<ul>{self.side(1)}</ul></body></html>")
        if request.path == "/tin-van-tuan":
            head = "<title>Tin vắn tuần qua</title>"
            time = '<p class="date">25/11/2025 08:15</p>'
            text = f"<article><h1>Tin vắn tuần qua</h1>{time}{BRIEFS}</article>"
            return Answer(
                f"<html><head>{head}</head><body>{text}<aside><ul>{self.side(2)}</ul></aside></body></html>"
            )
        if request.path == "/chuyen-dong-xa":
            count = 9 if self.has_more else 8
            return Answer(
                f"<html><body><h1>Chuyển động</h1><p>Các tin của năm nay, do xã biên tập.</p>"
                f"<ul>{self.side(count)}</ul></body></html>"
            )
        if request.path.startswith("/tin/"):
            number = int(request.path[-6])
            title = self.title(number)
            prose = (
                f"<p>{title}: {'bà con góp ngày công, xã góp xi măng và máy trộn. ' * 8}</p>" * 2
            )
            return Answer(
                f"<html><head><title>{escape(title)}</title></head><body><h1>{title}</h1>"
                f'<p class="date">2{number % 9}/10/2025 07:00</p><div>{prose}</div></body></html>'
            )
        return Answer("", 404)

    def side(self, count: int) -> str:
        path = "/tin/ba-con-sua-duong-ra-ben-do-truoc-mua-lu-{}.html"
        return "".join(
            f'<li><a href="{path.format(n)}">{self.title(n)}</a></li>' for n in range(count)
        )

    def title(self, number: int) -> str:
        return f"Bà con thôn {number + 1} sửa đường ra bến đò trước mùa lũ năm nay"


def paths_stored(crawled: Crawled) -> list[str]:
    return sorted("/" + url.split("/", 3)[3] for (url,) in crawled.rows("SELECT url FROM articles"))


def test_short_news_is_stored_and_lists_are_read_again(tmp_path: Path) -> None:
    crawling = Crawling(tmp_path)
    with ShortPortal() as portal:
        first = crawling.crawl(portal)
        assert "/tin-van-tuan" in paths_stored(first)
        assert len(paths_stored(first)) == 9
        assert first.end("/chuyen-dong-xa")[0] in ("listing", "not_article")
        portal.has_more = True
        second = crawling.crawl(portal)
    assert len(paths_stored(second)) == 10
