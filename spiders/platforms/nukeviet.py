"""NukeViet 4 and 5, common for districts, schools and offices."""

from __future__ import annotations

import re

from scraper.base.urls import UrlIdentity
from spiders.platforms.base import Platform


class NukeViet(Platform):
    """Articles are at ``/<category>/<slug>-34.html``, perhaps with the prefix ``/vi/news``.

    Without URL rewriting they are at ``/index.php?language=vi&nv=news&op=<category>/<slug>-34``.

    Slug and number together identify an article; three articles with one number were reported.
    NukeViet 4.5 redirects (301) an unknown path to the home page, and a page past the end of a list
    to its first page (measured).
    """

    name = "nukeviet"

    generator = re.compile(rb"nukeviet")
    marks = (
        re.compile(rb"nv_base_siteurl|nv_lang_data|nv_name_variable|nv_func_name"),
        re.compile(rb"/themes/[\w-]+/(css|js|images)/"),
        re.compile(rb"id=[\"']?(news-bodyhtml|openidresult|timeoutsess)\b"),
        re.compile(rb"[?&;]nv=[a-z]"),
        re.compile(rb"set-cookie: nv\w*_"),
    )

    articles = (
        re.compile(r"/[^/?]+-\d+\.html$", re.I),
        re.compile(r"[?&]op=[^&?]+/[^&?/]+-\d+(&|$)", re.I),
    )
    lists = (re.compile(r"/page-\d+/?$", re.I), re.compile(r"[?&]op=[^&?]*page-\d+", re.I))
    skipped = (
        re.compile(r"/(rating|sendmail|print|savefile|topic/print|seek|users|contact|voting)/"),
        re.compile(r"[?&]nv=(users|seek|banners|statistics|voting|comment|contact|feeds)\b"),
        re.compile(r"/(statistics|voting|contact|users|seek|comment)(/|$)"),
    )

    url_identity = UrlIdentity(
        article=(
            re.compile(r"/([^/?]+-\d+)\.html(?:\?|$)", re.I),
            re.compile(r"[?&]op=[^&?]+(?:/|%2[Ff])([^&?/%]+-\d+)(?:&|$)", re.I),
        ),
        ignored_params=frozenset(
            {"language", "pageindex", "checkss", "nvvithemever", "nv_redirect"}
        ),
    )

    feeds = ("rss/", "news/rss/", "vi/news/rss/", "index.php?language=vi&nv=news&op=rss")
    sitemaps = ("sitemap.xml", "index.php?nv=SitemapIndex")
