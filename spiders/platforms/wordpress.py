"""WordPress."""

from __future__ import annotations

import re

from scraper.base.urls import Identity
from spiders.platforms.base import Platform


class WordPress(Platform):
    """``/2023/11/<slug>/``, ``/<slug>/`` or ``/?p=34``; ``/page/N/`` and ``?paged=N`` page lists.

    Archives by date, author and tag repeat what the categories hold.
    """

    name = "wordpress"

    generator = re.compile(rb"wordpress")
    marks = (
        re.compile(rb"/wp-content/(themes|plugins)/"),
        re.compile(rb"/wp-includes/|wp-json"),
        re.compile(rb"x-pingback:|rel=[\"']?https://api\.w\.org/"),
    )

    articles = (
        re.compile(r"^/(?:[^/]+/)*\d{4}/\d\d?/(?:\d\d?/)?[^/?]*[a-z][^/?]*/?$", re.I),
        re.compile(r"[?&]p=\d+(&|$)"),
    )
    lists = (
        re.compile(r"/page/\d+/?(\?|$)|[?&]paged=\d+|[?&]cat=\d+", re.I),
        re.compile(r"^/(category|chuyen-muc|danh-muc)/", re.I),
    )
    skipped = (
        re.compile(r"/(wp-(admin|login|json|content)|feed|trackback|embed)(/|$|\?)", re.I),
        re.compile(r"[?&](replytocom|share|author|m)=", re.I),
        re.compile(r"^/\d{4}(/\d\d?){0,2}(/page/\d+)?/?$"),
    )

    url_params = Identity(ignored_params=frozenset({"replytocom", "share", "nb", "preview"}))

    feeds = ("feed/", "?feed=rss2")
    sitemaps = ("wp-sitemap.xml", "sitemap_index.xml")
