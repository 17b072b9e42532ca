"""A double of NukeViet 4.5, with what was measured on a running one."""

from __future__ import annotations

from collections.abc import Callable

from tests.portals.habits import Habits
from tests.portals.portal import Portal
from tests.portals.server import Answer
from tests.portals.stories import Story


class NukeVietPortal(Portal):
    """Unknown paths go home, a page past the end to the first; the feed has months for minutes.

    Under its second section a story has the address without rewriting.
    """

    platform = "nukeviet"
    mark = (
        '<meta name="generator" content="NukeViet v4.5">'
        '<script>var nv_base_siteurl="/",nv_lang_data="vi";</script>'
    )

    def __init__(self, articles: int = 24, habits: Habits | None = None) -> None:
        measured = Habits(unknown_goes_home=True, past_end_goes_to_first=True)
        super().__init__(articles, habits=habits or measured)

    def article_path(self, one: Story, section: str) -> str:
        if section != one.section:
            return f"/index.php?language=vi&nv=news&op={section}/{one.slug}-{one.number}"
        return f"/{section}/{one.slug}-{one.number}.html"

    def list_path(self, section: str, page: int) -> str:
        return f"/{section}/" if page == 1 else f"/{section}/page-{page}/"

    def feed_path(self) -> str:
        return "/rss/"

    def article_body(self, one: Story) -> str:
        paragraphs = "".join(f"<p>{text}</p>" for text in one.paragraphs)
        return (
            '<div id="timeoutsess">Bạn đã không sử dụng Site, Bấm vào đây để duy trì trạng thái '
            "đăng nhập. Thời gian chờ: <b>60</b> giây</div>"
            f'<h1 class="title">{one.title}</h1>'
            f'<span class="h5">Thứ ba - {one.published:%d/%m/%Y %H:%M}</span>'
            f'<div class="hometext">{one.lede}</div>'
            f'<div class="bodytext" id="news-bodyhtml">{paragraphs}'
            f'<p style="text-align:right"><strong>{one.author}</strong></p></div>'
        )

    def routes(self) -> dict[str, Callable[[], Answer]]:
        """``/sitemap.xml`` is an index of modules, one of them empty."""
        found = super().routes()
        found["/sitemap-vi.news.xml"] = found.pop("/sitemap.xml", self.sitemap)
        found["/sitemap-vi.page.xml"] = lambda: self._xml("urlset", "")
        children = ("/sitemap-vi.news.xml", "/sitemap-vi.page.xml")
        root = self.home_url.rstrip("/")
        index = "".join(f"<sitemap><loc>{root}{child}</loc></sitemap>" for child in children)
        found["/sitemap.xml"] = lambda: self._xml("sitemapindex", index)
        return found

    def _xml(self, root: str, content: str) -> Answer:
        namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
        body = f'<?xml version="1.0"?><{root} xmlns="{namespace}">{content}</{root}>'
        return Answer(body, type="text/xml")

    def feed(self) -> Answer:
        feed = super().feed()
        for one in self.stories:
            right = f"{one.published:%H:%M}:00"
            feed.body = feed.body.replace(right, f"{one.published:%H:%m}:00")
        return feed
