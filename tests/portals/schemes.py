"""Doubles of home-made portals, one for each further way of paging a list."""

from __future__ import annotations

from hashlib import sha256
from html import escape

from tests.portals.portal import Portal
from tests.portals.postback import PostbackPortal
from tests.portals.stories import SECTIONS, Story

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
    """A portal that no platform claims, whose lists are paged by the scheme of that name."""

    def __init__(self, scheme: str, articles: int = 24) -> None:
        super().__init__(articles, has_feed=False, has_sitemap=False)
        self.scheme = SCHEMES[scheme]

    def list_path(self, section: str, page: int) -> str:
        return self.scheme.format(section=section, page=page)


class TersePortal(Portal):
    """Says as little as can be: titles of two words behind "Chi tiết", addresses of one scheme."""

    def __init__(self, scheme: str) -> None:
        super().__init__(articles=18, has_feed=False, has_sitemap=False)
        self.scheme = ADDRESSES[scheme]
        for one in self.stories:
            one.title = f"Tin {one.number}"

    def article_path(self, one: Story, section: str) -> str:
        digest = sha256(one.slug.encode()).hexdigest()[:8].translate(LETTERS)
        return self.scheme.format(number=one.number, slug=one.slug, section=section, digest=digest)

    def teasers(self, shown: list[Story], section: str | None) -> str:
        rows = (
            f"<tr><td>{one.title}</td>"
            f'<td><a href="{escape(self.article_path(one, one.section))}">Chi tiết</a></td></tr>'
            for one in shown
        )
        return f"<table>{''.join(rows)}</table>"


class QueryPortal(Portal):
    """FITC: section, article and page all stand in the query of the home page."""

    def article_path(self, one: Story, section: str) -> str:
        return f"{self.list_path(section, 1)}&tc={22000 + one.number}"

    def list_path(self, section: str, page: int) -> str:
        path = f"/?gd=1&cn={129 + list(SECTIONS).index(section)}"
        return path if page == 1 else f"{path}&page={page}"


class MoreButtonPortal(Portal):
    """Nothing but a button "Xem thêm" leads on, its address in a data attribute."""

    def pager(self, section: str, page: int, last: int) -> str:
        if page == last:
            return ""
        return f'<button data-url="{self.list_path(section, page + 1)}">Xem thêm</button>'


class RelNextPortal(Portal):
    """Nothing but a ``<link rel=next>`` leads on."""

    def pager(self, section: str, page: int, last: int) -> str:
        return "" if page == last else f'<link rel="next" href="?page={page + 1}">'


class FormPortal(PostbackPortal):
    """An ASP.NET portal that no platform claims, paged by postback."""


class NextFormPortal(PostbackPortal):
    """An ASP.NET portal whose one event "next" means another page in every state."""

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
