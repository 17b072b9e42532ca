"""WordPress."""

from __future__ import annotations

import re

from scraper.base.urls import UrlIdentity
from spiders.platforms.base import Platform


class WordPress(Platform):
    """Articles are at ``/2023/11/<slug>/``, ``/<slug>/`` or ``/?p=34``.

    Lists are paginated by ``/page/N/`` or ``?paged=N``. Archives by date, author and tag are
    skipped: the categories have the same articles.
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

    url_identity = UrlIdentity(ignored_params=frozenset({"replytocom", "share", "nb", "preview"}))

    feeds = ("feed/", "?feed=rss2")
    sitemaps = ("wp-sitemap.xml", "sitemap_index.xml")
