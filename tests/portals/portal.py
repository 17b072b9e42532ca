"""The base of the test doubles: a small portal over HTTP, with the bad habits of real ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from email.utils import format_datetime
from functools import partial
from html import escape
from typing import ClassVar
from urllib.parse import parse_qsl, urlsplit

from tests.portals.habits import Habits
from tests.portals.server import Answer, Request, Server
from tests.portals.stories import LATEST, SECTIONS, Story, stories, story


class Portal(Server):
    """A portal of one platform; use it in a ``with`` block.

    A subclass says how the platform writes its addresses and its markup; what it leaves out is
    plain. ``article_paths`` are the addresses under which the stories are to be found, ``log``
    what was asked for.
    """

    platform: ClassVar[str] = "generic"
    mark: ClassVar[str] = ""
    """Markup in the head that tells the platform."""
    headers: ClassVar[dict[str, str]] = {}

    def __init__(
        self,
        articles: int = 24,
        per_page: int = 3,
        habits: Habits | None = None,
        has_feed: bool = True,
        has_sitemap: bool = True,
        robots: str = "User-agent: *\nAllow: /\n",
    ) -> None:
        super().__init__()
        self.stories = stories(articles)
        self.per_page = per_page
        self.habits = habits or Habits()
        self.has_feed, self.has_sitemap = has_feed, has_sitemap
        self.robots = robots

    # What a test looks at and does.

    @property
    def article_paths(self) -> list[str]:
        """The address of every public story in its own section, path and query."""
        return [self.article_path(one, one.section) for one in self.stories]

    @property
    def titles(self) -> set[str]:
        return {one.title for one in self.stories}

    def publish(self, count: int) -> list[Story]:
        """Add so many new stories on top; returns them."""
        total = len(self.stories) + count
        new = [story(number, total) for number in range(total, total - count, -1)]
        for position, one in enumerate(new):
            one.published = LATEST.replace(day=31, hour=6 + position)
        self.stories = new + self.stories
        return new

    def edit(self, number: int) -> Story:
        """Add a paragraph to a story; the sitemap announces it."""
        edited = next(one for one in self.stories if one.number == number)
        edited.paragraphs.append(
            f"Bổ sung: tin số {number} đã được biên tập lại và có thêm số liệu."
        )
        edited.modified = LATEST.replace(day=31, hour=5)
        return edited

    def remove(self, number: int) -> None:
        """Take a story off the site."""
        self.stories = [one for one in self.stories if one.number != number]

    # How the platform writes its addresses and pages: what subclasses override.

    def article_path(self, one: Story, section: str) -> str:
        return f"/{section}/{one.slug}-{one.number}.html"

    def list_path(self, section: str, page: int) -> str:
        return f"/{section}" if page == 1 else f"/{section}?page={page}"

    def pager(self, section: str, page: int, last: int) -> str:
        """The paging as the list prints it: numbers around this page, next, last."""
        numbers = [n for n in range(1, last + 1) if abs(n - page) < 3 and n != page]
        links = [self.page_link(section, n, str(n)) for n in numbers]
        if page < last:
            links.append(self.page_link(section, page + 1, "Tiếp »"))
            links.append(self.page_link(section, last, "Cuối"))
        return f'<div class="phan-trang"><span>{page}</span> {" ".join(links)}</div>'

    def page_link(self, section: str, page: int, text: str) -> str:
        return f'<a href="{escape(self.list_path(section, page))}">{text}</a>'

    def article_body(self, one: Story) -> str:
        paragraphs = "".join(f"<p>{escape(text)}</p>" for text in one.paragraphs)
        return (
            f"<article><h1>{escape(one.title)}</h1>"
            f'<time class="date">{one.published:%d/%m/%Y %H:%M}</time>'
            f'<p class="lede"><strong>{escape(one.lede)}</strong></p>'
            f'<div class="content-detail">{paragraphs}</div>'
            f'<p class="author" style="text-align:right"><b>{one.author}</b></p></article>'
        )

    def feed_path(self) -> str:
        return "/rss.xml"

    def sitemap_path(self) -> str:
        return "/sitemap.xml"

    def normal(self, target: str) -> str:
        """The form in which the platform compares addresses: here, parameters in any order."""
        parts = urlsplit(target)
        query = "&".join(f"{name}={value}" for name, value in sorted(parse_qsl(parts.query)))
        return f"{parts.path}?{query}" if query else parts.path

    def post(self, target: str, form: dict[str, str]) -> Answer:
        """Answer a posted form; most platforms page without."""
        return Answer("Method not allowed", 405)

    # The pages.

    def section_stories(self, section: str) -> list[Story]:
        sections = list(SECTIONS)
        before = sections[sections.index(section) - 1]
        wanted = {section, before} if self.habits.two_sections else {section}
        return [one for one in self.stories if one.section in wanted]

    def last_page(self, section: str) -> int:
        return max(1, -(-len(self.section_stories(section)) // self.per_page))

    def routes(self) -> dict[str, Callable[[], Answer]]:
        """Every address that is answered with a page of its own."""
        found: dict[str, Callable[[], Answer]] = {"/": self.home}
        for section in SECTIONS:
            for page in range(1, self.last_page(section) + 1):
                target = self.normal(self.list_path(section, page))
                found.setdefault(target, partial(self.list_page, section, page))
            for one in self.section_stories(section):
                target = self.normal(self.article_path(one, section))
                found[target] = partial(self.article_page, one)
        if self.has_feed:
            found[self.normal(self.feed_path())] = self.feed
        if self.has_sitemap:
            found[self.normal(self.sitemap_path())] = self.sitemap
        return found

    def home(self) -> Answer:
        return self.page("Trang chủ", self.teasers(self.stories[:3], None))

    def list_page(self, section: str, page: int) -> Answer:
        start = (page - 1) * self.per_page
        shown = self.section_stories(section)[start : start + self.per_page]
        pager = self.pager(section, page, self.last_page(section))
        name = SECTIONS[section]
        return self.page(name, f"<h2>{name}</h2>{self.teasers(shown, section)}{pager}")

    def article_page(self, one: Story) -> Answer:
        return self.page(one.title, self.article_body(one))

    def teasers(self, shown: list[Story], section: str | None) -> str:
        items = (
            f'<li><h3><a href="{escape(self.article_path(one, section or one.section))}">'
            f"{escape(one.title)}</a></h3><p>{escape(one.lede)}</p></li>"
            for one in shown
        )
        return f'<ul class="news-list">{"".join(items)}</ul>'

    def page(self, title: str, content: str) -> Answer:
        """A whole page around the content: head, menu, the site's temptations, footer."""
        menu = "".join(
            f'<li><a href="{escape(self.list_path(section, 1))}">{name}</a></li>'
            for section, name in SECTIONS.items()
        )
        feed = (
            f'<link rel="alternate" type="application/rss+xml" href="{escape(self.feed_path())}">'
        )
        return Answer(
            f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8">'
            f"<title>{escape(title)} - Cổng thông tin xã Suối Thử</title>"
            f"{self.mark}{feed if self.has_feed else ''}</head><body>"
            f'<nav class="menu"><ul><li><a href="/">Trang chủ</a></li>{menu}</ul></nav>'
            f"<main>{content}</main>{self.temptations()}"
            f"<footer><p>Bản quyền thuộc về Cổng thông tin xã Suối Thử</p></footer></body></html>",
            headers=dict(self.headers),
        )

    def temptations(self) -> str:
        """Links that a careful crawler leaves alone, by the habits of the site."""
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

    def address(self, one: Story) -> str:
        """The address of a story as XML has it."""
        return escape(self.home_url.rstrip("/") + self.article_path(one, one.section))

    def feed(self) -> Answer:
        items = "".join(
            f"<item><title>{escape(one.title)}</title>"
            f"<link>{self.address(one)}</link>"
            f"<pubDate>{format_datetime(one.published)}</pubDate></item>"
            for one in self.stories[:5]
        )
        body = f'<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>'
        return Answer(body, type="application/rss+xml")

    def sitemap(self) -> Answer:
        urls = "".join(
            f"<url><loc>{self.address(one)}</loc>"
            f"<lastmod>{(one.modified or one.published).isoformat()}</lastmod></url>"
            for one in self.stories
        )
        namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
        body = f'<?xml version="1.0"?><urlset xmlns="{namespace}">{urls}</urlset>'
        return Answer(body, type="application/xml")

    # Answering.

    def answer(self, request: Request, form: dict[str, str]) -> Answer:
        """The answer to one request, with the habits of the site."""
        if request.path == "/robots.txt":
            return Answer(self.robots, type="text/plain")
        if self._is_too_much(request):
            seconds = str(max(1, round(self.habits.window)))
            return Answer("Vui lòng đợi trong giây lát", 429, {"Retry-After": seconds})
        if request.method == "POST":
            return self.post(request.path, form)
        found = self._find(request)
        if self.habits.lying_last_modified:
            found.headers["Last-Modified"] = format_datetime(LATEST)
        return found

    def _find(self, request: Request) -> Answer:
        if page := self.routes().get(self.normal(request.path)):
            mobile = self.habits.mobile_theme and "Mobile" in request.headers.get("user-agent", "")
            return self._mobile(page()) if mobile else page()
        if trapped := self._trapped(request.path):
            return trapped
        if self.habits.past_end_goes_to_first:
            for section in SECTIONS:
                if request.path.startswith(self.list_path(section, 1).rstrip("/")):
                    return Answer(status=301, headers={"Location": self.list_path(section, 1)})
        if self.habits.unknown_goes_home:
            return Answer(status=301, headers={"Location": "/"})
        return Answer("<h1>Không tìm thấy trang</h1>", 404)

    def _trapped(self, path: str) -> Answer | None:
        """The pages behind the temptations, for a crawler that follows them."""
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

    def _mobile(self, answer: Answer) -> Answer:
        """The theme for telephones, whose first h1 is the name of the site."""
        body = answer.body.replace("<main>", "<main><h1 hidden>Cổng thông tin xã Suối Thử</h1>")
        return replace(answer, body=body)

    def _is_too_much(self, request: Request) -> bool:
        if self.habits.limit is None:
            return False
        recent = [one for one in self.log if one.at > request.at - self.habits.window]
        return len(recent) > self.habits.limit
