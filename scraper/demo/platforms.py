"""The platforms of the demo: NukeViet 4.5 (as measured), SharePoint, the site of a commune."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from functools import partial

from scraper.demo import printed_dates
from scraper.demo.content import Story, slugify
from scraper.demo.notation import StoryFile
from scraper.demo.platform import Platform, Routes
from scraper.demo.server import Answer


class NukeVietPlatform(Platform):
    """Lists at ``/<cat>/`` and ``/<cat>/page-2/``, articles at ``/<cat>/<slug>-34.html``.

    An unknown path redirects to the home page, a page past the end of a list to its first page. A
    removed article returns 404. The feed prints the month in place of the minutes.
    """

    templates = "huyen"
    photo_folder = file_folder = "uploads/news/%Y_%m"
    robots = "User-agent: *\nDisallow: /admin/\nDisallow: /users/\nDisallow: /voting/"
    has_feed = has_sitemap = True
    feed_path = "/rss/"
    past_end = "redirect"
    unknown_goes_home = True

    def article_path(self, story: Story, section: str) -> str:
        """Return the path: section, slug and id."""
        return f"/{section}/{story.slug}-{story.id}.html"

    def list_path(self, section: str, page: int) -> str:
        """Return the path: section and page."""
        return f"/{section}/" if page == 1 else f"/{section}/page-{page}/"

    def printed_name(self, story: Story, file: StoryFile) -> str:
        """Return the name of the file."""
        return file.file

    def feed_date(self, story: Story) -> str:
        """Return the wrong time of NukeViet: the month in place of the minutes."""
        return printed_dates.nukeviet_feed_date(story.moment)

    @property
    def sitemap_written_at(self) -> datetime:
        """The ``lastmod`` of the news sitemap in the index: the current night."""
        return self.clock

    def routes(self) -> Routes:
        """Add the sitemap index ``/sitemap.xml``, print pages and tag pages."""
        found = super().routes()
        if news := found.pop(self.sitemap_path, None):
            xml = partial(self.render, type="text/xml; charset=utf-8")
            found["/sitemap.xml"] = partial(xml, "shared/sitemap_index.xml")
            found["/sitemap-news.xml"] = news
            found["/sitemap-page.xml"] = partial(xml, "shared/sitemap.xml", listed=[])
        found["/contact/"] = partial(self.own, "contact.html")
        for story in self.stories:
            found[f"/print{self.path(story)}"] = partial(self.own, "print.html", story=story)
            for tag in map(slugify, story.tags):
                found[f"/tag/{tag}/"] = partial(self._tag_page, tag)
        return found

    def missing(self, target: str) -> Answer:
        """Return 404 for the URL of a missing article; other URLs redirect to the home page."""
        if re.fullmatch(r"/[a-z-]+/[^/]+-\d+\.html", target):
            return self.not_found()
        return super().missing(target)

    def _tag_page(self, tag: str) -> Answer:
        tagged = [story for story in self.stories if tag in map(slugify, story.tags)]
        return self.own("tag.html", listed=tagged)


class CommunePlatform(Platform):
    """Lists at ``/tin-tuc/<section>.html?p=2``, articles at ``/tin-tuc/chi-tiet.html?id=123``.

    It has no feed, no sitemap and no ``rel=canonical``. A page past the end of a list shows page 1.
    """

    templates = "xa"
    declares_language = False
    page_size = 3
    past_end = "first"

    def article_path(self, story: Story, section: str) -> str:
        """Return a path with the id of the story; the section does not matter."""
        return f"/tin-tuc/chi-tiet.html?id={story.id}"

    def list_path(self, section: str, page: int) -> str:
        """Return the path of the section, with the page in a parameter."""
        path = f"/tin-tuc/{section}.html"
        return path if page == 1 else f"{path}?p={page}"


class SharePointPlatform(Platform):
    """Lists at ``/portal/Pages/<Section>.aspx?page=2``, articles under the day of publication.

    Letter case does not matter: the URL of a story in its second section has another one. A page
    past the end of a list is empty.
    """

    templates = "tinh"
    page_size = 3
    heading_level = 3
    photo_folder = "PublishingImages/%Y_%m"
    file_folder = "Lists/TinTuc/Attachments/%d"
    past_end = "empty"

    def article_path(self, story: Story, section: str) -> str:
        """Return the path: day, beginning of the title and a code."""
        code = hashlib.sha256(str(story.id).encode()).hexdigest()[:6]
        cut = story.slug[:42].rstrip("-").capitalize()
        path = f"/portal/Pages/{story.moment:%Y-%m-%d}/{cut}{code}.aspx"
        return path if section == story.section else path.replace("/Pages/", "/pages/").lower()

    def list_path(self, section: str, page: int) -> str:
        """Return the path of the section, with the page in a parameter."""
        path = f"/portal/Pages/{section.capitalize()}.aspx"
        return path if page == 1 else f"{path}?page={page}"

    def normal(self, target: str) -> str:
        """Return the URL in lower case."""
        return super().normal(target).lower()
