"""The three sites of the demo, and the addresses that each platform gives its articles."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from scraper.demo.content import Story, StoryPhoto, slugify

PROVINCE = "Sơn Hà"
DISTRICT = "Vân Lĩnh"


@dataclass(frozen=True, slots=True)
class DemoSite:
    """A site of the demo.

    ``home_url`` is where it is served now, ``canonical_url`` the stable base under which its
    articles are kept, whatever port a run happens to get. Both end in a slash.
    """

    slug: str
    name: str
    home_url: str
    canonical_url: str
    level: str
    province: str
    district: str | None
    platform: str


def _site(slug: str, name: str, host: str, level: str, district: str | None, kind: str) -> DemoSite:
    address = f"https://{host}.example/"
    return DemoSite(slug, name, address, address, level, PROVINCE, district, kind)


SITES = {
    site.slug: site
    for site in (
        _site(
            "huyen",
            "Cổng thông tin điện tử huyện Vân Lĩnh",
            "vanlinh.sonha",
            "district",
            DISTRICT,
            "nukeviet",
        ),
        _site(
            "tinh",
            "Cổng thông tin điện tử tỉnh Sơn Hà",
            "sonha",
            "province",
            None,
            "sharepoint",
        ),
        _site(
            "xa",
            "Trang thông tin điện tử xã Bản Lềnh",
            "banlenh.vanlinh.sonha",
            "commune",
            DISTRICT,
            "generic",
        ),
    )
}
"""The sites by slug; ``home_url`` is the canonical address until a portal serves them."""


def article_paths(story: Story) -> tuple[str, ...]:
    """Every address of a story on its site, path and query, its own section's first."""
    if story.source == "huyen":
        return tuple(_nukeviet_path(story, section) for section in story.sections)
    if story.source == "tinh":
        return (_sharepoint_path(story),)
    return (f"/tin-tuc/chi-tiet.html?id={story.id}",)


def photo_path(story: Story, photo: StoryPhoto) -> str:
    """The address of a photo on the story's site."""
    month = f"{story.moment:%Y_%m}"
    folders = {"huyen": f"uploads/news/{month}", "tinh": f"PublishingImages/{month}"}
    return f"/{folders.get(story.source, 'Uploads/images')}/{photo.file}.png"


def _nukeviet_path(story: Story, section: str) -> str:
    return f"/{slugify(section)}/{story.slug}-{story.id}.html"


def _sharepoint_path(story: Story) -> str:
    code = hashlib.sha256(str(story.id).encode()).hexdigest()[:6]
    cut = story.slug[:42].rstrip("-").capitalize()
    return f"/portal/Pages/{story.moment:%Y-%m-%d}/{cut}{code}.aspx"
