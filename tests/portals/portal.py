"""The base classes of test doubles: portals with invented stories and the habits of real ones."""

from __future__ import annotations

from email.utils import format_datetime
from html import escape
from pathlib import Path
from typing import ClassVar

from jinja2 import ChoiceLoader, FileSystemLoader

from scraper.demo.content import Story
from scraper.demo.notation import Block, StoryFile
from scraper.demo.platform import Platform
from scraper.demo.rendering import ENVIRONMENT, TEMPLATES
from scraper.demo.server import HTML, Answer, Request
from tests.portals.habits import Habits
from tests.portals.stories import (
    LATEST,
    SECTIONS,
    document_of,
    in_two_sections,
    stories,
    story,
    with_files,
)

OWN_TEMPLATES = FileSystemLoader(Path(__file__).parent / "templates")


class Double(Platform):
    """A context manager that serves a portal of one platform, which a test can change.

    ``article_paths`` are the URLs of its stories, ``log`` are the requests.
    """

    platform: ClassVar[str] = "generic"
    feed_size = 5
    has_etags = False

    def __init__(
        self,
        articles: int = 24,
        page_size: int = 3,
        habits: Habits | None = None,
        has_feed: bool = True,
        has_sitemap: bool = True,
        robots: str = "User-agent: *\nAllow: /\n",
    ) -> None:
        self.habits = habits or Habits()
        super().__init__("Cổng thông tin xã Suối Thử", self._written(stories(articles)))
        self.sections = SECTIONS
        self.page_size = page_size
        self.has_feed, self.has_sitemap = has_feed, has_sitemap
        self.robots = robots
        if self.habits.past_end_goes_to_first:
            self.past_end = "redirect"
        self.unknown_goes_home |= self.habits.unknown_goes_home

    # For tests.

    @property
    def article_paths(self) -> list[str]:
        """The path and query of every public story in its own section."""
        return [self.path(one) for one in self.stories]

    @property
    def titles(self) -> set[str]:
        return {one.title for one in self.stories}

    def publish(self, count: int) -> list[Story]:
        """Publish ``count`` new stories and return them."""
        total = len(self.stories) + count
        new = self._written([story(number, total) for number in range(total, total - count, -1)])
        for position, one in enumerate(new):
            one.published = LATEST.replace(day=31, hour=6 + position)
        self.stories = new + self.stories
        return new

    def remove(self, number: int) -> None:
        """Remove a story from the site."""
        self.stories = [story for story in self.stories if story.id != number]

    def edit(self, number: int) -> Story:
        """Add a paragraph to a story; its ``lastmod`` in the sitemap changes."""
        edited = next(one for one in self.stories if one.id == number)
        edited.body += f"\n\nBổ sung: tin số {number} đã được biên tập lại và có thêm số liệu."
        edited.modified = LATEST.replace(day=31, hour=5)
        return edited

    def _written(self, texts: list[Story]) -> list[Story]:
        return [with_files(one) for one in texts] if self.habits.files else texts

    # Answers, with the habits of the site.

    def document(self, story: Story, file: StoryFile) -> Answer:
        return self.uploaded(story, document_of(story), self.media_type(file))

    def listed(self, section: str) -> list[Story]:
        if not self.habits.two_sections:
            return super().listed(section)
        return in_two_sections(self.stories, section)

    def answer(self, request: Request, form: dict[str, str]) -> Answer:
        if request.path != "/robots.txt" and self._is_too_much(request):
            seconds = str(max(1, round(self.habits.window)))
            return Answer("Vui lòng đợi trong giây lát", 429, {"Retry-After": seconds})
        if request.method == "POST":
            return self.post(request.path, form)
        found = super().answer(request, form)
        if found.status == 200 and found.type == HTML:
            self._tempt(found, "Mobile" in request.headers.get("user-agent", ""))
        if self.habits.lying_last_modified:
            found.headers["Last-Modified"] = format_datetime(LATEST)
        return found

    def post(self, target: str, form: dict[str, str]) -> Answer:
        """Answer a posted form; most platforms do not accept any."""
        return Answer("Method not allowed", 405)

    def missing(self, target: str) -> Answer:
        return self._trapped(target) or super().missing(target)

    def not_found(self) -> Answer:
        return Answer("<h1>Không tìm thấy trang</h1>", 404)

    def temptations(self) -> str:
        """Return links that a crawler should not follow, according to the habits of the site."""
        links = []
        if self.habits.login_links:
            links.append('<a href="/users/login/?nv_redirect=abc">Đăng nhập</a>')
            links.append('<a href="/goc-thanh-vien">Góc thành viên</a>')
        if self.habits.print_twins:
            links += [
                f'<a href="/print{escape(path)}">In bài viết này</a>' for path in self.article_paths
            ]
        if self.habits.calendar:
            links.append('<a href="/lich?d=2026-11-01">Ngày mai</a>')
        if self.habits.looping_path:
            links.append('<a href="xem/them/">Xem thêm chuyên đề</a>')
        if self.habits.counters:
            links.append(f"<p>Lượt truy cập: {len(self.log)}</p>")
        return "".join(links)

    def _tempt(self, answer: Answer, is_mobile: bool) -> None:
        """Add the temptations, and to the mobile theme a first ``h1`` with the name of the site."""
        answer.body = answer.body.replace("</body>", f"{self.temptations()}</body>")
        if is_mobile and self.habits.mobile_theme:
            answer.body = answer.body.replace("<body>", f"<body><h1 hidden>{self.name}</h1>")

    def _trapped(self, path: str) -> Answer | None:
        """Return the pages that a crawler reaches by following the temptations."""
        if self.habits.login_links and path == "/goc-thanh-vien":
            return Answer(status=302, headers={"Location": "/users/login/?nv_redirect=abc"})
        if self.habits.login_links and path.startswith("/users/login"):
            return self.page("Đăng nhập", '<form><input name="nv_login"></form>')
        if self.habits.print_twins and path.startswith("/print/"):
            twin = self.routes().get(self.normal(path.removeprefix("/print")))
            return twin() if twin else None
        if self.habits.calendar and path.startswith("/lich?d="):
            day, _, number = path.partition("2026-11-")
            return self.page(
                "Lịch", f'<a href="{day}2026-11-{int(number or 0) + 1:02}">Ngày mai</a>'
            )
        if self.habits.looping_path and path.endswith("/xem/them/"):
            return self.page("Chuyên đề", "<h2>Chuyên đề</h2>")
        return None

    def _is_too_much(self, request: Request) -> bool:
        if self.habits.limit is None:
            return False
        recent = [one for one in self.log if one.at > request.at - self.habits.window]
        return len(recent) > self.habits.limit


