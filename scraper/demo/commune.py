"""The simple site of a commune: text pasted from Word, ids in the query."""

from __future__ import annotations

from scraper.demo.content import Story
from scraper.demo.platform import Platform


class CommunePlatform(Platform):
    """Lists at ``/tin-tuc/<section>.html?p=2``, articles at ``/tin-tuc/chi-tiet.html?id=123``.

    It has no feed, no sitemap and no ``rel=canonical``. A page past the end of a list shows page 1.
    """

    templates = "xa"
    page_size = 3
    past_end = "first"

    def article_path(self, story: Story, section: str) -> str:
        """Return a path with the id of the story; the section does not matter."""
        return f"/tin-tuc/chi-tiet.html?id={story.id}"

    def list_path(self, section: str, page: int) -> str:
        """Return the path of the section, with the page in a parameter."""
        path = f"/tin-tuc/{section}.html"
        return path if page == 1 else f"{path}?p={page}"
