"""The three sites of the demo, each served on a free port of 127.0.0.1."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from scraper.demo.content import NIGHTS, stories
from scraper.demo.dates import WRITTEN_LAST_NIGHT
from scraper.demo.platform import Platform
from scraper.demo.platforms import CommunePlatform, NukeVietPlatform, SharePointPlatform

PROVINCE = "Sơn Hà"
DISTRICT = "Vân Lĩnh"


@dataclass(frozen=True, slots=True)
class DemoSite:
    """A site of the demo.

    ``home_url`` is the URL at which it is served, with the port of this run. ``canonical_url`` is
    the stable base under which its articles are stored. Both end with a slash.
    """

    slug: str
    name: str
    canonical_url: str
    level: str
    district: str | None
    platform: type[Platform]
    home_url: str = ""
    province: str = PROVINCE

    def on(self, night: int, last_night: date | None = None) -> Platform:
        """Return the site as of a night (1, 2 or 3), with the dates that `stories` says."""
        public = stories(self.slug, night, last_night)
        return self.platform(self.name, public, night, last_night or WRITTEN_LAST_NIGHT)


SITES = {
    site.slug: site
    for site in (
        DemoSite(
            "huyen",
            "Cổng thông tin điện tử huyện Vân Lĩnh",
            "https://vanlinh.sonha.example/",
            "district",
            DISTRICT,
            NukeVietPlatform,
        ),
        DemoSite(
            "tinh",
            "Cổng thông tin điện tử tỉnh Sơn Hà",
            "https://sonha.example/",
            "province",
            None,
            SharePointPlatform,
        ),
        DemoSite(
            "xa",
            "Trang thông tin điện tử xã Bản Lềnh",
            "https://banlenh.vanlinh.sonha.example/",
            "commune",
            DISTRICT,
            CommunePlatform,
        ),
    )
}
"""The sites by slug; their ``home_url`` is empty because they are not served."""


class DemoPortal:
    """A context manager that serves the sites of the demo as of a night (1, 2 or 3).

    ``last_night`` is the day of the third night, to which all dates are moved; by default they are
    those that are written. ``platforms`` are the servers by slug, each with its log of requests.
    Raises ValueError for another night.
    """

    def __init__(self, night: int = 1, last_night: date | None = None) -> None:
        if night not in NIGHTS:
            raise ValueError(f"the demo has the nights {NIGHTS}, not {night}")
        self.platforms = {slug: site.on(night, last_night) for slug, site in SITES.items()}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        for platform in self.platforms.values():
            self._open.enter_context(platform)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def sites(self) -> list[DemoSite]:
        """The sites with the ``home_url`` at which they are served."""
        return [
            replace(SITES[slug], home_url=platform.home_url)
            for slug, platform in self.platforms.items()
        ]
