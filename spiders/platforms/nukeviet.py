"""NukeViet 4 and 5, common in districts, schools and offices."""

from __future__ import annotations

import re

from scraper.base.urls import Identity
from spiders.platforms.base import Platform


class NukeViet(Platform):
    """How NukeViet writes its addresses.

    ``/<cat>/<slug>-34.html``, ``/vi/news/<cat>/<slug>-34.html`` and, without rewriting,
    ``/index.php?language=vi&nv=news&op=<cat>/<slug>-34``.

    The number alone is no key (three articles shared one, reported); slug and number are.
    Measured on 4.5: an unknown path answers 301 to the home page, a page past the end 301 to the
    first page.
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

    url_params = Identity(
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
