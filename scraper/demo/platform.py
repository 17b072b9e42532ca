"""What the three platforms share: routing, templates, pages of a list, and photos."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from re import Match, Pattern
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from scraper.base.clock import VIETNAM
from scraper.demo import printed_dates
from scraper.demo.content import SECTIONS, Story, slugify
from scraper.demo.sites import SITES, article_paths, photo_path

_FIRST_NIGHT = datetime(2025, 6, 11, 2, 0, 7, tzinfo=VIETNAM)


def _path(story: Story, section: str | None = None) -> str:
    """The address under which a section lists a story; by default its own section."""
    return article_paths(story)[story.sections.index(section) if section else 0]


_ENVIRONMENT = Environment(
    loader=PackageLoader("scraper.demo"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters |= {
    "slugify": slugify,
    "path": _path,
    "photo_path": lambda photo, story: photo_path(story, photo),
    "nukeviet_date": printed_dates.nukeviet_date,
    "sharepoint_date": printed_dates.sharepoint_date,
    "header_clock": printed_dates.header_clock,
    "commune_date": printed_dates.commune_date,
    "broken_iso": printed_dates.broken_iso,
    "feed_date": printed_dates.nukeviet_feed_date,
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a site answers; ``location`` only where it redirects."""

    status: int
    body: bytes
    content_type: str = "text/html; charset=utf-8"
    location: str | None = None


Query = dict[str, str]
Handler = Callable[[Match[str], Query], Reply]


class Platform:
    """A site of the demo on one night: a target (path and query) gives a reply, without state.

    ``stories`` are its public stories, newest first; ``base`` is where it is served, without a
    slash at the end. A platform names its ``templates`` folder and its ``routes``, of which the
    first that matches the whole path answers.
    """

    templates = ""
    page_size = 5

    def __init__(self, stories: Sequence[Story], base: str, night: int) -> None:
        self.stories = stories
        self.base = base
        self.night = night
        self.sections = [
            name for name in SECTIONS if any(name in story.sections for story in stories)
        ]
        self._photos = {
            photo_path(story, photo): photo.file for story in stories for photo in story.photos
        }

    @property
    def routes(self) -> tuple[tuple[Pattern[str], Handler], ...]:
        """Which path is answered by what."""
        raise NotImplementedError

    def missing(self) -> Reply:
        """The reply to an address that is not there."""
        return self.render("missing.html", status=404)

    def reply(self, target: str) -> Reply:
        """The reply to a request's target."""
        parts = urlsplit(target)
        if parts.path in self._photos:
            return Reply(200, _picture(self._photos[parts.path]), "image/png")
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        for pattern, handler in self.routes:
            if match := pattern.fullmatch(parts.path):
                return handler(match, query)
        return self.missing()

    def render(
        self,
        template: str,
        status: int = 200,
        content_type: str = "text/html; charset=utf-8",
        **values: Any,
    ) -> Reply:
        """A template of the platform, filled."""
        page = _ENVIRONMENT.get_template(f"{self.templates}/{template}")
        text = page.render(site=SITES[self.templates], portal=self, base=self.base, **values)
        return Reply(status, text.encode(), content_type)

    def redirect(self, path: str) -> Reply:
        """A permanent redirect to a path of the same site."""
        return Reply(301, b"", location=self.base + path)

    @property
    def clock(self) -> datetime:
        """The moment of the night's visit, which the header of some sites shows."""
        return _FIRST_NIGHT + timedelta(days=self.night - 1)

    def views(self, story: Story) -> int:
        """The view counter: it grows from night to night and means nothing."""
        return 40 + story.id * 37 % 900 + 13 * self.night

    def listed(self, section: str) -> list[Story]:
        """The stories of a section, newest first."""
        return [story for story in self.stories if section in story.sections]

    def section_of(self, slug: str) -> str | None:
        """The section whose address has this slug."""
        return next((name for name in self.sections if slugify(name) == slug), None)

    def page_count(self, section: str) -> int:
        """How many pages the list of a section has."""
        return -(-len(self.listed(section)) // self.page_size)

    def page(self, section: str, number: int) -> list[Story]:
        """The stories on a page of a section's list, the first page being 1."""
        start = (number - 1) * self.page_size
        return self.listed(section)[start : start + self.page_size]

    def neighbours(self, story: Story) -> tuple[list[Story], list[Story]]:
        """Up to four newer and four older stories of the same section."""
        listed = self.listed(story.sections[0])
        place = listed.index(story)
        return listed[max(place - 4, 0) : place], listed[place + 1 : place + 5]


def _picture(name: str) -> bytes:
    """A small PNG of one colour, which depends on the photo's name."""
    width, height = 160, 100
    colour = hashlib.sha256(name.encode()).digest()[:3]
    rows = (b"\0" + colour * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)
