"""The test doubles of the platforms, by platform name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from scraper.demo.content import Story
from scraper.demo.notation import StoryFile
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

    def printed_name(self, story: Story, file: StoryFile) -> str:
        return file.file

    def file_markup(self, story: Story, source: str, name: str) -> str:
        """Show the file in Google's viewer; the link below it names the file."""
        wrapped = quote(self.base + source, safe="")
        viewer = f"https://docs.google.com/viewer?embedded=true&amp;url={wrapped}"
        return (
            f'<iframe src="{viewer}" width="100%" height="780"></iframe>'
            f'<div class="file-dinh-kem"><b>Tệp đính kèm:</b> <a href="{source}">{name}</a></div>'
        )


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

    def file_path(self, story: Story, file: StoryFile) -> str:
        """Return a path with the id of the file behind its name, and the time of the upload."""
        stored = (
            f"/documents/20182/{163000 + story.id}/{file.file}/{uuid5(NAMESPACE_URL, file.file)}"
        )
        return f"{stored}?t={story.moment.timestamp() * 1000:.0f}&download=true"

    def file_markup(self, story: Story, source: str, name: str) -> str:
        icon = '<i class="icon-paper-clip"></i>'
        return (
            '<div class="lfr-asset-attachments"><h3>Đính kèm</h3>'
            f'<a class="taglib-icon" href="{source}">{icon} <span>{name}</span></a></div>'
        )


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

    def file_path(self, story: Story, file: StoryFile) -> str:
        return f"/Portals/0/VanBan/{story.moment:%Y}/{file.file}?ver={story.id}"


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

    def file_path(self, story: Story, file: StoryFile) -> str:
        return f"/wp-content/uploads/{story.moment:%Y/%m}/{file.file}"

    def file_markup(self, story: Story, source: str, name: str) -> str:
        """Show the file in an object, with a link and a button below it."""
        return (
            '<div class="wp-block-file"><object class="wp-block-file__embed" hidden'
            f' data="{source}" type="application/pdf" style="width:100%;height:600px"></object>'
            f'<a href="{source}">{name}</a>'
            f'<a href="{source}" class="wp-block-file__button" download>Tải xuống</a></div>'
        )

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

    def file_path(self, story: Story, file: StoryFile) -> str:
        return f"/attachments/article/{story.id}/{file.file}"

    def file_markup(self, story: Story, source: str, name: str) -> str:
        icon = '<img src="/media/com_attachments/images/file_icons/pdf.gif" alt="">'
        return (
            '<div class="attachmentsContainer"><table><caption>Tệp đính kèm:</caption><tbody><tr>'
            f'<td class="at_filename"><a class="at_icon" href="{source}">{icon}</a>'
            f'<a class="at_url" href="{source}" title="Tải tệp này">{name}</a></td>'
            '<td class="at_file_size">21 kB</td></tr></tbody></table></div>'
        )

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

    def file_path(self, story: Story, file: StoryFile) -> str:
        return f"/sites/default/files/{story.moment:%Y-%m}/{file.file}"

    def file_markup(self, story: Story, source: str, name: str) -> str:
        return (
            '<div class="field field--name-field-tep"><div class="field__label">Tệp đính kèm</div>'
            '<div class="field__item"><span class="file file--mime-application-pdf">'
            f'<a href="{source}" type="application/pdf">{name}</a></span></div></div>'
        )


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

    def printed_name(self, story: Story, file: StoryFile) -> str:
        return file.file

    def file_markup(self, story: Story, source: str, name: str) -> str:
        """Point to the file without naming it."""
        return f'<p><a href="{source}" target="_blank">Xem toàn bộ nội dung tại đây</a></p>'


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
