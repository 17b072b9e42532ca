"""The district's portal, in the manner of NukeViet 4.5 (VIETNAM.md 2 and 3)."""

from __future__ import annotations

import re
from re import Match, Pattern

from scraper.demo.content import Story, slugify
from scraper.demo.platform import Handler, Platform, Query, Reply
from scraper.demo.sites import article_paths

_XML = "text/xml; charset=utf-8"
_FEED_LENGTH = 30


class DistrictPortal(Platform):
    """Lists at ``/<cat>/`` and ``/<cat>/page-2/``, articles at ``/<cat>/<slug>-34.html``.

    An unknown path leads to the home page, a page past the end to the first one; an article that
    was taken away answers 404.
    """

    templates = "huyen"

    @property
    def routes(self) -> tuple[tuple[Pattern[str], Handler], ...]:
        """Which path is answered by what."""
        return (
            (re.compile("/"), lambda match, query: self.render("home.html")),
            (re.compile(r"/robots\.txt"), self._robots),
            (re.compile(r"/sitemap\.xml"), self._sitemap_index),
            (re.compile(r"/sitemap-(news|page)\.xml"), self._sitemap),
            (re.compile("/rss/"), self._feed),
            (re.compile("/contact/"), lambda match, query: self.render("contact.html")),
            (re.compile(r"/(?P<print>print/)?(?P<path>[a-z-]+/[^/]+-\d+\.html)"), self._article),
            (re.compile(r"/(?P<slug>[a-z-]+)/(page-(?P<page>\d+)/)?"), self._list),
            (re.compile(r"/tag/(?P<tag>[a-z0-9-]+)/"), self._tag),
        )

    def missing(self) -> Reply:
        """NukeViet's soft 404: off to the home page."""
        return self.redirect("/")

    def _robots(self, match: Match[str], query: Query) -> Reply:
        return self.render("robots.txt", content_type="text/plain; charset=utf-8")

    def _sitemap_index(self, match: Match[str], query: Query) -> Reply:
        return self.render("sitemap_index.xml", content_type=_XML)

    def _sitemap(self, match: Match[str], query: Query) -> Reply:
        listed = self.stories if match[1] == "news" else []
        return self.render("sitemap.xml", content_type=_XML, listed=listed)

    def _feed(self, match: Match[str], query: Query) -> Reply:
        return self.render("rss.xml", content_type=_XML, listed=self.stories[:_FEED_LENGTH])

    def _article(self, match: Match[str], query: Query) -> Reply:
        story = self._find("/" + match["path"])
        if story is None:
            return self.render("missing.html", status=404)
        template = "print.html" if match["print"] else "article.html"
        newer, older = self.neighbours(story)
        return self.render(template, story=story, newer=newer, older=older)

    def _find(self, path: str) -> Story | None:
        return next((story for story in self.stories if path in article_paths(story)), None)

    def _list(self, match: Match[str], query: Query) -> Reply:
        section, number = self.section_of(match["slug"]), int(match["page"] or 1)
        if section is None:
            return self.missing()
        if not self.page(section, number):
            return self.redirect(f"/{match['slug']}/")
        return self.render("list.html", section=section, number=number)

    def _tag(self, match: Match[str], query: Query) -> Reply:
        tagged = [
            story for story in self.stories if match["tag"] in [slugify(tag) for tag in story.tags]
        ]
        return self.render("tag.html", listed=tagged) if tagged else self.missing()
