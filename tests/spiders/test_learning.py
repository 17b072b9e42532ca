"""Furniture that no list names, learned from a site's own articles, by real crawls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.portals.nukeviet import NukeVietPortal
from tests.portals.stories import Story
from tests.spiders.crawling import Crawled, Crawling

FORMULA = "Kết thúc buổi làm việc, các đại biểu chụp ảnh lưu niệm với bà con trong thôn."
ADVERT = "Quét mã in trên bảng tin để nghe các bản tin của Suối Thử mọi lúc, mọi nơi."


def hotline(views: int) -> str:
    return f"Góp ý cho bản tin này xin gọi số {views}, gặp cô Mận ở Phòng Văn hóa của xã."


class FurnishedPortal(NukeVietPortal):
    """Every body ends with an advert and a line with a number; every other one with a formula.

    The number counts the requests, so that no page ever comes twice as it was.
    """

    views = 0

    def article_body(self, one: Story) -> str:
        self.views += 1
        formula = f"<p>{FORMULA}</p>" if one.number % 2 else ""
        furniture = f"{formula}<p>{ADVERT}</p><p>{hotline(self.views)}</p>"
        return super().article_body(one).replace("<p style=", f"{furniture}<p style=")


@pytest.fixture(scope="module")
def portal() -> Iterator[FurnishedPortal]:
    with FurnishedPortal(12) as portal:
        yield portal


@dataclass(frozen=True, slots=True)
class Nights:
    """The bodies as they stood in the morning after the first night, and the second night."""

    bodies: list[str]
    second: Crawled


@pytest.fixture(scope="module")
def nights(portal: FurnishedPortal, tmp_path_factory: pytest.TempPathFactory) -> Nights:
    """A first night, and a second that looks at every article again."""
    crawling = Crawling(tmp_path_factory.mktemp("learning"))
    bodies = [body for (body,) in crawling.crawl(portal).rows("SELECT body FROM articles")]
    portal.publish(1)
    return Nights(bodies, crawling.crawl(portal, full=True))


def test_furniture_is_gone_in_the_morning_after_the_first_night(nights: Nights) -> None:
    assert len(nights.bodies) == 12
    assert not [body for body in nights.bodies if "Quét mã" in body or "Góp ý cho" in body]


def test_a_formula_of_the_editors_stays(portal: FurnishedPortal, nights: Nights) -> None:
    stored = nights.second.rows("SELECT count(*) FROM articles WHERE body LIKE ?", f"%{FORMULA}")
    assert stored == [(sum(one.number % 2 for one in portal.stories),)]


def test_what_is_learned_is_no_revision_of_the_publisher(nights: Nights) -> None:
    assert nights.second.outcomes["unchanged"] == 12
    assert nights.second.outcomes["updated"] == 0
    assert nights.second.rows("SELECT count(*) FROM revisions") == [(0,)]


def test_learned_blocks_can_be_looked_at(nights: Nights) -> None:
    blocks = nights.second.rows("SELECT text, pages, is_boilerplate FROM blocks ORDER BY text")
    assert [(text[:10], pages, bool(is_so)) for text, pages, is_so in blocks] == [
        (hotline(1)[:10], 13, True),
        (ADVERT[:10], 13, True),
    ]
