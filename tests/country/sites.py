"""What the hosts of the simulated country show: portals, lists of links, parked pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import lru_cache
from html import escape
from random import Random
from zlib import crc32

from scraper.base.clock import VIETNAM
from scraper.demo.content import Story
from scraper.demo.platform import Platform
from scraper.demo.platforms import CommunePlatform
from scraper.demo.server import HTML, Answer, Request
from tests.country.places import READABLE, Country, Host, Kind, Link, Province
from tests.portals.platforms import LiferayPortal, NukeVietPortal, SharePointPortal, WordPressPortal
from tests.portals.portal import Double
from tests.portals.stories import PLACES, SECTIONS, TOPICS, story

STORIES = 6
"""Articles of a portal; a paper and the portal of a province have as many."""

QUIET_DAYS = 200
"""How old the newest article of a silent portal is."""

PORTALS: dict[str, Callable[[], Double]] = {
    "nukeviet": lambda: NukeVietPortal(1),
    "sharepoint": lambda: SharePointPortal(1, has_feed=False),
    "liferay": lambda: LiferayPortal(1, has_sitemap=False),
    "wordpress": lambda: WordPressPortal(1),
}
PARKED = (
    "<title>{name}</title><body><h1>This domain is parked</h1>"
    "<p>The domain {name} may be for sale. <a href='https://a.example/'>Buy this domain</a>",
    "<title>Welcome to nginx!</title><body><h1>Welcome to nginx!</h1>"
    "<p>If you see this page, the nginx web server is successfully installed and working.</p>",
    "<title>IIS Windows Server</title><body><a href='http://go.microsoft.com/fwlink/?linkid=66138'>"
    "<img src='iisstart.png' alt='IIS'></a>",
    "<title>Website đang xây dựng</title><body><h1>Website đang trong quá trình xây dựng</h1>"
    "<p>Vui lòng quay lại sau.</p>",
    "<title>Tên miền {name}</title><body><p>Tên miền này đã được đăng ký tại Nhà đăng ký P.A.</p>",
)
ENTRANCES = {"liferay": "/web/guest/trang-chu", "sharepoint": "/portal/Pages/default.aspx"}
"""Where the home page is on platforms that redirect to it."""

LISTS = "/lien-ket-website"
"""The page with the list of links, if the home page only links to it."""


class Sites:
    """The answers of all hosts. ``quiet`` are hosts whose articles are old; ``closed`` are down."""

    def __init__(self, country: Country) -> None:
        self.country = country
        self.quiet: set[str] = set()
        self.down: set[str] = set()
        self._lists = {province.domain: province for province in country.provinces}
        self._papers = {f"bao{one.unit.label}.vn": one for one in country.provinces}
        self._site = lru_cache(maxsize=None)(self._built)

    def is_silent(self, host: Host) -> bool:
        """Whether a host takes requests and never answers."""
        return host.kind is Kind.SILENT

    def answer(self, host: Host, scheme: str, request: Request, form: dict[str, str]) -> Answer:
        """Return the answer of a host to a request."""
        shown = self.country.hosts.get(host.target, host)
        match host.kind:
            case Kind.MOVED:
                return Answer(status=301, headers={"Location": shown.url})
            case Kind.TO_PROVINCE:
                return Answer(status=302, headers={"Location": shown.url})
            case Kind.ERROR:
                return Answer("<h1>Server Error in '/' Application.</h1>", 500)
            case Kind.PARKED:
                return self._parked(host, request)
        if host.name in self.down:
            return Answer("<h1>503 Service Unavailable</h1>", 503)
        if scheme == "http" and "https" in shown.schemes and host.name == shown.name:
            return Answer(status=301, headers={"Location": f"https://{host.name}{request.path}"})
        if request.path == "/" and shown.platform in ENTRANCES:
            return _entrance(shown)
        if request.path == ENTRANCES.get(shown.platform):
            request = replace(request, path="/")
        found = self._listed(host, request) or self._site(shown, f"{scheme}://{host.name}").answer(
            request, form
        )
        if found.type == HTML:
            found.body = self._owned(shown, found.body)
        return found

    def _parked(self, host: Host, request: Request) -> Answer:
        if request.path == "/robots.txt":
            return Answer("", 404)
        text = PARKED[crc32((host.target or host.name).encode()) % len(PARKED)]
        return Answer(f"<!doctype html><meta charset=utf-8>{text.format(name=host.name)}")

    def _listed(self, host: Host, request: Request) -> Answer | None:
        """Return a page with links to other hosts, None if the request is for another page."""
        if province := self._lists.get(host.name):
            shape = self.country.provinces.index(province)
            if shape == 0 and request.path == "/":
                return self._with(host, request, _select(province.links))
            if shape > 0 and request.path == "/":
                return self._with(host, request, f'<a href="{LISTS}">Liên kết website</a>')
            if shape > 0 and request.path == LISTS:
                listed = _pictures if shape == 1 else _buttons
                return self._site(host, f"https://{host.name}").page(
                    "Liên kết website", listed(province.links)
                )
        if (province := self._papers.get(host.name)) and request.path == "/":
            return self._with(host, request, _anchors(province))
        return None

    def _with(self, host: Host, request: Request, markup: str) -> Answer:
        """Return the home page with more at its end."""
        found = self._site(host, f"https://{host.name}").answer(request, {})
        found.body = found.body.replace("</body>", f"{markup}</body>")
        return found

    def _built(self, host: Host, base: str) -> Platform:
        """Build the portal of a host."""
        written = stories_of(host, host.name in self.quiet)
        if host.platform == "generic":
            site: Platform = CommunePlatform(host.title, written)
        else:
            double = PORTALS[host.platform]()
            double.name, double.stories, site = host.title, written, double
        site.sections = SECTIONS
        site.base = base
        return site

    def publish(self) -> None:
        """Forget what was built, after ``quiet`` has changed."""
        self._site.cache_clear()

    @staticmethod
    def _owned(host: Host, body: str) -> str:
        """Return a page of a template with the owner's name in place of the demo's."""
        owner = host.title.replace("Cổng thông tin điện tử ", "UBND ")
        for written, own in (
            ("TRANG THÔNG TIN ĐIỆN TỬ XÃ BẢN LỀNH", host.title.upper()),
            ("Trang thông tin điện tử xã Bản Lềnh", host.title),
            ("UBND xã Bản Lềnh, huyện Vân Lĩnh, tỉnh Sơn Hà", owner),
            ("UBND huyện Vân Lĩnh", owner),
            ("CỔNG THÔNG TIN ĐIỆN TỬ TỈNH SƠN HÀ", host.title.upper()),
            ("Cổng thông tin điện tử tỉnh Sơn Hà", "Cổng dịch vụ công quốc gia"),
            ("vanlinh.sonha.example", host.name),
            ("sonha.example", host.name),
        ):
            body = body.replace(written, own)
        return body


def _entrance(host: Host) -> Answer:
    """Return the redirect to the home page: that of HTTP, or one in the page."""
    path = ENTRANCES[host.platform]
    if host.platform == "liferay":
        return Answer(status=302, headers={"Location": path})
    refresh = f'<meta http-equiv="refresh" content="0; url={path}">'
    return Answer(f"<!doctype html><html><head>{refresh}</head><body></body></html>")


def stories_of(host: Host, is_quiet: bool) -> list[Story]:
    """Return the articles of a host, newest first: no other host has the same."""
    lot = Random(host.name)
    body = host.title
    for words in ("Cổng thông tin điện tử ", "Trang thông tin điện tử ", "CỔNG THÔNG TIN ĐIỆN TỬ "):
        body = body.replace(words, "")
    newest = datetime.combine(datetime.now(VIETNAM).date(), time(7, 30), VIETNAM)
    newest -= timedelta(days=QUIET_DAYS if is_quiet else 1)
    written = []
    for number, topic in enumerate(lot.sample(TOPICS, STORIES)):
        like = story(lot.randrange(1, 120), 120)
        place, count = lot.choice(PLACES), lot.randrange(20, 900)
        sections = list(SECTIONS.values())
        written.append(
            replace(
                like,
                sections=(sections[number % len(sections)],),
                id=100 + number,
                title=f"{topic} cho {count} hộ dân ở {place}, {body}",
                published=newest - timedelta(days=3 * number, minutes=lot.randrange(300)),
                body=f"Tin từ {body}: {count} hộ dân ở {place} được mời.\n\n{like.body}",
            )
        )
    return written


def _select(links: list[Link]) -> str:
    options = "".join(f'<option value="{one.url}">{escape(one.text)}</option>' for one in links)
    choose = '<option value="">-- Liên kết website --</option>'
    return f'<select onchange="window.open(this.value)">{choose}{options}</select>'


def _pictures(links: list[Link]) -> str:
    return "".join(
        f'<p><a href="{one.url}" title="{escape(one.text)}"><img src="/logo.png" alt=""></a></p>'
        if number % 2
        else f'<p><a href="{one.url}"><img src="/logo.png" alt="{escape(one.text)}"></a></p>'
        for number, one in enumerate(links)
    )


def _buttons(links: list[Link]) -> str:
    return "".join(
        f"<li onclick=\"window.open('{one.url}')\">{escape(one.text)}</li>"
        if number % 2
        else f'<li data-url="{one.url}">{escape(one.text)}</li>'
        for number, one in enumerate(links)
    )


def _anchors(province: Province) -> str:
    links = "".join(
        f'<li><a href="{one.url}" target="_blank">{escape(one.text)}</a></li>'
        for one in province.paper_links
    )
    return f'<div class="lien-ket"><h3>Các xã, phường</h3><ul>{links}</ul></div>'


def is_readable(host: Host) -> bool:
    """Whether a host has news of its own."""
    return host.kind in READABLE
