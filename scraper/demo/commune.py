"""A commune's plain site: Word pasted into one ``div``, identifiers in the query."""

from __future__ import annotations

import re
from re import Match, Pattern

from scraper.demo.platform import Handler, Platform, Query, Reply


class CommuneSite(Platform):
    """Lists at ``/tin-tuc/<section>.html?p=2``, articles at ``/tin-tuc/chi-tiet.html?id=123``.

    It knows no feed, no sitemap and no ``rel=canonical``; a page past the end is page 1 again.
    """

    templates = "xa"
    page_size = 3

    @property
    def routes(self) -> tuple[tuple[Pattern[str], Handler], ...]:
        """Which path is answered by what."""
        return (
            (re.compile("/"), lambda match, query: self.render("home.html")),
            (re.compile(r"/tin-tuc/chi-tiet\.html"), self._article),
            (re.compile(r"/tin-tuc/(?P<slug>[a-z-]+)\.html"), self._list),
        )

    def _article(self, match: Match[str], query: Query) -> Reply:
        wanted = query.get("id")
        story = next((one for one in self.stories if str(one.id) == wanted), None)
        if story is None:
            return self.missing()
        newer, older = self.neighbours(story)
        return self.render("article.html", story=story, listed=newer + older)

    def _list(self, match: Match[str], query: Query) -> Reply:
        section, number = self.section_of(match["slug"]), query.get("p", "1")
        if section is None or not number.isdecimal():
            return self.missing()
        shown = int(number) if self.page(section, int(number)) else 1
        return self.render("list.html", section=section, number=shown)
