"""The "type=NEWS" portals (Tuyên Quang and its communes today), VNPT-like."""

from __future__ import annotations

import re

from scraper.base.urls import Identity
from spiders.platforms.base import Platform


class VnptNews(Platform):
    """``/vi/tin-bai/<slug>?type=NEWS&id=163145`` and ``/vi/post/<slug>?id=…&type=NEWS``.

    The parameters swap, and sometimes there are none at all; then the slug has to do.
    """

    name = "vnptnews"

    marks = (
        re.compile(rb"[?&;]type=news\b"),
        re.compile(rb"[\"'/](vi|en)/(tin-bai|post)/[\w-]+"),
        re.compile(rb"vnpt|vportal"),
    )

    articles = (re.compile(r"/(tin-bai|post)/[^/?]+", re.I), re.compile(r"[?&]type=NEWS\b"))
    lists = (re.compile(r"/(chuyen-muc|danh-muc|category|categories)/[^/?]+", re.I),)

    url_params = Identity(
        article=(
            re.compile(r"/(?:tin-bai|post)/[^/?]+\?(?:.{0,500}&)?id=(\d+)", re.I),
            re.compile(r"/(?:tin-bai|post)/([^/?]+)(?:\?|$)", re.I),
        )
    )
