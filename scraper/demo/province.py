"""The province's portal, in the manner of a SharePoint publishing site (VIETNAM.md 2 and 4)."""

from __future__ import annotations

import re
from re import Match, Pattern

from scraper.demo.platform import Handler, Platform, Query, Reply
from scraper.demo.sites import article_paths


class ProvincePortal(Platform):
    """Lists at ``/portal/Pages/<Section>.aspx?page=2``, articles under the day of publication.

    It knows no feed and no sitemap; a page past the end says that there is nothing yet.
    """

    templates = "tinh"
    page_size = 3

    @property
    def routes(self) -> tuple[tuple[Pattern[str], Handler], ...]:
        """Which path is answered by what."""
        return (
            (re.compile("/"), lambda match, query: self.render("home.html")),
            (re.compile(r"/portal/Pages/\d{4}-\d\d-\d\d/[\w-]+\.aspx"), self._article),
            (re.compile(r"/portal/Pages/(?P<slug>[\w-]+)\.aspx"), self._list),
        )

    def _article(self, match: Match[str], query: Query) -> Reply:
        story = next((one for one in self.stories if match[0] in article_paths(one)), None)
        if story is None:
            return self.missing()
        newer, older = self.neighbours(story)
        return self.render("article.html", story=story, listed=older or newer)

    def _list(self, match: Match[str], query: Query) -> Reply:
        section = self.section_of(match["slug"].lower())
        number = query.get("page", "1")
        if section is None or not number.isdecimal():
            return self.missing()
        return self.render("list.html", section=section, number=int(number))
