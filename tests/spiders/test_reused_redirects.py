"""An address that redirects to one where an article was read before, and shows another one now."""

from __future__ import annotations

from scraper.demo.server import Answer, Request, Server
from tests.portals.faults import SENTENCE, article
from tests.spiders.crawling import Crawling
from tests.spiders.test_turns import TEASER

PATH = "/tin/ba-con-xom-suoi-thu-sua-duong-7.html"
TEXTS = [
    "Sáng nay, bà con xóm Suối Thử góp công đắp lại đoạn đường ra bến bị lũ cuốn đêm qua. ",
    "Trạm y tế tổ chức tiêm vắc xin cho trẻ dưới năm tuổi, mời phụ huynh mang theo sổ khám. ",
    "Hợp tác xã chè thu hái vụ xuân sớm, giá búp tươi tăng gần gấp đôi so với năm ngoái. ",
]


class PrintPortal(Server):
    """A portal whose only address redirects to its print version, which has a text each night."""

    night = 0

    def answer(self, request: Request, form: dict[str, str]) -> Answer:
        if request.path == "/":
            return Answer(TEASER.format(PATH, "7"))
        if request.path == PATH:
            return Answer(status=302, headers={"Location": f"/in{PATH}"})
        if request.path != f"/in{PATH}":
            return Answer("Không tìm thấy", 404)
        page = article(title=f"{TEXTS[self.night][:40]} {self.night}", times=3)
        return Answer(page.replace(SENTENCE, TEXTS[self.night]))


def test_what_was_read_behind_a_redirect_makes_room_for_another_article(
    crawling: Crawling,
) -> None:
    crawling.limits = {"guesses": 0}
    with PrintPortal() as server:
        for server.night in range(3):
            crawled = crawling.crawl(server, full=True)
    kept = crawled.rows("SELECT body FROM articles UNION SELECT body FROM revisions")
    assert all(any(text.strip() in body for (body,) in kept) for text in TEXTS)
