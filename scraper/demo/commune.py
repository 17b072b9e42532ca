"""A commune's plain site: Word pasted into one ``div``, identifiers in the query."""

from __future__ import annotations

from scraper.demo.content import Story
from scraper.demo.platform import Platform


class CommunePlatform(Platform):
    """Lists at ``/tin-tuc/<section>.html?p=2``, articles at ``/tin-tuc/chi-tiet.html?id=123``.

    It knows no feed, no sitemap and no ``rel=canonical``; a page past the end is page 1 again.
    """

    templates = "xa"
    page_size = 3
    past_end = "first"

    def article_path(self, story: Story, section: str) -> str:
        """The number of the story, whatever the section."""
        return f"/tin-tuc/chi-tiet.html?id={story.id}"

    def list_path(self, section: str, page: int) -> str:
        """The section, and a parameter."""
        path = f"/tin-tuc/{section}.html"
        return path if page == 1 else f"{path}?p={page}"
