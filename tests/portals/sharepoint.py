"""A double of SharePoint's publishing sites."""

from __future__ import annotations

from hashlib import sha256

from tests.portals.portal import Portal
from tests.portals.stories import Story


class SharePointPortal(Portal):
    """Letter case tells nothing apart: a story's second section writes it otherwise."""

    platform = "sharepoint"
    mark = '<meta name="GENERATOR" content="Microsoft SharePoint">'

    def article_path(self, one: Story, section: str) -> str:
        chance = sha256(one.slug.encode()).hexdigest()[:6]
        name = f"{one.slug[:24].title()}{chance}.aspx"
        path = f"/portal/Pages/{one.published:%Y-%m-%d}/{name}"
        return path if section == one.section else path.replace("/Pages/", "/pages/").lower()

    def list_path(self, section: str, page: int) -> str:
        path = f"/portal/Pages/{section}.aspx"
        return path if page == 1 else f"{path}?date=&page={page}"

    def normal(self, target: str) -> str:
        return super().normal(target).lower()
