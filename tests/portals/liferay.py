"""A double of Liferay."""

from __future__ import annotations

from tests.portals.portal import Portal
from tests.portals.stories import SECTIONS, Story

PORTLET = "com_liferay_asset_publisher_web_portlet_AssetPublisherPortlet_INSTANCE_qLtKr"


class LiferayPortal(Portal):
    """Any page with a publisher shows any story; the lists page by a portlet's parameter."""

    platform = "liferay"
    mark = (
        '<script>Liferay.ThemeDisplay={};Liferay.currentURL="/";</script>'
        f'<link href="/o/frontend-css-web/main.css?p_p_id={PORTLET}">'
    )

    def article_path(self, one: Story, section: str) -> str:
        publisher = f"pub{list(SECTIONS).index(section)}Xy"
        return f"/web/guest/{section}/-/asset_publisher/{publisher}/content/{one.slug}"

    def list_path(self, section: str, page: int) -> str:
        if page == 1:
            return f"/web/guest/{section}"
        portlet = f"p_p_id={PORTLET}&p_p_lifecycle=0&p_p_state=normal"
        return f"/web/guest/{section}?{portlet}&_{PORTLET}_delta=3&_{PORTLET}_cur={page}"