class Portal(Double):
    """A double with simple pages; subclasses override what their platform does differently."""

    environment = ENVIRONMENT.overlay(loader=ChoiceLoader([OWN_TEMPLATES, TEMPLATES]))
    templates = "plain"
    mark: ClassVar[str] = ""
    """Markup in the head that identifies the platform."""

    def article_path(self, story: Story, section: str) -> str:
        return f"/{section}/{story.slug}-{story.id}.html"

    def list_path(self, section: str, page: int) -> str:
        return f"/{section}" if page == 1 else f"/{section}?page={page}"

    def home(self) -> Answer:
        return self.page("Trang chủ", self.teasers(self.stories[:3], None))

    def list_page(self, section: str, page: int) -> Answer:
        teasers = self.teasers(self.shown(section, page), section)
        pager = self.pager(section, page, self.last_page(section))
        name = self.sections[section]
        return self.page(name, f"<h2>{name}</h2>{teasers}{pager}")

    def article_page(self, story: Story) -> Answer:
        blocks = "".join(self.block_markup(story, block) for block in story.blocks)
        lede = f'<p class="lede"><strong>{escape(story.lede)}</strong></p>' if story.lede else ""
        byline = f'<p class="author" style="text-align:right"><b>{story.byline}</b></p>'
        return self.page(
            story.title,
            f"<article><h1>{escape(story.title)}</h1>"
            f'<time class="date">{story.published:%d/%m/%Y %H:%M}</time>'
            f'{lede}<div class="content-detail">{blocks}</div>'
            f"{byline if story.byline else ''}</article>",
        )

    def block_markup(self, story: Story, block: Block) -> str:
        """Return the markup of a block of a text."""
        if block.file:
            name = self.printed_name(story, block.file)
            return self.file_markup(story, escape(self.file_path(story, block.file)), name)
        if block.photo:
            source = escape(self.photo_path(story, block.photo))
            image = f'<img src="{source}" alt="{escape(story.title)}" width="660" height="440">'
            return f"<figure>{image}<figcaption>{block.photo.caption}</figcaption></figure>"
        return f"<p>{escape(block.text)}</p>"

    def file_markup(self, story: Story, source: str, name: str) -> str:
        """Return the markup of an attachment: its URL is ``source``, its printed name ``name``."""
        return f'<p><a href="{source}" target="_blank">{name}</a></p>'

    def teasers(self, shown: list[Story], section: str | None) -> str:
        items = (
            f'<li><h3><a href="{escape(self.article_path(one, section or one.section))}">'
            f"{escape(one.title)}</a></h3><p>{escape(one.lede or '')}</p></li>"
            for one in shown
        )
        return f'<ul class="news-list">{"".join(items)}</ul>'

    def pager(self, section: str, page: int, last: int) -> str:
        """Return the pagination of a list page: nearby numbers, next, last."""
        numbers = [n for n in range(1, last + 1) if abs(n - page) < 3 and n != page]
        links = [self.page_link(section, n, str(n)) for n in numbers]
        if page < last:
            links.append(self.page_link(section, page + 1, "Tiếp »"))
            links.append(self.page_link(section, last, "Cuối"))
        return f'<div class="phan-trang"><span>{page}</span> {" ".join(links)}</div>'

    def page_link(self, section: str, page: int, text: str) -> str:
        return f'<a href="{escape(self.list_path(section, page))}">{text}</a>'
