"""Portals with ``type=NEWS`` in their URLs, as of Tuyên Quang and its communes in 2026."""

from __future__ import annotations

import re

from scraper.base.urls import UrlIdentity
from spiders.platforms.base import Platform


class VnptNews(Platform):
    """Articles are at ``/vi/tin-bai/<slug>?type=NEWS&id=163145`` or ``/vi/post/<slug>?id=…``.

    The order of the parameters varies. A URL without ``id`` is identified by its slug.
    """

    name = "vnptnews"

    marks = (
        re.compile(rb"[?&;]type=news\b"),
        re.compile(rb"[\"'/](vi|en)/(tin-bai|post)/[\w-]+"),
        re.compile(rb"vnpt|vportal"),
    )

    articles = (re.compile(r"/(tin-bai|post)/[^/?]+", re.I), re.compile(r"[?&]type=NEWS\b"))
    lists = (re.compile(r"/(chuyen-muc|danh-muc|category|categories)/[^/?]+", re.I),)

    url_identity = UrlIdentity(
        article=(
            re.compile(r"/(?:tin-bai|post)/[^/?]+\?(?:.{0,500}&)?id=(\d+)", re.I),
            re.compile(r"/(?:tin-bai|post)/([^/?]+)(?:\?|$)", re.I),
        )
    )
