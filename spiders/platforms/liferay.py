"""Liferay, also under VNPT ePortal."""

from __future__ import annotations

import re

from scraper.addresses import Identity
from spiders.platforms.base import Platform


class Liferay(Platform):
    """How Liferay writes its addresses.

    ``/-/asset_publisher/<id>/content/<slug>``, ``/web/guest/-/<slug>`` and
    ``/…/chi-tiet/<slug>-93497-1.html``; portlet parameters page the lists (``_cur=N``).

    An article is shown by any page that holds a publisher, so the slug (``urlTitle``, unique in
    a Liferay site) is the article.
    """

    name = "liferay"

    generator = re.compile(rb"liferay", re.I)
    marks = (
        re.compile(rb"Liferay\.(ThemeDisplay|currentURL|Browser)"),
        re.compile(rb"/o/(frontend|[\w-]+-theme)[\w-]*/|/html/(js|themes|portal)/", re.I),
        re.compile(rb"asset_publisher/|_INSTANCE_\w{4,12}_|p_p_id=", re.I),
        re.compile(rb"liferay-portal:|set-cookie: GUEST_LANGUAGE_ID", re.I),
        re.compile(rb"journal-content-article|portlet-boundary", re.I),
    )

    articles = (
        re.compile(r"/-/asset_publisher/[^/]+/content/[^/?]+", re.I),
        re.compile(r"/-/(?!asset_publisher|knowledge_base|document_library|search)[^/?]+(\?|$)"),
        re.compile(r"/chi-tiet/[^/?]+-\d+-\d+\.html", re.I),
    )
    lists = (re.compile(r"_cur=\d+", re.I),)
    skipped = (
        re.compile(r"p_p_state=(pop_up|exclusive)|p_p_lifecycle=1|/c/portal/|p_p_id=58\b", re.I),
    )

    identity = Identity(
        article=(
            re.compile(r"/-/asset_publisher/[^/]+/content/([^/?]+)", re.I),
            re.compile(r"/-/(?!asset_publisher)([^/?]+)(?:\?|$)"),
            re.compile(r"/chi-tiet/([^/?]+-\d+-\d+)\.html", re.I),
        )
    )
