"""A portal over many nights: news, edits, accidents, and a list of every text that it served."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from itertools import count
from random import Random
from typing import Literal

from scraper.demo.content import Story
from scraper.demo.server import Answer
from tests.portals.portal import Portal
from tests.portals.stories import PLACES, story

Mood = Literal["redesigned", "one canonical", "banner", "spam", "truncated"]

BANNER = (
    "Nhiệt liệt chào mừng Ngày hội Đại đoàn kết toàn dân tộc năm 2026 trên địa bàn xã Suối Thử, "
    "kính mời bà con và du khách gần xa về dự."
)
SPAM = (
    "Nhà cái uy tín số một châu Á tặng ngay tám trăm tám mươi tám nghìn đồng cho hội viên mới.",
    "Kho trò chơi bắn cá đổi thưởng, tài xỉu và xổ số trực tuyến mở cửa cả ngày lẫn đêm, rút tiền "
    "về tài khoản ngân hàng chỉ trong ba phút.",
    "Đăng ký hội viên hôm nay để nhận thêm vòng quay may mắn và hoàn trả mỗi tuần không giới hạn.",
)
BULLETIN = "Giá nông sản tại chợ trung tâm xã hôm nay"
GOODS = ("cam sành", "chè búp tươi", "gừng củ", "lạc nhân")


@dataclass(frozen=True, slots=True)
class Text:
    """An article that was served completely at a path."""

    path: str
    title: str
    paragraphs: tuple[str, ...]


class ChangingPortal(Portal):
    """A portal whose ``moods`` a test sets; ``served`` are the completely served articles.

    ``paths`` are the paths of stories that differ from the usual ones, by story id.
    """

    def __init__(self, chance: Random, first: datetime, articles: int = 16) -> None:
        super().__init__(articles=0, page_size=6)
        self.chance = chance
        self.moods: frozenset[Mood] = frozenset()
        self.served: dict[Text, None] = {}
        self.paths: dict[int, str] = {}
        self.ids = count(1)
        for age in range(articles, 0, -1):
            self.report(first - timedelta(days=age, hours=1))

    # Actions of its editors.

    def report(self, at: datetime) -> Story:
        """Publish one new story."""
        number = next(self.ids)
        new = story(number, number)
        new.published = at
        self.stories.insert(0, new)
        return new

    def bulletin(self, at: datetime) -> Story:
        """Publish the prices of the day: all such bulletins differ in their numbers only."""
        new = self.report(at)
        new.title, new.sections = BULLETIN, ("Kinh tế",)
        new.lede = "Ban quản lý chợ trung tâm xã thông báo giá một số mặt hàng nông sản."
        new.body = self.prices()
        return new

    def prices(self) -> str:
        """Return the body of a bulletin, with random prices."""
        return "\n\n".join(
            f"Giá {goods} tại chợ là {self.chance.randint(101, 999)} nghìn đồng một yến, lượng bán "
            f"ra trong ngày đạt {self.chance.randint(1001, 9999)} kg, chủ yếu từ {PLACES[n]}."
            for n, goods in enumerate(GOODS)
        )

    def reprice(self, at: datetime) -> None:
        """Replace the prices in the oldest bulletin, at the same URL."""
        oldest = next((one for one in self.stories[::-1] if one.title == BULLETIN), None)
        if oldest is not None:
            oldest.body, oldest.modified = self.prices(), at

    def revise(self, one: Story, at: datetime) -> None:
        """Edit a story: its title, or an added, removed or changed paragraph."""
        way, paragraphs = self.chance.randrange(4), one.body.split("\n\n")
        if way == 0:
            one.title = f"{one.title} ({at:%d/%m})"
        elif way == 1:
            paragraphs.append(f"Tính đến {at:%H giờ ngày %d/%m}, đã có thêm số liệu mới.")
        elif way == 2 and len(paragraphs) > 3:
            paragraphs.pop(self.chance.randrange(len(paragraphs)))
        else:
            place = self.chance.randrange(len(paragraphs))
            paragraphs[place] += f" Tin sửa lần {self.chance.randint(2, 99)}."
        one.body = "\n\n".join(paragraphs)
        one.modified = at

    def take_over(self, old: Story, at: datetime) -> Story:
        """Publish a story at the URL of another one, which is deleted."""
        path = self.path(old)
        self.stories.remove(old)
        new = self.report(at)
        new.sections, new.modified = old.sections, at
        self.paths[new.id] = path
        return new

    # Its pages.

    def article_path(self, one: Story, section: str) -> str:
        """Return a URL with the first title, which later edits do not change."""
        path = f"/{section}/{story(one.id, one.id).slug}-{one.id}.html"
        return self.paths.get(one.id, path)

    def article_page(self, one: Story) -> Answer:
        text = Text(
            self.path(one),
            f"Tải ứng dụng nhà cái {one.id} nhận thưởng" if "spam" in self.moods else one.title,
            SPAM if "spam" in self.moods else (one.lede or "", *one.body.split("\n\n")),
        )
        answer = self.page(text.title, self.article_markup(one, text))
        if "truncated" in self.moods and one.id % 2:
            return self.cut(answer, one.id % 3 == 0)
        self.served[text] = None
        return answer

    def article_markup(self, one: Story, text: Text) -> str:
        lede, *others = (escape(each) for each in text.paragraphs)
        banner = f"<p>{BANNER}</p>" if "banner" in self.moods else ""
        at, title = f"{one.published:%d/%m/%Y %H:%M}", escape(text.title)
        if "redesigned" in self.moods:
            body = "".join(f'<div class="doan">{each}</div>' for each in others)
            return (
                f'<section class="bai-viet"><div class="meta">Ngày đăng: {at}</div>'
                f'<h1 class="tieu-de">{title}</h1><div class="tom-tat">{lede}</div>'
                f'<div class="noi-dung">{body}{banner}</div></section>'
            )
        body = "".join(f"<p>{each}</p>" for each in others)
        return (
            f'<article><h1>{title}</h1><time class="date">{at}</time>'
            f'<p class="lede"><strong>{lede}</strong></p>'
            f'<div class="content-detail">{body}{banner}</div></article>'
        )

    def cut(self, answer: Answer, is_told: bool) -> Answer:
        """Return half of a page; if ``is_told``, with the Content-Length of the whole page."""
        length = len(answer.body.encode())
        answer.body = answer.body[: len(answer.body) // 2]
        if is_told:
            answer.headers["Content-Length"] = str(length)
        return answer

    def teasers(self, shown: list[Story], section: str | None) -> str:
        plain = super().teasers(shown, section)
        if "redesigned" not in self.moods:
            return plain
        return plain.replace("<li>", '<li class="the">').replace("news-list", "luoi")

    def page(self, title: str, content: str) -> Answer:
        answer = super().page(title, content)
        if "one canonical" in self.moods:
            first = self.stories[-1]
            wrong = self.home_url.rstrip("/") + self.path(first)
            claim = f'<link rel="canonical" href="{escape(wrong)}">'
            answer.body = answer.body.replace("</head>", f"{claim}</head>")
        return answer
