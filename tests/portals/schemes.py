"""Doubles of portals without a known platform, by the way in which their lists are paginated."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import sha256
from html import escape

from scraper.demo.content import Story
from scraper.demo.server import Answer
from tests.portals.portal import Portal
from tests.portals.stories import SECTIONS

SCHEMES = {
    "Page": "/danh-muc/{section}?Page={page}",
    "p": "/danh-muc/{section}?p={page}",
    "_pageIndex": "/danh-muc/{section}?_pageIndex={page}",
    "pageindex": "/danh-muc/{section}?pageindex={page}",
    "paged": "/danh-muc/{section}?paged={page}",
    "trang": "/danh-muc/{section}?trang={page}",
    "PhanTrang": "/PhanTrang/{section}/{page}/tin-tuc",
    "trang-N.html": "/tin-tuc/{section}/trang-{page}.html",
    "page-N": "/tin-tuc/{section}/page-{page}/",
    "page/N": "/tin-tuc/{section}/page/{page}",
    "pN": "/tin-tuc/{section}/p{page}",
    "-pN.html": "/tin-tuc-{section}-p{page}.html",
}


LETTERS = str.maketrans("0123456789", "ghijklmnop")
ADDRESSES = {
    "number in a folder": "/bai/{number}",
    "bare number": "/{number}.html",
    "bare slug": "/{slug}",
    "slug in a folder": "/{section}/{slug}",
    "number, then slug": "/news/{number}/{slug}",
    "number in the query of home": "/?id={number}",
    "number in a query": "/view.php?cat=3&id={number}",
    "no word, no number": "/a/{digest}",
}


class SchemePortal(Portal):
    """A portal without a known platform, with the list URLs of one of ``SCHEMES``."""

    def __init__(self, scheme: str, articles: int = 24) -> None:
        super().__init__(articles, has_feed=False, has_sitemap=False)
        self.scheme = SCHEMES[scheme]

    def list_path(self, section: str, page: int) -> str:
        return self.scheme.format(section=section, page=page)


class TersePortal(Portal):
    """A portal with minimal hints: links say "Chi tiết", and URLs follow one of ``ADDRESSES``."""

    def __init__(self, scheme: str) -> None:
        super().__init__(articles=18, has_feed=False, has_sitemap=False)
        self.scheme = ADDRESSES[scheme]
        for one in self.stories:
            one.title = f"Tin {one.id}"

    def article_path(self, story: Story, section: str) -> str:
        digest = sha256(story.slug.encode()).hexdigest()[:8].translate(LETTERS)
        return self.scheme.format(number=story.id, slug=story.slug, section=section, digest=digest)

    def teasers(self, shown: list[Story], section: str | None) -> str:
        rows = (
            f"<tr><td>{one.title}</td>"
            f'<td><a href="{escape(self.article_path(one, one.section))}">Chi tiết</a></td></tr>'
            for one in shown
        )
        return f"<table>{''.join(rows)}</table>"


class QueryPortal(Portal):
    """A portal like FITC's: section, article and page are all in the query of the home page."""

    def article_path(self, story: Story, section: str) -> str:
        return f"{self.list_path(section, 1)}&tc={22000 + story.id}"

    def list_path(self, section: str, page: int) -> str:
        path = f"/?gd=1&cn={129 + list(SECTIONS).index(section)}"
        return path if page == 1 else f"{path}&page={page}"


class MoreButtonPortal(Portal):
    """The only pagination is a button "Xem thêm" with the URL in a data attribute."""

    def pager(self, section: str, page: int, last: int) -> str:
        if page == last:
            return ""
        return f'<button data-url="{self.list_path(section, page + 1)}">Xem thêm</button>'


class RelNextPortal(Portal):
    """The only pagination is ``<link rel=next>``."""

    def pager(self, section: str, page: int, last: int) -> str:
        return "" if page == last else f'<link rel="next" href="?page={page + 1}">'


class PostbackPortal(Portal):
    """A portal whose lists are paginated by ASP.NET postbacks."""

    def list_path(self, section: str, page: int) -> str:
        return f"/danh-muc/{section}.aspx"

    def pager(self, section: str, page: int, last: int) -> str:
        state = b64encode(f"{section}:{page}".encode()).decode()
        links = [
            self.event(str(number), number)
            for number in range(1, last + 1)
            if number != page and abs(number - page) < 3
        ]
        if page < last:
            links.append(self.event("Tiếp", page + 1))
        return (
            f'<form method="post" action="{escape(self.list_path(section, 1))}" id="aspnetForm">'
            f'<input type="hidden" name="__VIEWSTATE" value="{state}">'
            '<input type="hidden" name="__EVENTVALIDATION" value="wEdAAUb">'
            '<input type="text" name="ctl00$search" value="">'
            f'<input type="submit" name="ctl00$go" value="Tìm"> {" ".join(links)}</form>'
        )

    def post(self, target: str, form: dict[str, str]) -> Answer:
        """Return the next list page if the posted state comes from this portal, else a 500."""
        section, _, page = b64decode(form.get("__VIEWSTATE", "")).decode().partition(":")
        is_whole = "__EVENTVALIDATION" in form and form.get("__EVENTTARGET") == "ctl00$pager"
        if section not in SECTIONS or not is_whole or "ctl00$go" in form:
            return Answer("Validation of viewstate MAC failed", 500)
        return self.list_page(section, self.page_number(form, int(page)))

    def page_number(self, form: dict[str, str], page: int) -> int:
        """Return the page number of a posted event; ``page`` is the current page."""
        return int(form["__EVENTARGUMENT"])

    def event(self, text: str, page: int) -> str:
        """Return the link with the postback for a page."""
        return f"<a href=\"javascript:__doPostBack('ctl00$pager','{page}')\">{text}</a>"


class FormPortal(PostbackPortal):
    """An ASP.NET portal without a known platform, paginated by postback."""


class NextFormPortal(PostbackPortal):
    """An ASP.NET portal whose only event is "next", so its meaning depends on the state."""

    def pager(self, section: str, page: int, last: int) -> str:
        return "" if page == last else super().pager(section, page, page + 1)

    def page_number(self, form: dict[str, str], page: int) -> int:
        return page + 1

    def event(self, text: str, page: int) -> str:
        return (
            ""
            if text.isdigit()
            else f"<a href=\"javascript:__doPostBack('ctl00$pager','')\">{text}</a>"
        )


PAGING_PORTALS: dict[str, Callable[[], Portal]] = {
    **{scheme: lambda scheme=scheme: SchemePortal(scheme) for scheme in SCHEMES},  # type: ignore[misc]
    "query": QueryPortal,
    "button": MoreButtonPortal,
    "rel=next": RelNextPortal,
    "postback": FormPortal,
    "postback, next only": NextFormPortal,
}
