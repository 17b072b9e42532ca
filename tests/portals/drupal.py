"""A double of Drupal."""

from __future__ import annotations

from tests.portals.portal import Portal
from tests.portals.stories import Story


class DrupalPortal(Portal):
    """Aliases without any number; the lists count their pages from 0."""

    platform = "drupal"
    mark = (
        '<meta name="Generator" content="Drupal 10 (https://www.drupal.org)">'
        '<link rel="stylesheet" href="/sites/default/files/css/css_1.css">'
    )

    def article_path(self, one: Story, section: str) -> str:
        return f"/tin-tuc/{one.slug}"

    def list_path(self, section: str, page: int) -> str:
        return f"/{section}" + (f"?page={page - 1}" if page > 1 else "")
