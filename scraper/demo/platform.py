"""The base class of the demo's and the tests' portals: stories, URLs, pages and bad habits."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from functools import partial
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

from markupsafe import Markup

from scraper.base.clock import VIETNAM
from scraper.demo import printed_dates
from scraper.demo.content import NIGHTS, SECTIONS, Story, slugify
from scraper.demo.dates import WRITTEN_LAST_NIGHT
from scraper.demo.files import drawings, written
from scraper.demo.notation import StoryFile, StoryPhoto
from scraper.demo.rendering import ENVIRONMENT
from scraper.demo.server import HTML, Answer, Request, Server

Routes = dict[str, Callable[[], Answer]]

_TIME_OF_NIGHT = time(2, 0, 7, tzinfo=VIETNAM)
_XML = "text/xml; charset=utf-8"
_ANY_PAGE = 98765
"""A page number that no list has, used to make a pattern of list URLs."""


class Platform(Server):
    """A portal of one platform on one night; sections are identified by slug.

    ``stories`` are its public stories, newest first; ``last_night`` is the day of the third night.
    A subclass defines the URLs (``article_path``,
    ``list_path``), sets its folder of ``templates`` or renders its pages itself, and declares what
    else it has and how it answers requests for pages that do not exist.
    """

    environment = ENVIRONMENT
    templates = ""
    page_size = 5
    photo_folder = "Uploads/images"
    """The folder of the photos, with ``strftime`` directives for the date of the story."""
    file_folder = "Uploads/files"
    """The folder of the attachments, likewise."""
    declares_language = True
    """Whether the pages name their language; otherwise it is that of the text, if there is any."""
    heading_level = 2
    """The level of the headings within a text; bold lines have level 2."""
    robots: str | None = None
    has_feed = False
    has_sitemap = False
    feed_path = "/rss.xml"
    sitemap_path = "/sitemap.xml"
    feed_size = 30
    has_etags = True
    past_end: Literal["missing", "redirect", "first", "empty"] = "missing"
    """The answer to a page past the end of a list: 404, redirect, the first or an empty page."""
    unknown_goes_home = False

    def __init__(
        self,
        name: str,
        stories: Sequence[Story],
        night: int = 1,
        last_night: date = WRITTEN_LAST_NIGHT,
    ) -> None:
        super().__init__()
        self.name = name
        self.stories = list(stories)
        self.night = night
        self.last_night = last_night
        listed = {section for story in stories for section in story.sections}
        self.sections = {slugify(section): section for section in SECTIONS if section in listed}

    # URLs.

    def article_path(self, story: Story, section: str) -> str:
        """Return the URL of a story in a section, as path and query."""
        raise NotImplementedError

    def list_path(self, section: str, page: int) -> str:
        """Return the URL of a list page of a section; the first page is 1."""
        raise NotImplementedError

    def path(self, story: Story) -> str:
        """Return the URL of a story in its own section."""
        return self.article_path(story, story.section)

    def photo_path(self, story: Story, photo: StoryPhoto) -> str:
        """Return the URL of a photo of a story."""
        return f"/{story.moment.strftime(self.photo_folder)}/{photo.file_name}"

    def file_path(self, story: Story, file: StoryFile) -> str:
        """Return the URL of an attachment of a story."""
        return f"/{story.moment.strftime(self.file_folder)}/{file.file}"

    def printed_name(self, story: Story, file: StoryFile) -> str:
        """Return the name of an attachment in its link; a viewer shows none but that in the URL."""
        return file.file if story.files not in (None, "link") else file.name or file.file

    def normal(self, target: str) -> str:
        """Return the form in which the platform compares URLs: here, with sorted parameters."""
        parts = urlsplit(target)
        query = "&".join(f"{name}={value}" for name, value in sorted(parse_qsl(parts.query)))
        return f"{parts.path}?{query}" if query else parts.path

    # Lists.

    def listed(self, section: str) -> list[Story]:
        """Return the stories of a section, newest first."""
        name = self.sections[section]
        return [story for story in self.stories if name in story.sections]

    def last_page(self, section: str) -> int:
        """Return the number of the last list page of a section."""
        return max(1, -(-len(self.listed(section)) // self.page_size))

    def shown(self, section: str, page: int) -> list[Story]:
        """Return the stories on a list page of a section."""
        start = (page - 1) * self.page_size
        return self.listed(section)[start : start + self.page_size]

    def neighbours(self, story: Story) -> tuple[list[Story], list[Story]]:
        """Return up to four newer and four older stories of the same section."""
        listed = self.listed(story.section)
        place = listed.index(story)
        return listed[max(place - 4, 0) : place], listed[place + 1 : place + 5]

    # Pages.

    @property
    def clock(self) -> datetime:
        """The time of the night, which the header of some sites shows."""
        last = datetime.combine(self.last_night, _TIME_OF_NIGHT)
        return last - timedelta(days=NIGHTS[-1] - self.night)

    def days_before(self, days: int) -> date:
        """Return a day before the third night, for dates in texts beside the articles."""
        return self.last_night - timedelta(days=days)

    def views(self, story: Story) -> int:
        """Return a view counter that grows from night to night."""
        return 40 + story.id * 37 % 900 + 13 * self.night

    def feed_date(self, story: Story) -> str:
        """Return the time of a story as the feed prints it."""
        return printed_dates.feed_date(story.moment)

    def render(self, template: str, type: str = HTML, **values: Any) -> Answer:  # noqa: A002
        """Render a template."""
        page = self.environment.get_template(template)
        return Answer(page.render(portal=self, base=self.base, **values), type=type)

    def own(self, template: str, **values: Any) -> Answer:
        """Render a template of the platform."""
        return self.render(f"{self.templates}/{template}", **values)

    def page(self, title: str, content: str) -> Answer:
        """Render the layout of the platform around a title and HTML."""
        return self.render("shared/page.html", title=title, content=Markup(content))

    def home(self) -> Answer:
        """Return the home page."""
        return self.own("home.html")

    def list_page(self, section: str, page: int) -> Answer:
        """Return a list page of a section."""
        name = self.sections[section]
        return self.own("list.html", section=section, name=name, number=page)

    def article_page(self, story: Story) -> Answer:
        """Return the page of a story."""
        newer, older = self.neighbours(story)
        return self.own("article.html", story=story, newer=newer, older=older)

    def feed(self) -> Answer:
        """Return the newest stories as RSS."""
        return self.render("shared/rss.xml", _XML, listed=self.stories[: self.feed_size])

    def sitemap(self) -> Answer:
        """Return the sitemap of all stories."""
        return self.render("shared/sitemap.xml", _XML, listed=self.stories)

    def media_type(self, file: StoryFile) -> str:
        """Return the media type of an attachment."""
        return written.media_type(file.file)

    def photo(self, story: Story, photo: StoryPhoto) -> Answer:
        """Return a photo of a story."""
        name = photo.file_name
        kind = drawings.MEDIA_TYPES[name[name.rindex(".") + 1 :]]
        return self.uploaded(story, drawings.drawing(name), kind)

    def document(self, story: Story, file: StoryFile) -> Answer:
        """Return an attachment of a story."""
        return self.uploaded(story, written.document(file.file, story.years), self.media_type(file))

    def uploaded(self, story: Story, body: bytes, kind: str) -> Answer:
        """Return a file that was uploaded when its story was published."""
        headers = {"Last-Modified": format_datetime(story.moment.astimezone(UTC), usegmt=True)}
        return Answer(raw=body, type=kind, headers=headers)

    # Answers.

    def routes(self) -> Routes:
        """Return a function for each URL that exists."""
        found: Routes = {"/": self.home}
        for section in self.sections:
            for page in range(1, self.last_page(section) + 1):
                target = self.normal(self.list_path(section, page))
                found.setdefault(target, partial(self.list_page, section, page))
            for story in self.listed(section):
                target = self.normal(self.article_path(story, section))
                found[target] = partial(self.article_page, story)
        return found | self._files()

    def answer(self, request: Request, form: dict[str, str]) -> Answer:
        """Return the answer to a request, with an ETag if the platform sends one."""
        found = self.reply(request.path)
        if self.has_etags and found.status == 200:
            digest = hashlib.sha256(found.sent_bytes).hexdigest()
            found.headers["ETag"] = f'"{digest[:16]}"'
        return found

    def reply(self, target: str) -> Answer:
        """Return the answer to a request for a path and query."""
        page = self.routes().get(self.normal(target))
        return page() if page else self.missing(target)

    def missing(self, target: str) -> Answer:
        """Return the answer to a URL that does not exist."""
        if answer := self._past_end(target):
            return answer
        return self.redirect("/") if self.unknown_goes_home else self.not_found()

    def not_found(self) -> Answer:
        """Return a 404."""
        answer = self.own("missing.html")
        answer.status = 404
        return answer

    def redirect(self, path: str) -> Answer:
        """Return a permanent redirect to a path of the same site."""
        return Answer(status=301, headers={"Location": self.base + path})

    def _files(self) -> Routes:
        """Return the routes of robots.txt, the feed, the sitemap, the photos and attachments."""
        found: Routes = {}
        if self.robots is not None:
            text = self.robots
            found["/robots.txt"] = lambda: Answer(text, type="text/plain; charset=utf-8")
        if self.has_feed:
            found[self.normal(self.feed_path)] = self.feed
        if self.has_sitemap:
            found[self.normal(self.sitemap_path)] = self.sitemap
        for story in self.stories:
            for photo in story.photos:
                path = self.normal(self.photo_path(story, photo))
                found[path] = partial(self.photo, story, photo)
            for file in story.attachments:
                path = self.normal(self.file_path(story, file))
                found[path] = partial(self.document, story, file)
        return found

    def _past_end(self, target: str) -> Answer | None:
        """Return the answer to a list page past the end, None if 404 or not a list."""
        if self.past_end == "missing" or not (named := self._list_named(target)):
            return None
        section, page = named
        if self.past_end == "redirect":
            return self.redirect(self.list_path(section, 1))
        return self.list_page(section, page if self.past_end == "empty" else 1)

    def _list_named(self, target: str) -> tuple[str, int] | None:
        """Return the section and page number in the URL of a list, None if it is not one."""
        for section in self.sections:
            path = re.escape(self.normal(self.list_path(section, _ANY_PAGE)))
            numbered = path.replace(str(_ANY_PAGE), r"(\d+)")
            match = re.fullmatch(numbered, self.normal(target))
            if match and numbered != path:
                return section, int(match[1])
        return None
