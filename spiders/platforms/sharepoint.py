"""SharePoint publishing sites, common for provinces and ministries."""

from __future__ import annotations

import re

from scraper.base.urls import UrlIdentity
from spiders.platforms.base import Platform


class SharePoint(Platform):
    """Articles are at ``/portal/Pages/2023-01-30/<slug><random>.aspx`` or ``…aspx?ItemID=34``.

    Letter case does not matter. Lists are paginated by ``?page=N``, ``?date=&page=N`` or postback.
    """

    name = "sharepoint"

    generator = re.compile(rb"microsoft sharepoint")
    marks = (
        re.compile(rb"microsoftsharepointteamservices:|sprequestguid:"),
        re.compile(rb"/_layouts/(15|14|16)/|/_catalogs/masterpage"),
        re.compile(rb"_sppagecontextinfo|s4-workspace|msowebpartpage"),
    )

    articles = (
        re.compile(r"/Pages/\d{4}-\d\d?-\d\d?/[^/?]+\.aspx", re.I),
        re.compile(r"^[^?]*\.aspx\?(.*&)?(ItemID|NewsID|ArticleID|newsid)=\d+", re.I),
    )
    lists = (re.compile(r"^[^?]*\.aspx\?(.*&)?page=\d+(&|$)", re.I),)
    skipped = (re.compile(r"/(_layouts|_catalogs|_vti_bin|Forms)/", re.I),)

    url_identity = UrlIdentity(
        ignored_params=frozenset({"source", "contenttypeid", "pageindex"}), ignores_case=True
    )
