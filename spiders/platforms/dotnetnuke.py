"""DotNetNuke, also as the base of HueCIT portals."""

from __future__ import annotations

import re

from scraper.base.urls import UrlIdentity
from spiders.platforms.base import Platform


class DotNetNuke(Platform):
    """Articles are at ``/tabid/119/ArticleID/34/…``, ``…/mlid/<GUID>`` or in the query.

    Every page can be ``/Default.aspx?tabid=119&…``. Lists are paginated by postback. IIS ignores
    letter case.
    """

    name = "dotnetnuke"

    generator = re.compile(rb"dotnetnuke|dnn platform")
    marks = (
        re.compile(rb"/desktopmodules/|/portals/(0|_default)/"),
        re.compile(rb"dnn_ctr\d+|__dnnvariable|dnn\.js"),
        re.compile(rb"set-cookie: (\.dotnetnuke|dnn_ismobile|language=)"),
    )

    articles = (
        re.compile(r"/(mlid|articleid|newsid|id)/[0-9a-f-]{1,36}", re.I),
        re.compile(r"[?&](mlid|articleid|newsid|itemid|id)=[0-9a-f-]+", re.I),
    )
    skipped = (re.compile(r"[?&/]ctl[=/]|/tabid/\d+/ctl/", re.I),)

    url_identity = UrlIdentity(
        article=(re.compile(r"[/?&](mlid|articleid|newsid)[/=]([0-9a-f-]+)", re.I),),
        ignored_params=frozenset({"language", "portalid", "skinsrc", "containersrc", "returnurl"}),
        ignores_case=True,
    )
