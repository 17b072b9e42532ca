"""A portal that behaves like a SharePoint publishing site."""

from __future__ import annotations

import hashlib

from scraper.demo.content import Story
from scraper.demo.platform import Platform


class SharePointPlatform(Platform):
    """Lists at ``/portal/Pages/<Section>.aspx?page=2``, articles under the day of publication.

    Letter case does not matter: the URL of a story in its second section has another one. A page
    past the end of a list is empty.
    """

    templates = "tinh"
    page_size = 3
    photo_folder = "PublishingImages/%Y_%m"
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
