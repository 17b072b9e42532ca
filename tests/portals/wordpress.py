"""A double of WordPress."""

from __future__ import annotations

from tests.portals.portal import Portal
from tests.portals.stories import Story


class WordPressPortal(Portal):
    """Archives by month, author and tag repeat the stories; each has one address only."""

    platform = "wordpress"
    mark = (
        '<meta name="generator" content="WordPress 6.8">'
        '<link rel="stylesheet" href="/wp-content/themes/xa/style.css">'
    )

    def article_path(self, one: Story, section: str) -> str:
        return f"/{one.published:%Y/%m}/{one.slug}/"

    def list_path(self, section: str, page: int) -> str:
        return f"/category/{section}/" + (f"page/{page}/" if page > 1 else "")

    def feed_path(self) -> str:
        return "/feed/"

    def sitemap_path(self) -> str:
        return "/wp-sitemap.xml"

    def pager(self, section: str, page: int, last: int) -> str:
        if page == last:
            return ""
        return f'<div class="nav-links">{self.page_link(section, page + 1, "Bài cũ hơn")}</div>'

    def temptations(self) -> str:
        return super().temptations() + (
            '<a href="/2023/11/">Tháng Mười Một 2023</a><a href="/author/admin/">admin</a>'
            '<a href="/tag/xa/" rel="tag">xã</a><a href="/wp-login.php">Đăng nhập</a>'
        )
