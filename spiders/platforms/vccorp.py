"""The newspapers' system of VCCorp and those that write addresses like it."""

from __future__ import annotations

import re

from scraper.base.urls import Identity
from spiders.platforms.base import Platform


class VCCorp(Platform):
    """How VCCorp writes its addresses.

    ``/<slug>-20260202200530837.htm``: the number is the moment of publication, to the
    millisecond, perhaps behind the number of the site, and is the article whatever the slug
    becomes. ``/…/trang-1150.htm`` pages the lists.
    """

    name = "vccorp"

    marks = (
        re.compile(rb"-\d{15,20}\.(htm|chn|html)[\"'?#]"),
        re.compile(rb"cnnd|mediacdn\.vn|sohatv|adminplayer|kenh14cdn|vccorp|admicro"),
        re.compile(rb"/trang-\d+\.(htm|chn)[\"'?#]"),
    )

    articles = (re.compile(r"-\d{15,20}\.(htm|html|chn)$", re.I),)
    lists = (re.compile(r"/trang-\d+\.(htm|html|chn)$", re.I),)

    url_params = Identity(article=(re.compile(r"-(\d{15,20})\.(?:html?|chn)(?:\?|$)", re.I),))

    sitemaps = ("sitemaps/sitemaps-index.xml", "StaticSitemaps/sitemaps-index.xml")
