"""The test doubles of the platforms, by platform name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from scraper.demo.content import Story
from scraper.demo.platforms import NukeVietPlatform, SharePointPlatform
from spiders.platforms import Platform
from tests.portals.portal import Double, Portal
from tests.portals.schemes import PostbackPortal
from tests.portals.stories import SECTIONS

PORTLET = "com_liferay_asset_publisher_web_portlet_AssetPublisherPortlet_INSTANCE_qLtKr"
BYLINE = '<p style="text-align: right;">'
"""The markup before the author, at the end of an article of `NukeVietPortal`."""


class NukeVietPortal(NukeVietPlatform, Double):
    """In its second section, the URL of a story is the one without URL rewriting."""

    platform = "nukeviet"

    def article_path(self, story: Story, section: str) -> str:
        if section != story.section:
            return f"/index.php?language=vi&nv=news&op={section}/{story.slug}-{story.id}"
        return super().article_path(story, section)

    @property
    def sitemap_written_at(self) -> datetime:
        """The last time that a story was published or edited."""
        return max(story.modified or story.moment for story in self.stories)


class SharePointPortal(SharePointPlatform, Double):
    """A publishing site with a feed and a sitemap."""

    platform = "sharepoint"


class VnptNewsPortal(Portal):
    """A story is at ``tin-bai`` and, in its second section, at ``post`` with swapped parameters."""

    platform = "vnptnews"
    mark = '<script src="/static/vnpt-portal/app.js"></script>'

    def article_path(self, story: Story, section: str) -> str:
        number = 163000 + story.id
        if section != story.section:
            return f"/vi/post/{story.slug}?id={number}&type=NEWS"
        return f"/vi/tin-bai/{story.slug}?type=NEWS&id={number}"

    def list_path(self, section: str, page: int) -> str:
        return f"/vi/chuyen-muc/{section}" + (f"?page={page}" if page > 1 else "")


class LiferayPortal(Portal):
    """Every page with an asset publisher shows every story; a portlet parameter paginates lists."""

    platform = "liferay"
    mark = (
        '<script>Liferay.ThemeDisplay={};Liferay.currentURL="/";</script>'
        f'<link href="/o/frontend-css-web/main.css?p_p_id={PORTLET}">'
    )

    def article_path(self, story: Story, section: str) -> str:
        publisher = f"pub{list(SECTIONS).index(section)}Xy"
        return f"/web/guest/{section}/-/asset_publisher/{publisher}/content/{story.slug}"

    def list_path(self, section: str, page: int) -> str:
        if page == 1:
            return f"/web/guest/{section}"
        portlet = f"p_p_id={PORTLET}&p_p_lifecycle=0&p_p_state=normal"
        return f"/web/guest/{section}?{portlet}&_{PORTLET}_delta=3&_{PORTLET}_cur={page}"


class DotNetNukePortal(PostbackPortal):
    """Everything is in the query of one path; lists are paginated by postback."""

    platform = "dotnetnuke"
    mark = (
        '<meta name="GENERATOR" content="DotNetNuke">'
        '<link href="/Portals/_default/default.css" rel="stylesheet">'
    )

    def article_path(self, story: Story, section: str) -> str:
        return f"{self.list_path(section, 1)}&mlid={uuid5(NAMESPACE_URL, story.slug)}"

    def list_path(self, section: str, page: int) -> str:
        return f"/Default.aspx?tabid={119 + list(SECTIONS).index(section)}"

    def normal(self, target: str) -> str:
        return super().normal(target).lower()


class WordPressPortal(Portal):
    """Archives by month, author and tag repeat the stories; each story has one URL only."""

    platform = "wordpress"
    feed_path = "/feed/"
    sitemap_path = "/wp-sitemap.xml"
    mark = (
        '<meta name="generator" content="WordPress 6.8">'
        '<link rel="stylesheet" href="/wp-content/themes/xa/style.css">'
    )

    def article_path(self, story: Story, section: str) -> str:
        return f"/{story.published:%Y/%m}/{story.slug}/"

    def list_path(self, section: str, page: int) -> str:
        return f"/category/{section}/" + (f"page/{page}/" if page > 1 else "")

    def pager(self, section: str, page: int, last: int) -> str:
        if page == last:
            return ""
        return f'<div class="nav-links">{self.page_link(section, page + 1, "Bài cũ hơn")}</div>'

    def temptations(self) -> str:
        return super().temptations() + (
            '<a href="/2023/11/">Tháng Mười Một 2023</a><a href="/author/admin/">admin</a>'
            '<a href="/tag/xa/" rel="tag">xã</a><a href="/wp-login.php">Đăng nhập</a>'
        )


class JoomlaPortal(Portal):
    """The id is before the slug; lists are paginated by an offset."""

    platform = "joomla"
    mark = (
        '<meta name="generator" content="Joomla! - Open Source Content Management">'
        '<script src="/media/system/js/core.js"></script>'
    )

    def article_path(self, story: Story, section: str) -> str:
        return f"/index.php/{section}/{story.id}-{story.slug}"

    def list_path(self, section: str, page: int) -> str:
        start = (page - 1) * self.page_size
        return f"/index.php/{section}" + (f"?start={start}" if start else "")

    def temptations(self) -> str:
        mail = "/component/mailto/?tmpl=component&link=abc"
        return super().temptations() + f'<a href="{mail}">Gửi email</a>'


class DrupalPortal(Portal):
    """URLs have no number; list pages are numbered from 0."""

    platform = "drupal"
    mark = (
        '<meta name="Generator" content="Drupal 10 (https://www.drupal.org)">'
        '<link rel="stylesheet" href="/sites/default/files/css/css_1.css">'
    )

    def article_path(self, story: Story, section: str) -> str:
        return f"/tin-tuc/{story.slug}"

    def list_path(self, section: str, page: int) -> str:
        return f"/{section}" + (f"?page={page - 1}" if page > 1 else "")


class VCCorpPortal(Portal):
    """The time of publication is the id of a story in every section."""

    platform = "vccorp"
    mark = (
        '<link rel="preconnect" href="https://static.mediacdn.vn">'
        '<script>adminplayer="-102260228093004191.htm"</script>'
    )

    def article_path(self, story: Story, section: str) -> str:
        name = f"{story.slug}-{story.published:%Y%m%d%H%M%S}{story.id:03}.htm"
        return f"/{name}" if section == story.section else f"/{section}/{name}"

    def list_path(self, section: str, page: int) -> str:
        return f"/{section}.htm" if page == 1 else f"/{section}/trang-{page}.htm"


PLATFORM_PORTALS: dict[str, type[Double]] = {
    portal.platform: portal
    for portal in (
        NukeVietPortal,
        VnptNewsPortal,
        SharePointPortal,
        LiferayPortal,
        DotNetNukePortal,
        WordPressPortal,
        JoomlaPortal,
        DrupalPortal,
        VCCorpPortal,
    )
}


def without_double(platforms: Iterable[Platform]) -> list[str]:
    """Return, for each platform without a double, a sentence that says what to add."""
    return [
        f"the platform {platform.name!r} ({type(platform).__name__}) has no double: add a Double"
        f" whose `platform` is {platform.name!r} to tests/portals/platforms.py, and name it in"
        " PLATFORM_PORTALS there"
        for platform in platforms
        if platform.name not in PLATFORM_PORTALS
    ]
