"""The CMS of VCCorp's newspapers, and others with the same URLs."""

from __future__ import annotations

import re

from scraper.base.urls import UrlIdentity
from spiders.platforms.base import Platform


class VCCorp(Platform):
    """Articles are at ``/<slug>-20260202200530837.htm``; lists at ``/…/trang-1150.htm``.

    The number is the time of publication in milliseconds, perhaps after the number of the site. It
    identifies the article; the slug can change.
    """

    name = "vccorp"

    marks = (
        re.compile(rb"-\d{15,20}\.(htm|chn|html)[\"'?#]"),
        re.compile(rb"cnnd|mediacdn\.vn|sohatv|adminplayer|kenh14cdn|vccorp|admicro"),
        re.compile(rb"/trang-\d+\.(htm|chn)[\"'?#]"),
    )

    articles = (re.compile(r"-\d{15,20}\.(htm|html|chn)$", re.I),)
    lists = (re.compile(r"/trang-\d+\.(htm|html|chn)$", re.I),)

    url_identity = UrlIdentity(article=(re.compile(r"-(\d{15,20})\.(?:html?|chn)(?:\?|$)", re.I),))

    sitemaps = ("sitemaps/sitemaps-index.xml", "StaticSitemaps/sitemaps-index.xml")
