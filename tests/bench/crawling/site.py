"""The crawled sites: invented portals with the markup of the demo's platforms, as files.

The name of a file is the path and query of its URL, so that any static server can serve it. Pages
have the size of real ones: menus, styles and scripts surround the article.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from scraper.base.clock import VIETNAM
from scraper.demo.content import SECTIONS, Story
from scraper.demo.platform import Platform
from scraper.demo.platforms import CommunePlatform, NukeVietPlatform, SharePointPlatform
from tests.bench.crawling.library_peers import SITEMAP
from tests.bench.texts import Writer

NEWEST = datetime(2025, 6, 10, 17, 30, tzinfo=VIETNAM)
PAGE_SIZE = 20
LIGHTEST, HEAVIEST = 40_000, 80_000
"""Bytes of a page."""
MENU, NEIGHBOURS = 60, 60
"""Links above and below an article, as many as on real portals."""


@dataclass(frozen=True, slots=True)
class Site:
    """A site on disk: its home page, its lists, and the URLs of its articles."""

    home_url: str
    lists: list[str]
    articles: list[str]


class _Large(Platform):
    """A platform with an index of the stories by section and position, for speed."""

    page_size = PAGE_SIZE
    first_pages = "{}?page=1"
    """Format of a second URL of the first list page."""
    extras: tuple[str, ...] = ("/",)

    def __init__(self, stories: Sequence[Story], base: str) -> None:
        super().__init__("Cổng thông tin điện tử", stories)
        self.base = base
        self.by_section: dict[str, list[Story]] = {section: [] for section in self.sections}
        self.places: dict[int, int] = {}
        for story in stories:
            section = self.by_section[story.section]
            self.places[story.id] = len(section)
            section.append(story)

    def listed(self, section: str) -> list[Story]:
        return self.by_section[section]

    def neighbours(self, story: Story) -> tuple[list[Story], list[Story]]:
        listed, place = self.by_section[story.section], self.places[story.id]
        return listed[max(place - 4, 0) : place], listed[place + 1 : place + 5]

    def list_targets(self) -> list[str]:
        """Return the URLs of the first list pages."""
        return [self.list_path(section, 1) for section in self.sections]

    def pages(self) -> Iterator[tuple[str, bytes]]:
        """Yield every page of the site with its path and query."""
        for target in self.extras:
            yield target, self.reply(target).sent_bytes
        for section in self.sections:
            first = self.list_path(section, 1)
            yield self.first_pages.format(first), self.list_page(section, 1).sent_bytes
            for page in range(1, self.last_page(section) + 1):
                yield self.list_path(section, page), self.list_page(section, page).sent_bytes
        for story in self.stories:
            yield self.path(story), self.article_page(story).sent_bytes


class _District(_Large, NukeVietPlatform):
    first_pages = "{}page-1/"
    extras = (
        *("/", "/robots.txt", "/rss/", "/contact/"),
        *("/sitemap.xml", "/sitemap-news.xml", "/sitemap-page.xml"),
    )


class _Province(_Large, SharePointPlatform):
    pass


class _Commune(_Large, CommunePlatform):
    first_pages = "{}?p=1"


PLATFORMS: tuple[type[_Large], ...] = (_District, _Province, _Commune)


def build(folder: Path, bases: Sequence[str], articles: int) -> list[Site]:
    """Write so many articles, divided among one site per base URL, one folder per host."""
    sites = []
    writer = Writer()
    for number, base in enumerate(bases):
        kind = PLATFORMS[number % len(PLATFORMS)]
        count = articles // len(bases) + (number < articles % len(bases))
        stories = [_story(writer, kind.templates, place) for place in range(count)]
        platform = kind(stories, base)
        host = base.removeprefix("http://").partition(":")[0]
        for target, body in platform.pages():
            _write(folder / host, target, body, base)
        lists = [base + target for target in platform.list_targets()]
        addresses = [base + platform.path(story) for story in stories]
        _write(folder / host, f"/{SITEMAP}", _sitemap(addresses), base)
        sites.append(Site(f"{base}/", lists, addresses))
    return sites


def _story(writer: Writer, source: str, number: int) -> Story:
    article = writer.article(number)
    photos = [
        f"photo: anh-{number}-{n} | {' '.join(writer.words(14)).capitalize()}" for n in (1, 2)
    ]
    blocks = [article.paragraphs[0], photos[0], *article.paragraphs[1:3], photos[1]]
    return Story(
        source=source,
        sections=(SECTIONS[number % 3],),
        id=1000 + number,
        title=str(article.title),
        published=NEWEST - timedelta(minutes=97 * number),
        body="\n\n".join([*blocks, *article.paragraphs[3:]]),
        lede=article.lede,
        byline="Đức Hạnh",
        author="Đức Hạnh",
        end_mark="./.",
        paste="word" if number % 2 else "breaks",
    )


def _sitemap(addresses: list[str]) -> bytes:
    """Return a sitemap that no page links to, for the library that needs one."""
    places = "".join(f"<url><loc>{address}</loc></url>" for address in addresses)
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0"?><urlset xmlns="{space}">{places}</urlset>'.encode()


def _write(folder: Path, target: str, body: bytes, base: str) -> None:
    name = target.removeprefix("/")
    path = folder / (f"{name}index.html" if not name or name.endswith("/") else name)
    path.parent.mkdir(parents=True, exist_ok=True)
    is_page = b"</body>" in body
    path.write_bytes(_dress(body, random.Random(base + target)) if is_page else body)


def _dress(body: bytes, chance: random.Random) -> bytes:
    """Return a page with menus, styles and scripts around its content, as on real portals."""
    menu = "".join(
        f'<li class="item-{n}"><a href="https://co-quan-{n}.example/" target="_blank">'
        f"<span>Cơ quan, đơn vị số {n}</span></a></li>\n"
        for n in range(MENU + NEIGHBOURS)
    ).encode()
    half = len(menu) // 2
    half = menu.index(b"<li", half)
    size = chance.randrange(LIGHTEST, HEAVIEST) - len(body) - len(menu)
    script = f"window.dataLayer=window.dataLayer||[];f({chance.random()},'khối');\n".encode()
    scripts = b"<script>" + script * max(1, size // 2 // len(script)) + b"</script>"
    rules = b".khoi-tin .tieu-de a:hover{color:#c00;text-decoration:none;font-size:14px}\n"
    styles = b"<style>" + rules * max(1, size // 2 // len(rules)) + b"</style>"
    body = body.replace(b"</head>", styles + b"</head>", 1)
    above = b'<div class="menu-lien-ket"><ul>' + menu[:half] + b"</ul></div>"
    below = b'<div class="footer-lien-ket"><ul>' + menu[half:] + b"</ul></div>" + scripts
    body = body.replace(b"<body>", b"<body>" + above, 1)
    return body.replace(b"</body>", below + b"</body>", 1)
