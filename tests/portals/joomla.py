"""A double of Joomla."""

from __future__ import annotations

from tests.portals.portal import Portal
from tests.portals.stories import Story


class JoomlaPortal(Portal):
    """The number stands before the slug; the lists page by an offset."""

    platform = "joomla"
    mark = (
        '<meta name="generator" content="Joomla! - Open Source Content Management">'
        '<script src="/media/system/js/core.js"></script>'
    )

    def article_path(self, one: Story, section: str) -> str:
        return f"/index.php/{section}/{one.number}-{one.slug}"

    def list_path(self, section: str, page: int) -> str:
        start = (page - 1) * self.per_page
        return f"/index.php/{section}" + (f"?start={start}" if start else "")

    def temptations(self) -> str:
        mail = "/component/mailto/?tmpl=component&link=abc"
        return super().temptations() + f'<a href="{mail}">Gửi email</a>'
