"""A double of DotNetNuke."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from tests.portals.postback import PostbackPortal
from tests.portals.stories import SECTIONS, Story


class DotNetNukePortal(PostbackPortal):
    """Everything stands in the query of one address; the lists page by postback."""

    platform = "dotnetnuke"
    mark = (
        '<meta name="GENERATOR" content="DotNetNuke">'
        '<link href="/Portals/_default/default.css" rel="stylesheet">'
    )

    def article_path(self, one: Story, section: str) -> str:
        return f"{self.list_path(section, 1)}&mlid={uuid5(NAMESPACE_URL, one.slug)}"

    def list_path(self, section: str, page: int) -> str:
        return f"/Default.aspx?tabid={119 + list(SECTIONS).index(section)}"

    def normal(self, target: str) -> str:
        return super().normal(target).lower()
